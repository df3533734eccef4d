import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { expectLength, mapRows } from '../numeric/matrix.js'
import { codec, count, numbers } from './codec.js'
import type { Predictor } from './predictor.js'

export const curveShapes = ['exponential', 'logarithmic', 'logistic'] as const
export type CurveShape = (typeof curveShapes)[number]

/** A curve over one scaled feature; the others are ignored. */
export interface CurvePredictor extends Predictor {
  readonly kind: 'curve'
  readonly shape: CurveShape
  /** exponential (a, b, c), logarithmic (a, b, c), logistic (A, x0, k, off). */
  readonly parameters: Float64Array
  readonly featureIndex: number
}

/** How many parameters each curve has. */
export const curveParameterCount: Readonly<Record<CurveShape, number>> = { exponential: 3, logarithmic: 3, logistic: 4 }

/**
 * The value of a curve at `x`, the formulas of Kepler's own regressors:
 * exponential `a e^(bx) + c`, logarithmic `a ln(bx + 1) + c`, logistic `A / (1 + e^(-k (x - x0))) + off`.
 */
export function curveValue(shape: CurveShape, p: ArrayLike<number>, x: number): number {
  switch (shape) {
    case 'exponential':
      return p[0]! * Math.exp(p[1]! * x) + p[2]!
    case 'logarithmic':
      // A falling curve (b < 0) ends where bx + 1 = 0; beyond, where a workload is heavier than any in training, it holds
      // its last value rather than being no number.
      return p[0]! * Math.log(Math.max(p[1]! * x + 1, Number.EPSILON)) + p[2]!
    case 'logistic':
      return p[0]! / (1 + Math.exp(-p[2]! * (x - p[1]!))) + p[3]!
  }
}

/** @throws ModelError `SHAPE_MISMATCH` when the number of parameters is not that of the curve */
export function curvePredictor(
  shape: CurveShape,
  parameters: Float64Array,
  featureIndex: number,
  featureCount: number,
): CurvePredictor {
  expectLength(`parameters of the ${shape} curve`, parameters.length, curveParameterCount[shape])
  return {
    kind: 'curve',
    featureCount,
    shape,
    parameters,
    featureIndex,
    predict(x) {
      expectLength('features', x.cols, featureCount)
      return mapRows(x, (sample) => curveValue(shape, parameters, sample[featureIndex]!))
    },
  }
}

export const curveCodec = codec({
  kind: 'curve',
  schema: z.object({
    shape: z.enum(curveShapes),
    parameters: numbers,
    featureIndex: z.number().int().min(0),
    featureCount: count,
  }),
  read({ shape, parameters, featureIndex, featureCount }) {
    if (featureIndex < featureCount) return curvePredictor(shape, parameters, featureIndex, featureCount)
    throw new ModelError('INVALID_ARCHIVE', `featureIndex ${featureIndex} is no column`)
  },
  write: ({ shape, parameters, featureIndex, featureCount }) => ({
    shape,
    parameters: [...parameters],
    featureIndex,
    featureCount,
  }),
})
