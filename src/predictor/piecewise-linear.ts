import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { expectLength, mapRows } from '../numeric/matrix.js'
import { codec, numbers } from './codec.js'
import type { Predictor } from './predictor.js'

/** Straight lines between points, over one feature. Beyond the first and the last point it is constant. */
export interface PiecewiseLinearPredictor extends Predictor {
  readonly kind: 'piecewise-linear'
  /** Ascending, at least two. */
  readonly points: Float64Array
  /** The value at each point. */
  readonly values: Float64Array
}

/** @throws ModelError `SHAPE_MISMATCH` when there is not a value a point; `INVALID_DATA` when points do not ascend */
export function piecewiseLinearPredictor(points: Float64Array, values: Float64Array): PiecewiseLinearPredictor {
  expectLength('values', values.length, points.length)
  if (points.length < 2 || points.some((point, i) => i > 0 && !(point > points[i - 1]!))) {
    throw new ModelError('INVALID_DATA', 'expected at least two points, each above the one before')
  }
  return {
    kind: 'piecewise-linear',
    featureCount: 1,
    points,
    values,
    predict(x) {
      expectLength('features', x.cols, 1)
      return mapRows(x, (sample) => interpolated(points, values, sample[0]!))
    },
  }
}

function interpolated(points: Float64Array, values: Float64Array, at: number): number {
  let above = 1
  while (above < points.length - 1 && points[above]! < at) above++
  const below = above - 1
  const share = (at - points[below]!) / (points[above]! - points[below]!)
  return values[below]! + Math.min(1, Math.max(0, share)) * (values[above]! - values[below]!)
}

export const piecewiseLinearCodec = codec({
  kind: 'piecewise-linear',
  schema: z.object({ points: numbers, values: numbers }),
  read: ({ points, values }) => piecewiseLinearPredictor(points, values),
  write: ({ points, values }) => ({ points: [...points], values: [...values] }),
})
