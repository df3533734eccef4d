import { basename } from 'node:path'
import { type ModelArchive, readModelArchive } from '../archive/read-model-archive.js'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { anyNodeType } from '../core/model-name.js'
import type { OutputType } from '../core/output-type.js'
import { pipelineAt } from '../registry/find-pipelines.js'
import { loadPipeline as load } from '../registry/load-pipeline.js'
import { metadataRecord } from '../registry/metadata-numbers.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { readArchive } from '../registry/model-files.js'
import { createModelSelector } from '../selection/create-model-selector.js'
import type { ModelSelection } from '../selection/model-selector.js'

/** What a pipeline says of one of its models. */
export interface ModelInfo {
  /** `<source>/<output type>/<feature group>/<Trainer>_<node type>`: the name to read it by. */
  readonly path: string
  readonly name: string
  readonly trainer: string
  readonly source: EnergySource
  readonly outputType: OutputType
  /** Any name: pipelines may hold groups that this version does not know. */
  readonly featureGroup: string
  readonly nodeType: number
  readonly features: readonly string[]
  /** `mae`, `mape`, `cv_mae`, `<component>_mae`, …: watts or percent, those that are known. */
  readonly numbers: Readonly<Record<string, number>>
}

/** What a machine can measure and what it is; all but `metrics` and `outputType` may be left out. */
export interface BestModelRequest {
  /** Names of what can be measured. */
  readonly metrics: readonly string[]
  readonly outputType: OutputType
  /** @default 'rapl-sysfs' */
  readonly source?: EnergySource
  /** @default found from `machineSpec`, else any */
  readonly nodeType?: number
  readonly machineSpec?: MachineSpec
  /** Only models of this trainer. */
  readonly trainer?: string
  /** Conditions on the metadata: `mae:10; features:cpu_cycles,cache_miss`. */
  readonly filter?: string
}

const requestNames = ['metrics', 'outputType', 'source', 'nodeType', 'machineSpec', 'trainer', 'filter'] as const

/** A pipeline that is open: close it when you are done. */
export interface OpenPipeline {
  readonly name: string
  readonly models: readonly ModelInfo[]
  /** Models that cannot be read. */
  readonly damaged: number
  readonly nodeTypes: readonly { readonly id: number; readonly spec: MachineSpec }[]
  /** Reads a model by its `path`. @throws ModelError `NO_MODEL` when there is none, `INVALID_ARCHIVE` when it is damaged */
  readonly read: (path: string) => ModelArchive
  /**
   * The best model for a machine, by the rules of the model server, and why it is.
   *
   * @throws ModelError `NO_MODEL` when nothing fits, `INVALID_REQUEST` for a filter that cannot be read
   */
  readonly best: (request: BestModelRequest) => { readonly archive: ModelArchive; readonly selection: ModelSelection }
  readonly close: () => void
}

export interface LoadPipelineOptions {
  /** The error that ranks models. @default 'mae' */
  readonly errorKey?: string
}

/**
 * Opens a pipeline: a folder that was saved, or a zip as the model database publishes them.
 *
 * @throws ModelError `UNAVAILABLE` when there is nothing, `INVALID_ARCHIVE` or `LIMIT_EXCEEDED` when it cannot be read
 */
export async function loadPipeline(path: string, options: LoadPipelineOptions = {}): Promise<OpenPipeline> {
  expectKnownOptions('loadPipeline', options, ['errorKey'])
  const { errorKey = 'mae' } = options
  const pipeline = await load(pipelineAt(path, basename(path).replace(/\.zip$/i, '')))
  const { name, store, entries, damaged, nodeTypes } = pipeline
  const byPath = new Map(entries.map((entry) => [pathOf(entry), entry]))
  const selector = createModelSelector({ preference: { defaults: {}, local: '' }, errorKey })
  selector.use([pipeline])
  return {
    name,
    damaged,
    models: entries.map(infoOf),
    nodeTypes: nodeTypes.map(({ id, spec }) => ({ id, spec })),
    read(wanted) {
      const entry = byPath.get(wanted)
      if (entry === undefined) throw new ModelError('NO_MODEL', `${name} has no model ${quote(wanted)}`)
      return readModelArchive(readArchive(store, entry, pipeline.specOf(entry.nodeType)))
    },
    best(request) {
      expectKnownOptions('best', request, requestNames)
      const { source = 'rapl-sysfs', nodeType = anyNodeType, machineSpec = {}, trainer = '', filter = '' } = request
      const { body, selection } = selector.findModel({
        metrics: request.metrics,
        outputType: request.outputType,
        source,
        nodeType,
        weight: false,
        trainerName: trainer,
        filter,
        pipelineName: '',
        machineSpec,
        looseNodeType: true,
      })
      return { archive: readModelArchive(body), selection }
    },
    close: () => store.close(),
  }
}

function pathOf({ folder, name }: ModelEntry): string {
  return `${folder.path}/${name}`
}

function infoOf(entry: ModelEntry): ModelInfo {
  const { name, trainer, nodeType, folder, features, numbers } = entry
  const { source, outputType, featureGroup } = folder
  return {
    ...{ path: pathOf(entry), name, trainer, source, outputType, featureGroup, nodeType, features },
    numbers: metadataRecord(numbers),
  }
}
