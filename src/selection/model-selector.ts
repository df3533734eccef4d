import type { ModelWeights } from '../archive/weights.js'
import type { EnergySource } from '../core/energy-source.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { OutputType } from '../core/output-type.js'
import type { PipelineError } from '../registry/pipeline-errors.js'
import type { BestModels, BestModelsQuery } from './best-models-query.js'
import type { ModelMatch } from './model-match.js'
import type { ModelRequest } from './model-request.js'
import type { RankedPipeline } from './ranked-pipeline.js'

/** Chooses models among pipelines and returns bytes that are ready to send. */
export interface ModelSelector {
  /** @throws ModelError `NO_MODEL` when nothing fits, `INVALID_REQUEST` when the filter cannot be read */
  findModel(request: ModelRequest): ServedModel
  /** @throws ModelError `NO_MODEL` when there is no pipeline for the source, `INVALID_REQUEST` for the filter */
  bestModels(query: BestModelsQuery): BestModels
  /** The best weight model of each pipeline, source, output type and feature group. */
  weightModels(): Iterable<WeightModel>
  /** The pipelines that can answer for some source, with their models in the order in which they are chosen. */
  served(): readonly RankedPipeline[]
  status(): SelectorStatus
}

export interface ServedModel {
  /** The whole answer. Shared between requests: never written to. */
  readonly body: Buffer
  readonly contentType: 'application/zip' | 'application/json'
  /** For the `Content-Disposition` of an archive: letters, digits, `_`, `-` and `.` only. */
  readonly fileName: string
  readonly selection: ModelSelection
  /** Weights that were corrected, and why: no other model of the request fitted. */
  readonly corrected?: string
  /** Better models whose weights Kepler could not use, each with the reason. */
  readonly passedOver?: readonly string[]
}

/** Why this model: what logs and provenance report. */
export interface ModelSelection {
  readonly pipeline: string
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly featureGroup: string
  readonly modelName: string
  readonly trainer: string
  /** The node type of the model. */
  readonly nodeType: number
  /** Of the model's node type, where the pipeline says. */
  readonly machineSpec: MachineSpec | undefined
  /** Which error ranked it (`ERROR_KEY`), and its value. */
  readonly errorKey: string
  readonly error: number
  /** How the model's node type relates to the wanted one; absent when the request wanted none. */
  readonly match: ModelMatch | undefined
}

export interface WeightModel {
  readonly pipeline: string
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly featureGroup: string
  readonly modelName: string
  readonly trainer: string
  readonly nodeType: number
  readonly weights: ModelWeights
  /** `mae`, `mape`, `<component>_mae`, … as the metadata has them. */
  readonly errors: Readonly<Record<string, number>>
}

export interface PipelineStatus {
  readonly name: string
  /** Path or URL that it was read from. */
  readonly origin: string
  /** Energy sources that it has models for. */
  readonly sources: readonly string[]
  readonly models: number
  /** Models that were skipped because they are damaged. */
  readonly damaged: number
  readonly nodeTypes: number
  /** Milliseconds since the epoch. */
  readonly loadedAt: number
}

/** The pipelines that requests are answered from. */
export interface SelectorStatus {
  readonly pipelines: readonly PipelineStatus[]
  readonly models: number
  /** What could not be read or downloaded, latest last, bounded. */
  readonly errors: readonly PipelineError[]
  /** The pipeline on disk that cannot be read, so that nothing but a stand-in could answer; `undefined` when all is well. */
  readonly unreadable: PipelineError | undefined
}
