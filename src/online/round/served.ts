import { countedComponents, type EnergySource } from '../../core/energy-source.js'
import { messageOf } from '../../core/errors.js'
import type { Logger } from '../../runtime/ports.js'
import { loadPipeline, type PipelineLocation } from '../../registry/load-pipeline.js'
import { type ModelEntry, modelPath } from '../../registry/model-entry.js'
import { readArchive } from '../../registry/model-files.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { metadataNumber } from '../../registry/metadata-numbers.js'
import { createModelOrder } from '../../selection/model-order.js'
import type { TrainingSet } from '../../train/training-set.js'
import { versionOf } from '../versions/versions.js'
import { type Measured, predictedWatts } from './measure.js'
import { type Slot, slotFolder } from './slot.js'

/** A model that is served now. */
export interface ServedModel {
  /** `<Trainer>_<node type>` */
  readonly name: string
  readonly features: readonly string[]
  /** Its error on held-out data when it was published; `undefined` for models that no online trainer made. */
  readonly published: Pick<Measured, 'watts' | 'percent'> | undefined
  /** Unix seconds of the newest measurement that it was trained on. */
  readonly dataUntil: number | undefined
  /** The highest value of its main feature in its training rows. */
  readonly highestUsage: number | undefined
  /** Its watts for the rows of a training set, by component; `undefined` when it cannot be read or lacks a feature. */
  watts(set: TrainingSet): ReadonlyMap<string, readonly number[]> | undefined
}

/** The pipeline that the online trainer published, with the models that a model server would answer with. */
export interface ServedPipeline {
  /** 0 for a pipeline that no online trainer made. */
  readonly version: number
  readonly pipeline: Pipeline
  /** The model of a slot with the lowest error. */
  best(slot: Slot): ServedModel | undefined
  /** The model of a slot with the lowest error among those that have weights. */
  bestWeights(slot: Slot): ServedModel | undefined
  /** All AbsPower models of a source and node type, the best first. */
  ofNode(source: EnergySource, nodeType: number): readonly ServedModel[]
  /** The latest start of any model's training data, in unix seconds; `undefined` for pipelines of other programs. */
  readonly newestDataFrom: number | undefined
  close(): void
}

/**
 * @param errorKey the metadata attribute by which the model server ranks
 * @throws ModelError `INVALID_ARCHIVE` or `UNAVAILABLE` when it cannot be read
 */
export async function openServed(
  location: PipelineLocation,
  errorKey: string,
  logger: Logger,
): Promise<ServedPipeline> {
  const pipeline = await loadPipeline(location, { logger: { ...logger, info() {} } })
  const order = createModelOrder<ModelEntry>(errorKey)
  const ranked = (entries: readonly ModelEntry[]) =>
    order.sort(entries).map((entry) => servedModel(pipeline, entry, logger))
  const ofSlot = (slot: Slot) =>
    pipeline.entries.filter(({ folder, nodeType }) => folder.path === slotFolder(slot) && nodeType === slot.nodeType)
  return {
    version: pipeline.store.has('metadata.json') ? versionOf(pipeline.store.read('metadata.json')) : 0,
    pipeline,
    best: (slot) => ranked(ofSlot(slot))[0],
    bestWeights: (slot) => ranked(ofSlot(slot).filter(({ weights }) => weights !== undefined))[0],
    ofNode: (source, nodeType) =>
      ranked(
        pipeline.entries.filter(
          ({ folder, nodeType: own }) =>
            folder.source === source && folder.outputType === 'AbsPower' && own === nodeType,
        ),
      ),
    newestDataFrom: pipeline.entries
      .flatMap(({ numbers }) => metadataNumber(numbers, 'data_from') ?? [])
      .reduce<number | undefined>((newest, from) => Math.max(newest ?? from, from), undefined),
    close: () => pipeline.store.close(),
  }
}

function servedModel(pipeline: Pipeline, entry: ModelEntry, logger: Logger): ServedModel {
  return {
    name: entry.name,
    features: entry.features,
    published: publishedError(entry),
    dataUntil: metadataNumber(entry.numbers, 'data_until'),
    highestUsage: metadataNumber(entry.numbers, 'highest_usage'),
    watts(set) {
      try {
        return predictedWatts(readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType)), set)
      } catch (error) {
        logger.warn({ model: modelPath(entry), reason: messageOf(error) }, 'the served model cannot be measured')
        return undefined
      }
    },
  }
}

/** The error of a model on held-out data when the online trainer published it; `undefined` for models of others. */
export function publishedError({ numbers }: ModelEntry): ServedModel['published'] {
  const power = metadataNumber(numbers, 'held_out_mean_watts')
  if (power === undefined) return undefined
  const watts = countedComponents.reduce(
    (sum, component) => sum + (metadataNumber(numbers, `${component}_mae`) ?? 0),
    0,
  )
  return { watts, percent: (100 * watts) / power }
}

/** The files of a model in a pipeline's zip: its archive and, where it has them, its weights. */
export function filesOf({ store, specOf }: Pipeline, entry: ModelEntry): readonly (readonly [string, Uint8Array])[] {
  const path = modelPath(entry)
  const weights = entry.weights === 'folder' ? `${path}/weight.json` : `${path}.json`
  return [
    [`${path}.zip`, readArchive(store, entry, specOf(entry.nodeType))],
    ...(entry.weights === undefined ? [] : [[`${path}.json`, store.read(weights)] as const]),
  ]
}
