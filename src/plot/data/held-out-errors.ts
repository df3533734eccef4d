import type { OutputType } from '../../core/output-type.js'
import { metadataNumber } from '../../registry/metadata-numbers.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { createModelOrder } from '../../selection/model-order.js'

/** The errors of one model on rows that it had not seen. */
export interface TrainerError {
  readonly trainer: string
  /** Watts of each fold: blocks of time, left-out workloads. None of models without held-out errors. */
  readonly timeFolds: readonly number[]
  readonly workloadFolds: readonly number[]
  /** Watts: the mean over the folds; else the `mae` of the metadata, and `published` says so. */
  readonly error: number
  readonly standardError: number
  readonly published: boolean
  /** Why it is never chosen while another one can be. */
  readonly unfit?: string
}

/** The models that compete with each other, the best first. */
export interface TrainerErrors {
  readonly source: string
  readonly outputType: OutputType
  readonly featureGroup: string
  readonly nodeType: number
  readonly trainers: readonly TrainerError[]
}

/** Held-out errors by trainer, of each source, output type, feature group and node type. */
export function trainerErrors(
  { entries }: Pick<Pipeline, 'entries'>,
  models: readonly ModelEntry[] = entries,
): readonly TrainerErrors[] {
  const order = createModelOrder<ModelEntry>()
  const slots = new Map<string, ModelEntry[]>()
  for (const entry of models) {
    const key = `${entry.folder.path} ${entry.nodeType}`
    slots.set(key, [...(slots.get(key) ?? []), entry])
  }
  return [...slots.values()].map((competing) => {
    const { folder, nodeType } = competing[0]!
    const { source, outputType, featureGroup } = folder
    return { source, outputType, featureGroup, nodeType, trainers: order.sort(competing).map(errorOf) }
  })

  function errorOf(entry: ModelEntry): TrainerError {
    const { error, standardError, folds, unfit } = order.heldOut(entry)
    return {
      trainer: entry.trainer,
      timeFolds: folds[0] ?? [],
      workloadFolds: folds[1] ?? [],
      error: error ?? metadataNumber(entry.numbers, 'mae') ?? Number.NaN,
      standardError,
      published: error === undefined,
      ...(unfit !== undefined && { unfit }),
    }
  }
}
