import { mainFeature } from '../../core/main-feature.js'
import { type TrainerName, weightTrainers } from '../../core/trainer.js'
import { columnOf } from '../../numeric/matrix.js'
import { type RunOptions, runTasks } from '../../train/run-tasks.js'
import type { TrainTask } from '../../train/tasks.js'
import type { TrainedModel } from '../../train/train-model.js'
import type { TrainingSet } from '../../train/training-set.js'
import type { MachineTypes } from './machine-types.js'
import { type Measured, meanPower, measured, predictedWatts } from './measure.js'
import { slotKey } from './slot.js'
import type { SlotData } from './slot-data.js'
import type { Contender } from './verdict.js'

/** New models of a slot, all learnt from the same rows. */
export interface Candidate extends Contender {
  readonly models: readonly TrainedModel[]
}

export interface CandidateOptions extends RunOptions {
  readonly trainers: readonly TrainerName[]
  readonly types: MachineTypes
  readonly seed: number
  /** Share by which the current rows alone must do better than all rows to be taken. */
  readonly margin: number
}

/**
 * Trains every slot by every trainer: on all rows, and on those of the machine as it is now where that is not all of
 * them. All rows are preferred, since they know more; what the machine was before spoils them after a change.
 *
 * @returns by slot; a slot in which no trainer could learn is not there
 */
export async function trainCandidates(
  slots: readonly SlotData[],
  { trainers, types, seed, margin, ...run }: CandidateOptions,
): Promise<{ readonly bySlot: ReadonlyMap<string, Candidate>; readonly failures: readonly Failure[] }> {
  const tasks = slots.flatMap(({ whole, current, judge }) =>
    [whole, current].flatMap((set) => (set ? trainers.map((trainer) => taskOf(set, trainer, judge, types, seed)) : [])),
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
  for (const { slot, whole, current, judge } of slots) {
    const ofWhole = candidateOf(whole, modelsOf.get(whole), judge)
    const ofCurrent = current && candidateOf(current, modelsOf.get(current), judge)
    const chosen =
      ofCurrent && (!ofWhole || ofCurrent.any.watts < ofWhole.any.watts * (1 - margin)) ? ofCurrent : ofWhole
    if (chosen) bySlot.set(slotKey(slot), chosen)
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
  judge: TrainingSet,
  types: MachineTypes,
  seed: number,
): TrainTask {
  const notes = {
    data_from: set.timestamps[0] ?? 0,
    data_until: newest(set),
    highest_usage: highestUsage(set),
    held_out_rows: judge.x.rows,
    held_out_mean_watts: meanPower(judge),
  }
  const machineSpec = types.known.get(set.nodeType)?.spec
  const options = { seed, crossValidation: false, judge, notes, ...(machineSpec && { machineSpec }) }
  return { set, trainer, options }
}

function candidateOf(
  set: TrainingSet,
  models: readonly TrainedModel[] | undefined,
  judge: TrainingSet,
): Candidate | undefined {
  const all = (models ?? []).map((model) => ({ model, judged: measured(judge, predictedWatts(model.zip, judge)) }))
  const any = leastError(all.map(({ judged }) => judged))
  if (any === undefined) return undefined
  return {
    any,
    weights: leastError(all.flatMap(({ model, judged }) => (weightTrainers.has(model.trainer) ? judged : []))),
    highestUsage: highestUsage(set),
    models: all.map(({ model }) => model),
  }
}

function leastError(all: readonly Measured[]): Measured | undefined {
  return [...all].sort((a, b) => a.watts - b.watts)[0]
}

function highestUsage(set: TrainingSet): number {
  const first = set.targets[0]
  const column = (first && mainFeature(set.features, first.component)) ?? 0
  return columnOf(set.x, column).reduce((most, value) => Math.max(most, value), 0)
}

/** Rows of several machines stand one after another, so the last one need not be the newest. */
function newest({ timestamps }: TrainingSet): number {
  return timestamps.reduce((latest, time) => Math.max(latest, time), 0)
}
