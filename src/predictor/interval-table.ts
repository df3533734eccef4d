import { ModelError } from '../core/errors.js'

/**
 * How far measurements lie from predictions, by the level of the prediction: a model errs by other watts at idle than at
 * full load. Between two levels it is interpolated linearly, beyond the first and the last it is constant.
 */
export interface IntervalTable {
  /** Predicted watts, ascending. */
  readonly levels: readonly number[]
  /** Watts to add to a prediction of each level for the lower bound; mostly negative. */
  readonly lower: readonly number[]
  /** Watts to add to a prediction of each level for the upper bound. */
  readonly upper: readonly number[]
}

/** @throws ModelError `SHAPE_MISMATCH` when the columns differ in length, or there are none */
export function intervalTable({ levels, lower, upper }: IntervalTable): IntervalTable {
  if (levels.length === 0 || levels.length !== lower.length || levels.length !== upper.length) {
    const lengths = [levels, lower, upper].map((column) => column.length).join(', ')
    throw new ModelError('SHAPE_MISMATCH', `an interval table needs columns of one length, got ${lengths}`)
  }
  return { levels, lower, upper }
}

/** Bounds in watts relative to a prediction. */
export interface IntervalOffsets {
  readonly lower: number
  readonly upper: number
}

/** The offsets at a predicted number of watts. */
export function offsetsAt({ levels, lower, upper }: IntervalTable, watts: number): IntervalOffsets {
  let above = 0
  while (above < levels.length && levels[above]! < watts) above++
  if (above === 0) return { lower: lower[0]!, upper: upper[0]! }
  if (above === levels.length) return { lower: lower[above - 1]!, upper: upper[above - 1]! }
  const below = above - 1
  const share = (watts - levels[below]!) / (levels[above]! - levels[below]!)
  const between = (values: readonly number[]) => values[below]! + share * (values[above]! - values[below]!)
  return { lower: between(lower), upper: between(upper) }
}
