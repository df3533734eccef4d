import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import type { EnergySource } from '../../core/energy-source.js'
import { messageOf, ModelError, quote } from '../../core/errors.js'
import { isFeatureGroup } from '../../core/feature-group.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import { outputTypes } from '../../core/output-type.js'
import { measuredSources } from '../../extract/measured-sources.js'
import { selecting } from '../../extract/measurements.js'
import { describeMeter, type Meter } from '../../extract/meter.js'
import { parseThirdParty } from '../../extract/third-party.js'
import { parseHints } from '../../isolate/background.js'
import type { Isolator } from '../../isolate/isolator.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { collectGarbage } from '../../runtime/collect-garbage.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import type { BuiltTrainingSets, TrainingSetOptions } from '../../train/build-training-sets.js'
import type { TrainedPipeline } from '../../train/train-pipeline.js'
import type { MetricVocabulary, UsageMode } from '../../vocabulary/metric-vocabulary.js'
import { isTrainingMetric, vocabularyNamed } from '../../vocabulary/vocabularies.js'
import { readInput } from '../inputs/response-input.js'
import { energySourceOf, metersFor, splitNames, thirdPartyOf } from '../options/extract-options.js'
import { type IsolateOptions, isolatorOf } from '../options/isolate-options.js'
import type { ResponseOptions } from '../options/response-options.js'
import { trainersOf, trainSettings } from '../options/train-options.js'
import { warnOfFindings } from '../reports/dataset-report.js'
import { warnOfFailures } from '../reports/train-report.js'
import { type CliIo, writeLines } from '../terminal/io.js'
import { trainAndReport } from './train-and-report.js'

/** A saved response, and the node type of its machine where that is known. */
export interface MeasuredInput {
  readonly path: string
  readonly nodeType?: number
}

/** A node type with its machines. */
interface DescribedType {
  readonly nodeType: number
  readonly spec: MachineSpec
  readonly members: readonly string[]
}

