import { type Command, Option } from 'commander'
import { componentsOf, type EnergySource, energySources, requestedSource } from '../../core/energy-source.js'
import { ModelError, quote } from '../../core/errors.js'
import { featuresOf, groupFeatures, isFeatureGroup } from '../../core/feature-group.js'
import { type OutputType, outputTypes } from '../../core/output-type.js'
import { type ExtractorName, extractorNames, type ExtractRequest } from '../../extract/extractor.js'
import type { Measurements } from '../../extract/measurements.js'
import { describeMeter, type Meter } from '../../extract/meter.js'
import { parseThirdParty, splitMetrics } from '../../extract/third-party.js'
import { vocabularies, vocabularyNamed } from '../../vocabulary/vocabularies.js'

/** What commander makes of the options below. */
export interface ExtractOptions {
  readonly extractor: ExtractorName
  /** Undefined: that of the meter, else RAPL. */
  readonly energySource?: string
  readonly outputType: OutputType
  /** Undefined: the one that the response's version of Kepler offers. */
  readonly featureGroup?: string
  readonly thirdpartyMetrics?: string
  readonly vmTrain?: boolean
  readonly instance?: string
  readonly vocabulary?: string
  readonly nodeType?: string
}

/** The options that say which dataset to make, spelled as the original spells them. */
export function addExtractOptions(command: Command, byDefault: { readonly outputType: OutputType }): Command {
  const groups = [...Object.keys(groupFeatures), 'ThirdParty']
  return command
    .addOption(new Option('--extractor <name>', 'how rows are made').choices(extractorNames).default('default'))
    .addOption(
      new Option(
        '-e, --energy-source <source>',
        `${energySources.join(', ')}, or what the data has (default: that of the meter, else rapl-sysfs)`,
      ),
    )
    .addOption(
      new Option('--output-type <type>', 'rows per node or per container (also -ot)')
        .choices(outputTypes)
        .default(byDefault.outputType),
    )
    .addOption(
      new Option(
        '--feature-group <group>',
        `features to extract (also -fg) (default: ${vocabularies.map((v) => `${v.defaultGroup} of ${v.title}`).join(', ')})`,
      ).choices(groups),
    )
    .option(
      '--thirdparty-metrics <names>',
      'metrics of other exporters as features: METRIC, METRIC{mode!="idle"} or NAME=METRIC{...}, comma-separated (also -tm)',
    )
    .option('--vm-train', 'use the processes of a virtual machine (job VM_JOB_NAME) instead of containers')
    .option('--instance <name>', 'which machine to take where the response has several: its instance, node or cluster')
    .option('--node-type <number>', 'the node type of all rows, instead of that in kepler_node_node_info')
    .addOption(vocabularyOption())
}

/** Data of two versions of Kepler has to be chosen from; else nobody need know. */
export function vocabularyOption(): Option {
  const names = vocabularies.map(({ name }) => name)
  return new Option('--vocabulary <name>', 'what metrics are called (default: found from the data)').choices(names)
}

/** A checked request for a feature group. @throws ModelError `INVALID_REQUEST` that names the option */
export function extractRequestOf(
  options: ExtractOptions,
  vmJob: string,
  group: string,
  { machineLabels, identity, meters: given }: Measurements,
): ExtractRequest {
  const thirdParty = thirdPartyOf(options.thirdpartyMetrics)
  const meters = metersFor(given, options.energySource)
  const source = energySourceOf(options.energySource ?? meters[0]?.source ?? '')
  if (!isFeatureGroup(group)) {
    throw new ModelError('INVALID_REQUEST', `unknown feature group ${quote(group)}`, { field: 'feature-group' })
  }
  const features = featuresOf(group, thirdParty)
  if (thirdParty.length > 0 && !features.some((feature) => thirdParty.includes(feature))) {
    throw new ModelError(
      'INVALID_REQUEST',
      `${group} has no use for --thirdparty-metrics; ThirdParty is made of them`,
      {
        field: 'thirdparty-metrics',
      },
    )
  }
  if (features.length === 0) {
    throw new ModelError('INVALID_REQUEST', `${group} is made of --thirdparty-metrics, and none are given`, {
      field: 'thirdparty-metrics',
    })
  }
  return {
    features,
    source,
    machineLabels,
    identity,
    meters,
    outputType: options.outputType,
    vm: options.vmTrain ?? false,
    vmJob,
    thirdParty,
    ...(options.instance !== undefined && { instance: options.instance }),
    ...(options.nodeType !== undefined && { nodeType: nodeTypeOf(options.nodeType) }),
    ...(options.vocabulary !== undefined && { vocabulary: vocabularyNamed(options.vocabulary) }),
  }
}

/** @throws ModelError `INVALID_REQUEST` */
export function energySourceOf(text: string): EnergySource {
  const source = requestedSource(text)
  if (source !== undefined) return text === 'rapl-msr' ? 'rapl-msr' : source
  throw new ModelError('INVALID_REQUEST', `${quote(text)} is no name of an energy source`, { field: 'energy-source' })
}

/**
 * The meters to use: with one energy source named, that of the source. A meter that measures such a component is one.
 *
 * @throws ModelError `INVALID_REQUEST` when a meter would not be used
 */
export function metersFor(meters: readonly Meter[], sources: string | undefined): readonly Meter[] {
  if (sources === undefined || meters.length === 0) return meters
  const named = splitNames(sources).map(energySourceOf)
  return meters.map((meter) => {
    if (named.includes(meter.source)) return meter
    const [source] = named.filter((name) => componentsOf(name).includes(meter.component))
    if (source !== undefined) return { ...meter, source }
    throw new ModelError(
      'INVALID_REQUEST',
      `the meter ${describeMeter(meter)} measures ${meter.component}, which is none of ${named.join(', ')}`,
      { field: 'energy-source' },
    )
  })
}

/** The third-party metrics of a list, each checked. @throws ModelError `INVALID_REQUEST` */
export function thirdPartyOf(text: string | undefined): readonly string[] {
  const metrics = splitMetrics(text)
  const features = metrics.map((metric) => parseThirdParty(metric).feature)
  const twice = features.find((feature, i) => features.indexOf(feature) !== i)
  if (twice === undefined) return metrics
  throw new ModelError('INVALID_REQUEST', `--thirdparty-metrics: ${twice} is given twice`, {
    field: 'thirdparty-metrics',
  })
}

export function splitNames(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** @throws ModelError `INVALID_REQUEST` */
export function nodeTypeOf(text: string): number {
  if (/^-?\d{1,9}$/.test(text)) return Number(text)
  throw new ModelError('INVALID_REQUEST', `node type ${quote(text)} is no whole number`, { field: 'node-type' })
}
