import { rowsAt } from '../../train/training-set.js'
import { type Measured, measured } from './measure.js'
import type { ServedModel, ServedPipeline } from './served.js'
import type { SlotData } from './slot-data.js'
import { type Contender, type Judgement, judge, leave, type Verdict } from './verdict.js'

/** What a judgement of a slot goes by besides its data. */
export interface ValidationOptions {
  /** Share of the served model's error by which a candidate must be better. */
  readonly margin: number
  /** Measurements that there must be. */
  readonly minRows: number
  /** Percent of error above which nothing is published. */
  readonly maxError: number
}

/** How far off a served model is on measurements that it has not learnt from. */
export interface FreshError {
  readonly model: string
  readonly rows: number
  readonly watts: number
  readonly percent: number
  /** Error in watts now, over that on held-out data when it was published. */
  readonly ratio: number | undefined
}

/** Rows that must be held out for a judgement; a handful is chance. */
const leastHeldOut = 5
/** What becomes of a model of machines that are not alike. */
const mixed: ReadonlySet<Verdict> = new Set(['no_skill', 'too_inaccurate'])

/** Whether there are enough measurements to train, and to judge by. */
export function isEnough(slot: SlotData, { minRows }: ValidationOptions): boolean {
  return rowsOf(slot) >= minRows && slot.judge.x.rows >= leastHeldOut
}

/** What becomes of a slot's candidate, beside what is served. */
export function validateSlot(
  data: SlotData,
  candidate: Contender | undefined,
  served: ServedPipeline | undefined,
  options: ValidationOptions,
): Judgement {
  if (!isEnough(data, options)) {
    return leave('too_few_rows', `${rowsOf(data)} measurements, at least ${options.minRows} are needed`)
  }
  if (candidate === undefined) return leave('untrainable', 'no trainer could learn from the measurements')
  const { slot, judge: held, driftingSince, newestFrom, spread, machines } = data
  const measure = (model: ServedModel | undefined): Measured | undefined => {
    const watts = model?.watts(held)
    return watts && measured(held, watts)
  }
  const best = served?.best(slot)
  const any = measure(best)
  const theirs = any && {
    any,
    weights: measure(served?.bestWeights(slot)),
    highestUsage: best?.highestUsage,
  }
  const judgement = judge(candidate, theirs, {
    margin: options.margin,
    maxError: options.maxError,
    spread,
    drifting: driftingSince !== undefined,
    isNewest: (row) => held.timestamps[row]! > newestFrom,
  })
  if (machines === 1 || !mixed.has(judgement.verdict)) return judgement
  const hint = `${machines} machines are taken for one kind; if they are not, tell their specs (ONLINE_MACHINE_SPECS)`
  return { ...judgement, why: `${judgement.why}; ${hint}` }
}

/** The best served model on recent measurements that it has not learnt from; `undefined` without a model, or enough of them. */
export function freshError({ slot, recent }: SlotData, served: ServedPipeline | undefined): FreshError | undefined {
  const model = served?.best(slot)
  if (model === undefined) return undefined
  const unseen = rowsAt(recent, (time) => time > (model.dataUntil ?? 0))
  const predicted = unseen.x.rows >= leastHeldOut ? model.watts(unseen) : undefined
  if (predicted === undefined) return undefined
  const { rows, watts, percent } = measured(unseen, predicted)
  const before = model.published?.watts
  return { model: model.name, rows, watts, percent, ratio: before ? watts / before : undefined }
}

function rowsOf({ current, whole, judge: held }: SlotData): number {
  return (current ?? whole).x.rows + held.x.rows
}
