import { expectLength, type Matrix } from '../numeric/matrix.js'
import { conformalRadius } from '../numeric/quantile.js'
import { trimmedMean, type WeightedValues, weightedQuantile } from '../numeric/weighted-values.js'
import { type ConcaveSum, concaveBeyond, concaveInside, type FeatureRange } from './concave-sum.js'
import type { Predictor } from './predictor.js'
import { type QuantileTrees, targetPool } from './target-pool.js'

/** What a fit leaves behind; see docs/regressors.md. */
export interface QuantileForest {
  readonly featureCount: number
  /** A monotone concave model, which half the trees correct and which leads on outside the range. */
  readonly base: ConcaveSum
  readonly range: FeatureRange
  /** Share of the base's slope that is believed outside the range, 0 to 1. */
  readonly trust: number
  /** Largest minus smallest target, in watts: a prediction moves by no more outside the range. */
  readonly span: number
  readonly trees: QuantileTrees
  /** Conformal scores of held-out rows, ascending: how far they lay outside the pool's band, in half widths of it. */
  readonly scores: Float64Array
  /** Watts added to half the width of every band: a pool of equal values is no certainty. */
  readonly leastHalfWidth: number
  /** Whether watts fall to 0 as every feature falls below its smallest value in training: dynamic power of no usage. */
  readonly fallsToZero: boolean
}

/** Watts that a measurement lies between, one of each per row. */
export interface PredictedInterval {
  readonly lower: Float64Array
  readonly upper: Float64Array
}

export interface QuantileForestPredictor extends Predictor, QuantileForest {
  readonly kind: 'quantile-forest'
  /**
   * Watts that a measurement lies between with probability `coverage`; the prediction is always among them. Calibrated on
   * rows whose block of time was left out, and wider outside the range of training.
   *
   * @param coverage @default 0.9
   * @throws ModelError `SHAPE_MISMATCH` for another number of features; `INVALID_DATA` for a coverage outside 0..1
   */
  predictInterval(x: Matrix, coverage?: number): PredictedInterval
}

/** Share of the measurements that is left out at each end before the rest is averaged. */
export const cutShare = 0.35
/** Tails of the pool that an interval starts from. */
export const tail = 0.05
/**
 * Held-out rows are judged by the trees of one block alone, whose pools are thinner than those of the whole forest: a
 * little less than the coverage wanted is enough. 0.88 for 0.9, found on held-out blocks.
 */
export const levelShare = 0.88 / 0.9

/** Watts are never negative, and finite however far outside a row is. */
export function quantileForestPredictor(model: QuantileForest): QuantileForestPredictor {
  const { featureCount, base, range, trust, span, trees, scores, leastHalfWidth, fallsToZero } = model
  const count = trees.treeStart.length - 1

  function eachRow(x: Matrix, band: boolean, visit: (row: number, at: RowEstimate) => void): void {
    expectLength('features', x.cols, featureCount)
    const pool = targetPool(trees)
    for (let i = 0, at = 0; i < x.rows; i++, at += x.cols) {
      const collected = pool.collect(x.data, at, 0, count, concaveInside(base, range, x.data, at))
      const beyond = clip(concaveBeyond(base, range, x.data, at, span), span)
      const shift = trust * beyond
      visit(i, {
        scale: fallsToZero ? zeroRamp(range, x.data, at) : 1,
        middle: centre(collected) + shift,
        low: band ? weightedQuantile(collected, tail) + shift : 0,
        high: band ? weightedQuantile(collected, 1 - tail) + shift : 0,
        beyond: Math.abs(beyond),
      })
    }
  }

  return {
    ...model,
    kind: 'quantile-forest',
    predict(x) {
      const watts = new Float64Array(x.rows)
      eachRow(x, false, (i, { scale, middle }) => {
        watts[i] = scale * Math.max(0, middle)
      })
      return watts
    },
    predictInterval(x, coverage = 0.9) {
      const lower = new Float64Array(x.rows)
      const upper = new Float64Array(x.rows)
      const score = conformalRadius(scores, coverage * levelShare)
      eachRow(x, true, (i, { scale, middle, low, high, beyond }) => {
        const wider = score * halfWidth(low, high, leastHalfWidth) + beyond
        lower[i] = scale * Math.max(0, Math.min(middle, low - wider))
        upper[i] = scale * Math.max(0, middle, high + wider)
      })
      return { lower, upper }
    },
  }
}

interface RowEstimate {
  /** 0 to 1: how much of the watts is left at next to no usage. */
  readonly scale: number
  readonly middle: number
  readonly low: number
  readonly high: number
  /** Watts that the base moves outside the range. */
  readonly beyond: number
}

/**
 * The mean of the middle three tenths of what was measured: nearly a median, for counters and watts are out of step on
 * many rows, and a little smoother. On held-out blocks 0.7 % better than the mean of the middle half.
 */
export function centre(measured: WeightedValues): number {
  return trimmedMean(measured, cutShare)
}

/** Half the width of a band, never nothing: what conformal scores are measured in. */
export function halfWidth(low: number, high: number, least: number): number {
  return (high - low) / 2 + least
}

function clip(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value))
}

/**
 * 1 where some feature is within what was seen, else how close the closest comes to it: 0 where all are 0. A feature
 * that was seen at 0 counts as soon as it is above, and where all were, no usage at all was seen.
 */
function zeroRamp({ lower }: FeatureRange, data: Float64Array, at: number): number {
  let closest = 0
  let seenAtZero = true
  for (let j = 0; j < lower.length; j++) {
    const value = data[at + j]!
    const least = lower[j]!
    if (least <= 0) {
      if (value > 0) return 1
      continue
    }
    seenAtZero = false
    if (value >= least) return 1
    closest = Math.max(closest, value / least)
  }
  return seenAtZero ? 1 : closest
}
