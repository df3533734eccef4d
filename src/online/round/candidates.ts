import { parseWeights } from '../../archive/weights.js'
import { weightsFlaws } from '../../archive/weights-range.js'
import { mainFeature } from '../../core/main-feature.js'
import { metadataNumbersOf } from '../../registry/metadata-numbers.js'
import { createModelOrder, type Rankable } from '../../selection/model-order.js'
import { givesWeights, type TrainerName } from '../../regression/trainers.js'
import { columnOf } from '../../numeric/matrix.js'
import { type RunOptions, runTasks } from '../../train/run-tasks.js'
import type { TrainTask } from '../../train/tasks.js'
import type { TrainedModel } from '../../train/train-model.js'
import type { TrainingSet } from '../../train/training-set.js'
import type { MachineTypes } from './machine-types.js'
import { type Measured, meanPower, measured, predictedWatts } from './measure.js'
import { slotKey } from './slot.js'
import type { SlotData } from './slot-data.js'
import type { EvaluatedModel } from './verdict.js'

/** New models of a slot that may be published, all trained on the same rows; the one that a server would choose is first. */
export interface Candidate extends EvaluatedModel {
  readonly models: readonly TrainedModel[]
  /** The name of the first. */
  readonly best: string
  /** Those of them that are too inaccurate to be published beside the others. */
  readonly refused: readonly { readonly name: string; readonly percent: number }[]
}

export interface CandidateOptions extends RunOptions {
  readonly trainers: readonly TrainerName[]
  readonly types: MachineTypes
  readonly seed: number
  /** Share by which the models of the current rows must be better than those of all rows to be taken. */
  readonly margin: number
  /** Percent of error above which a model is not published, whatever others of its slot are like. */
  readonly maxError: number
}

/**
 * Trains every slot by every trainer: on all rows and, where the machine has changed, on the rows since then. Models of
 * all rows are preferred, since they cover more load; after a change, the older rows make them worse.
 *
 * @returns by slot; a slot in which no trainer could learn is missing
 */
export async function trainCandidates(
  slots: readonly SlotData[],
  { trainers, types, seed, margin, maxError, ...run }: CandidateOptions,
): Promise<{ readonly bySlot: ReadonlyMap<string, Candidate>; readonly failures: readonly Failure[] }> {
  const tasks = slots.flatMap(({ whole, current, validation }) =>
    [whole, current].flatMap((set) =>
      set ? trainers.map((trainer) => taskOf(set, trainer, validation, types, seed)) : [],
    ),
  )
  const results = await runTasks(tasks, run)
  const modelsOf = new Map<TrainingSet, TrainedModel[]>()
  const failures: Failure[] = []
  for (const result of results) {
    const { set, trainer } = result.task
    if ('failure' in result) failures.push({ what: `${slotKey(set)} ${trainer}`, why: result.failure })
    else modelsOf.set(set, [...(modelsOf.get(set) ?? []), result.model])
  }
  const bySlot = new Map<string, Candidate>()
  for (const { slot, whole, current, validation } of slots) {
    const ofWhole = candidateOf(whole, modelsOf.get(whole), validation, maxError)
    const ofCurrent = current && candidateOf(current, modelsOf.get(current), validation, maxError)
    const chosen =
      ofCurrent && (!ofWhole || ofCurrent.any.watts < ofWhole.any.watts * (1 - margin)) ? ofCurrent : ofWhole
    if (chosen === undefined) continue
    bySlot.set(slotKey(slot), chosen)
    for (const { name, percent } of chosen.refused) {
      const why = `not published: ${percent.toFixed(1)} % off on held-out measurements, more than ${maxError} %`
      failures.push({ what: `${slotKey(slot)} ${name}`, why })
    }
  }
  return { bySlot, failures }
}

interface Failure {
  readonly what: string
  readonly why: string
}

function taskOf(
  set: TrainingSet,
  trainer: TrainerName,
  validation: TrainingSet,
  types: MachineTypes,
  seed: number,
): TrainTask {
  const notes = {
    data_from: set.timestamps[0] ?? 0,
    data_until: newest(set),
    highest_usage: highestUsage(set),
    held_out_rows: validation.x.rows,
    held_out_mean_watts: meanPower(validation),
  }
  const machineSpec = types.known.get(set.nodeType)?.spec
  const options = { seed, crossValidation: false, validation, notes, ...(machineSpec && { machineSpec }) }
  return { set, trainer, options }
}

function candidateOf(
  set: TrainingSet,
  models: readonly TrainedModel[] | undefined,
  validation: TrainingSet,
  maxError: number,
): Candidate | undefined {
  const order = createModelOrder<EvaluatedCandidate>()
  const sorted = order.sort((models ?? []).map((model) => evaluated(model, set.nodeType, validation)))
  const [chosen] = sorted
  if (chosen === undefined) return undefined
  // Each model is judged by itself, since a request may name a trainer or want weights: a good tree does not vouch for
  // the weights next to it. The chosen one stays, so that a verdict can say what is wrong with it.
  const publishable = sorted.filter((one) => one === chosen || one.error.percent <= maxError)
  const weights = publishable.filter(({ model }) => givesWeights(model.trainer))
  return {
    any: chosen.error,
    best: chosen.model.name,
    // The server passes over weights that Kepler could not use while there are others.
    weights: (weights.find(({ usable }) => usable) ?? weights[0])?.error,
    highestUsage: highestUsage(set),
    models: publishable.map(({ model }) => model),
    refused: sorted
      .filter((one) => !publishable.includes(one))
      .map(({ model, error }) => ({ name: model.name, percent: error.percent })),
  }
}

interface EvaluatedCandidate extends Rankable {
  readonly model: TrainedModel
  readonly error: Measured
  /** Whether Kepler can use its weights as they are. */
  readonly usable: boolean
}

function evaluated(model: TrainedModel, nodeType: number, validation: TrainingSet): EvaluatedCandidate {
  return {
    model,
    error: measured(validation, predictedWatts(model.zip, validation)),
    usable:
      model.weights !== undefined && weightsFlaws(parseWeights(model.weights, model.name), model.name).length === 0,
    trainer: model.trainer,
    nodeType,
    features: model.features,
    numbers: metadataNumbersOf(model.metadata, (keys) => keys),
  }
}

function highestUsage(set: TrainingSet): number {
  const first = set.targets[0]
  const column = (first && mainFeature(set.features, first.component)) ?? 0
  return columnOf(set.x, column).reduce((most, value) => Math.max(most, value), 0)
}

/** Rows of several machines are concatenated, so the last one need not be the newest. */
function newest({ timestamps }: TrainingSet): number {
  return timestamps.reduce((latest, time) => Math.max(latest, time), 0)
}
