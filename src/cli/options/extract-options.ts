import { type Command, Option } from 'commander'
import { type EnergySource, energySources, requestedSource } from '../../core/energy-source.js'
import { ModelError, quote } from '../../core/errors.js'
import { featuresOf, groupFeatures, isFeatureGroup } from '../../core/feature-group.js'
import { type OutputType, outputTypes } from '../../core/output-type.js'
import { type ExtractorName, type ExtractRequest, extractorNames } from '../../extract/extractor.js'
import { vocabularies, vocabularyNamed } from '../../vocabulary/vocabularies.js'

/** What commander makes of the options below. */
export interface ExtractOptions {
  readonly extractor: ExtractorName
  readonly energySource: string
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
    .addOption(new Option('-e, --energy-source <source>', `one of ${energySources.join(', ')}`).default('rapl-sysfs'))
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
    .option('--thirdparty-metrics <names>', 'metrics that are features by their own name, comma-separated (also -tm)')
    .option('--vm-train', 'use the processes of a virtual machine (job VM_JOB_NAME) instead of containers')
    .option('--instance <name>', 'which Kepler to take where the response has several')
    .option('--node-type <number>', 'the node type of all rows, instead of that in kepler_node_node_info')
    .addOption(vocabularyOption())
}

/** Data of two versions of Kepler has to be chosen from; else nobody need know. */
export function vocabularyOption(): Option {
  const names = vocabularies.map(({ name }) => name)
  return new Option('--vocabulary <name>', 'what metrics are called (default: found from the data)').choices(names)
}

/** A checked request for a feature group. @throws ModelError `INVALID_REQUEST` that names the option */
export function extractRequestOf(options: ExtractOptions, vmJob: string, group: string): ExtractRequest {
  const thirdParty = splitNames(options.thirdpartyMetrics)
  if (!isFeatureGroup(group)) {
    throw new ModelError('INVALID_REQUEST', `unknown feature group ${quote(group)}`, { field: 'feature-group' })
  }
  const features = featuresOf(group, thirdParty)
  if (features.length === 0) {
    throw new ModelError('INVALID_REQUEST', `${group} is made of --thirdparty-metrics, and none are given`, {
      field: 'thirdparty-metrics',
    })
  }
  return {
    features,
    source: energySourceOf(options.energySource),
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
  throw new ModelError(
    'INVALID_REQUEST',
    `unknown energy source ${quote(text)}; there are ${energySources.join(', ')}`,
    {
      field: 'energy-source',
    },
  )
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