/** Trains a pipeline on responses; of several, one that cannot be used is named and affects no other. */
export async function trainResponses(
  io: CliIo,
  config: Config,
  command: Command,
  options: ResponseOptions,
  inputs: readonly MeasuredInput[],
  types: readonly DescribedType[],
): Promise<TrainedPipeline> {
  const own = trainSettings(options)
  const absTrainers = trainersOf('abs-trainers', options.absTrainers ?? options.trainers)
  const dynTrainers = trainersOf('dyn-trainers', options.dynTrainers ?? options.trainers)
  const measurements = await measurementSettings(config)
  const meters = metersFor(measurements.meters, options.energySource)
  const thirdParty = thirdPartyOf(options.thirdpartyMetrics)
  const mode = options.vmTrain ? 'vm' : 'container'
  const groups = groupsOf(options.featureGroup)

  // Loaded when it is needed, so that other commands start faster.
  const [{ extractorNamed }, { buildTrainingSets }, { buildMachineSets }, { joinTrainingSets }] = await Promise.all([
    import('../../extract/extractors.js'),
    import('../../train/build-training-sets.js'),
    import('../../train/build-machine-sets.js'),
    import('../../train/join-training-sets.js'),
  ])
  const others = new Set([
    ...thirdParty.map((text) => parseThirdParty(text).metric),
    ...meters.map(({ selector }) => selector.metric),
  ])
  const vocabulary = options.vocabulary === undefined ? undefined : vocabularyNamed(options.vocabulary)
  const outputs = options.outputType ? [options.outputType] : outputTypes
  const dynamic = new Map<EnergySource, Isolator | Error>()
  const setOptions: Omit<TrainingSetOptions, 'sources'> = {
    outputTypes: outputs,
    extractor: extractorNamed(options.extractor),
    isolator: (source) => isolatorIn(dynamic, source),
    thirdParty,
    meters,
    machineLabels: measurements.machineLabels,
    identity: measurements.identity,
    vm: options.vmTrain ?? false,
    vmJob: config.VM_JOB_NAME,
    background: { targetHints: parseHints(options.targetHints), bgHints: parseHints(options.bgHints) },
    ...(groups && { groups }),
    ...(options.instance !== undefined && { instance: options.instance }),
    ...(vocabulary && { vocabulary }),
  }
  const parts: BuiltTrainingSets[] = []
  const unusable: { what: string; why: string }[] = []
  // A function of its own, so that nothing refers to a response any more when its training sets are made.
  const readSets = async ({ path, nodeType }: MeasuredInput) => {
    const response = await readInput(io, path, {
      wants: (metric) => others.has(metric) || isTrainingMetric(metric, mode),
      ...selecting(measurements),
    })
    const sources = sourcesOf(options.energySource, meters, response, { mode, vocabulary })
    if (outputs.includes('DynPower')) await addIsolators(dynamic, io, config, options, sources)
    const request = { ...setOptions, sources, ...(nodeType !== undefined && { nodeType }) }
    if (!options.allMachines) return { parts: [buildTrainingSets(response, request)], failures: [] }
    return buildMachineSets(response, request)
  }
  for (const input of inputs) {
    try {
      const own = await readSets(input)
      // One response at a time is in memory, and none when threads begin to need it.
      collectGarbage()
      parts.push(...own.parts)
      unusable.push(...own.failures)
    } catch (error) {
      if (inputs.length === 1 || !(error instanceof ModelError)) throw error
      if (error.code === 'INVALID_REQUEST' || error.code === 'CANCELLED') throw error
      unusable.push({ what: input.path, why: error.message })
    }
  }
  const [none] = unusable
  if (parts.length === 0 && none !== undefined) throw new ModelError('INVALID_DATA', `${none.what}: ${none.why}`)
  const joined = joinTrainingSets(parts)
  const built = { ...joined, failures: [...unusable, ...joined.failures] }
  warnOfFindings(io, built.findings)
  warnOfFailures(io, built.failures)
  writeLines(io.stderr, [
    ...meters.map((meter) => `${meter.source}: measured by ${describeMeter(meter)}`),
    ...built.notes,
  ])

  const request = {
    ...own,
    ...built,
    parent: config.DATAPATH,
    absTrainers,
    dynTrainers,
    isolator: options.isolator,
    extractor: options.extractor,
    machines: new Map(types.map((type) => [type.nodeType, type])),
  }
  return trainAndReport(io, command, options, request, built.failures)
}

/** Adds the isolators of sources, since models and profiles are of one source; or the error of a source that has none. */
async function addIsolators(
  made: Map<EnergySource, Isolator | Error>,
  io: CliIo,
  config: Parameters<typeof isolatorOf>[1],
  options: IsolateOptions,
  sources: readonly EnergySource[],
): Promise<void> {
  for (const source of sources) {
    if (made.has(source)) continue
    try {
      made.set(source, await isolatorOf(io, config, options, source))
    } catch (error) {
      if (sources.length === 1 || !(error instanceof ModelError) || error.code === 'INVALID_REQUEST') throw error
      made.set(source, error)
    }
  }
}

/** The sources that are named, those of the meters, or all that were measured. @throws ModelError `INVALID_DATA` */
function sourcesOf(
  named: string | undefined,
  meters: readonly Meter[],
  response: PrometheusResponse,
  of: { readonly mode: UsageMode; readonly vocabulary: MetricVocabulary | undefined },
): readonly EnergySource[] {
  if (named !== undefined) return [...new Set(splitNames(named).map(energySourceOf))]
  return meters.length > 0 ? [...new Set(meters.map(({ source }) => source))] : measuredSources(response, of)
}

function isolatorIn(made: ReadonlyMap<EnergySource, Isolator | Error>, source: EnergySource): Isolator {
  const isolator = made.get(source)
  if (isolator !== undefined && !(isolator instanceof Error)) return isolator
  throw new ModelError('INVALID_DATA', `there is no isolator for ${source}: ${messageOf(isolator)}`)
}

function groupsOf(text: string | undefined) {
  if (text === undefined) return undefined
  return splitNames(text).map((name) => {
    if (isFeatureGroup(name)) return name
    throw new ModelError('INVALID_REQUEST', `unknown feature group ${quote(name)}`, { field: 'feature-group' })
  })
}
