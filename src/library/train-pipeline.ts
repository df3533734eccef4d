import { basename, dirname, resolve } from 'node:path'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import type { FeatureGroup } from '../core/feature-group.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { type OutputType, outputTypes } from '../core/output-type.js'
import type { ExtractorName } from '../extract/extractor.js'
import { extractorNamed } from '../extract/extractors.js'
import type { Finding } from '../extract/findings.js'
import type { Isolator } from '../isolate/isolator.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { isPipelineName } from '../registry/pipeline-name.js'
import { type TrainerName, trainerNames } from '../regression/trainers.js'
import { buildTrainingSets } from '../train/build-training-sets.js'
import { savePipeline, trainModels } from '../train/train-pipeline.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { type IsolatorOptions, isolatorOf, isolatorOptionNames } from './isolate.js'
import { type TrainedPowerModel, trainedPowerModel } from './trained-power-model.js'

export interface TrainPipelineOptions extends IsolatorOptions {
  /** Whose power. @default rapl-sysfs and acpi */
  readonly sources?: readonly EnergySource[]
  /** @default both */
  readonly outputTypes?: readonly OutputType[]
  /** @default all whose features are in the response */
  readonly featureGroups?: readonly FeatureGroup[]
  /** @default all */
  readonly trainers?: readonly TrainerName[]
  /** How rows are made: as measured, or smoothed. @default 'default' */
  readonly extractor?: ExtractorName
  /** Metrics that are features by their own name. */
  readonly thirdParty?: readonly string[]
  /** Processes of a virtual machine instead of containers of a node. @default false */
  readonly vm?: boolean
  /** The `job` label of the Kepler inside the virtual machine. @default 'vm' */
  readonly vmJob?: string
  /** The node type of all rows, instead of what the response says. */
  readonly nodeType?: number
  /** Which Kepler to take where the response has several. */
  readonly instance?: string
  /** What metrics are called: `kepler-0.7` or `kepler-0.10`. @default found from their names */
  readonly vocabulary?: string
  /** Of the machine that was measured. */
  readonly machineSpec?: MachineSpec
  /** Decides the split and all else that is random. @default 0 */
  readonly seed?: number
  /** Also cross-validate over blocks of time and workloads, which takes several fits. @default true */
  readonly crossValidation?: boolean
  /** Worker threads; 0 trains in this one. @default the processors of the machine */
  readonly threads?: number
  /** Stops training with a ModelError `CANCELLED`. */
  readonly signal?: AbortSignal
  /** Told after every model. */
  readonly onProgress?: (done: number, total: number, name: string) => void
}

const names = [
  ...isolatorOptionNames,
  'sources',
  'outputTypes',
  'featureGroups',
  'trainers',
  'extractor',
  'thirdParty',
  'vm',
  'vmJob',
  'nodeType',
  'instance',
  'vocabulary',
  'machineSpec',
  'seed',
  'crossValidation',
  'threads',
  'signal',
  'onProgress',
] as const

/** Trained models in memory. */
export interface TrainedPowerModels {
  readonly models: readonly TrainedPowerModel[]
  /** What could not be trained, and why; it affects no other model. */
  readonly failures: readonly { readonly what: string; readonly why: string }[]
  /** What was wrong with the measurements and what was done about it. */
  readonly findings: readonly Finding[]
  /** What isolators report. */
  readonly notes: readonly string[]
  /**
   * Writes them as a pipeline: a folder, whose last part is the pipeline's name, and `<folder>.zip` beside it. Models that
   * are there already stay, unless they were trained anew. A model server that follows the folder takes them up.
   *
   * @throws ModelError `INVALID_REQUEST` when the last part is no name, `UNAVAILABLE` when it cannot be written
   */
  readonly save: (folder: string) => Promise<{ readonly folder: string; readonly zip: string }>
}

/**
 * Trains models of every energy source, output type, valid feature group and trainer of a response, on worker threads.
 *
 * @throws ModelError `INVALID_DATA` when nothing can be trained, `INVALID_REQUEST` for wrong options, `CANCELLED`
 */
export async function trainPipeline(
  response: PrometheusResponse,
  options: TrainPipelineOptions = {},
): Promise<TrainedPowerModels> {
  expectKnownOptions('trainPipeline', options, names)
  const { sources = ['rapl-sysfs', 'acpi'], outputTypes: outputs = outputTypes, featureGroups, ...others } = options
  const { isolator = 'auto', profile: _, models: __, targetHints = [], bgHints = [], ...further } = others
  const { trainers = trainerNames, extractor = 'default', vocabulary, machineSpec, ...rest } = further
  const isolators = new Map<EnergySource, Isolator>()
  for (const source of sources) isolators.set(source, await isolatorOf(options, source))
  const built = buildTrainingSets(response, {
    ...rest,
    sources,
    outputTypes: outputs,
    extractor: extractorNamed(extractor),
    isolator: (source) => isolators.get(source)!,
    background: { targetHints, bgHints },
    ...(featureGroups && { groups: featureGroups }),
    ...(vocabulary !== undefined && { vocabulary: vocabularyNamed(vocabulary) }),
  })
  const types = [...new Set(built.sets.map(({ nodeType }) => nodeType))]
  if (machineSpec !== undefined && types.length > 1) {
    throw new ModelError(
      'INVALID_REQUEST',
      `machineSpec is of one machine, and the response has node types ${types.join(', ')}`,
      { field: 'machineSpec' },
    )
  }
  const request = {
    ...rest,
    sets: built.sets,
    preprocessed: built.preprocessed,
    absTrainers: trainers,
    dynTrainers: trainers,
    isolator,
    extractor,
    ...(machineSpec && { machines: new Map(types.map((type) => [type, { spec: machineSpec, members: [] }])) }),
  }
  const { models, failures } = await trainModels(request)
  return {
    models: models.map(({ set, model }) => trainedPowerModel(set, model)),
    failures: [...built.failures, ...failures],
    findings: built.findings,
    notes: built.notes,
    save: async (folder) => savePipeline({ ...request, ...placeOf(folder), clock: Date.now }, models),
  }
}

function placeOf(folder: string): { readonly name: string; readonly parent: string } {
  const path = resolve(folder)
  const name = basename(path)
  if (isPipelineName(name)) return { name, parent: dirname(path) }
  throw new ModelError(
    'INVALID_REQUEST',
    `${quote(name)} is no name of a pipeline: letters, digits, dot, dash and underscore`,
    { field: 'folder' },
  )
}
