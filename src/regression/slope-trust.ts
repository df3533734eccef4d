import type { Matrix } from '../numeric/matrix.js'
import { quantile } from '../numeric/quantile.js'
import { type ConcaveSum, concaveBeyond, concaveInside, type FeatureRange } from '../predictor/concave-sum.js'
import { fitConcaveBase, rangeOf } from './concave-base.js'

const candidates = [0, 0.25, 0.5, 0.75, 1] as const
/** Rows below this share of the base's values teach, those above judge. */
const taught = 0.7

/**
 * Which share of the base's slope to believe beyond the range of training: the base is learnt again from the rows of low
 * power, and the share is taken that errs least on the rows above.
 */
export function slopeTrust(x: Matrix, y: Float64Array, base: ConcaveSum, range: FeatureRange): number {
  const level = Float64Array.from({ length: x.rows }, (_, i) => concaveInside(base, range, x.data, i * x.cols))
  const edge = quantile(level, taught)
  const rows = Int32Array.from(level.keys())
  const low = rows.filter((i) => level[i]! <= edge)
  const high = rows.filter((i) => level[i]! > edge)
  // Five above are three tenths of the rows: then at least ten are below.
  if (high.length < 5) return 0.5
  const inner = fitConcaveBase(x, y, low)
  const innerRange = rangeOf(x, low)
  const errors = candidates.map(() => 0)
  for (const i of high) {
    const inside = concaveInside(inner, innerRange, x.data, i * x.cols)
    const beyond = concaveBeyond(inner, innerRange, x.data, i * x.cols, Number.MAX_VALUE)
    candidates.forEach((trust, c) => {
      errors[c]! += Math.abs(inside + trust * beyond - y[i]!)
    })
  }
  return candidates[errors.indexOf(Math.min(...errors))]!
}
