import { rowsAt } from '../../train/training-set.js'
import { type Measured, measured } from './measure.js'
import type { ServedModel, ServedPipeline } from './served.js'
import type { SlotData } from './slot-data.js'
import { type Decision, type EvaluatedModel, keepServed, validateCandidate, type Verdict } from './verdict.js'

/** The limits of a decision on a slot. */
export interface ValidationOptions {
  /** Share of the served model's error by which a candidate must be better. */
  readonly margin: number
  /** Measurements that there must be. */
  readonly minRows: number
  /** Percent of error above which nothing is published. */
  readonly maxError: number
}

/** The error of a served model on measurements that it was not trained on. */
export interface FreshError {
  readonly model: string
  readonly rows: number
  readonly watts: number
  readonly percent: number
  /** Error in watts now, divided by the error on held-out data when it was published. */
  readonly ratio: number | undefined
}

/** A comparison on fewer held-out rows than this says nothing. */
const minHeldOutRows = 5
/** Verdicts that machines of different hardware in one node type lead to. */
const mixed: ReadonlySet<Verdict> = new Set(['no_skill', 'too_inaccurate'])

/** Whether there are enough measurements for training and validation. */
export function isEnough(slot: SlotData, { minRows }: ValidationOptions): boolean {
  return rowsOf(slot) >= minRows && slot.validation.x.rows >= minHeldOutRows
}

/** Decides whether a slot's candidate replaces the served model. */
export function validateSlot(
  data: SlotData,
  candidate: EvaluatedModel | undefined,
  served: ServedPipeline | undefined,
  options: ValidationOptions,
): Decision {
  if (!isEnough(data, options)) {
    return keepServed('too_few_rows', tooFew(data, options))
  }
  if (candidate === undefined) return keepServed('untrainable', 'no trainer could learn from the measurements')
  const { slot, validation, driftingSince, newestFrom, spread, machines } = data
  const measure = (model: ServedModel | undefined): Measured | undefined => {
    const watts = model?.watts(validation)
    return watts && measured(validation, watts)
  }
  const best = served?.best(slot)
  const any = measure(best)
  const theirs = any && {
    any,
    weights: measure(served?.bestWeights(slot)),
    highestUsage: best?.highestUsage,
  }
  const decision = validateCandidate(candidate, theirs, {
    margin: options.margin,
    maxError: options.maxError,
    spread,
    drifting: driftingSince !== undefined,
    isNewest: (row) => validation.timestamps[row]! > newestFrom,
  })
  if (machines === 1 || !mixed.has(decision.verdict)) return decision
  const hint = `${machines} machines share one node type; if their hardware differs, give their specs (ONLINE_MACHINE_SPECS)`
  return { ...decision, why: `${decision.why}; ${hint}` }
}

/** The error of the best served model on recent measurements that it was not trained on; `undefined` when there are too few. */
export function freshError({ slot, recent }: SlotData, served: ServedPipeline | undefined): FreshError | undefined {
  const model = served?.best(slot)
  if (model === undefined) return undefined
  const unseen = rowsAt(recent, (time) => time > (model.dataUntil ?? 0))
  const predicted = unseen.x.rows >= minHeldOutRows ? model.watts(unseen) : undefined
  if (predicted === undefined) return undefined
  const { rows, watts, percent } = measured(unseen, predicted)
  const before = model.published?.watts
  return { model: model.name, rows, watts, percent, ratio: before ? watts / before : undefined }
}

/** What there is too little of: measurements at all, or such that can be held out. */
function tooFew(data: SlotData, { minRows }: ValidationOptions): string {
  const rows = rowsOf(data)
  const { validation, interval, recentSeconds } = data
  const pace = interval > 0 ? ` (one every ${Number(interval.toPrecision(3))} s)` : ''
  if (rows < minRows) return `${rows} measurements${pace}, at least ${minRows} are needed`
  return `${rows} measurements${pace}, but only ${validation.x.rows} of the last ${Math.round(recentSeconds)} s can be held out of training, at least ${minHeldOutRows} are needed`
}

function rowsOf({ current, whole, validation }: SlotData): number {
  return (current ?? whole).x.rows + validation.x.rows
}
