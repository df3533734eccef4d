import * as z from 'zod'
import { dot, expectLength, mapRows } from '../numeric/matrix.js'
import { codec, numbers } from './codec.js'
import type { Predictor } from './predictor.js'

export interface LinearPredictor extends Predictor {
  readonly kind: 'linear'
  readonly intercept: number
  readonly coefficients: Float64Array
}

/** `intercept + coefficients · x`: linear, polynomial (behind its expansion) and SGD regression alike. */
export function linearPredictor(intercept: number, coefficients: Float64Array): LinearPredictor {
  return {
    kind: 'linear',
    featureCount: coefficients.length,
    intercept,
    coefficients,
    predict(x) {
      expectLength('features', x.cols, coefficients.length)
      return mapRows(x, (sample) => intercept + dot(coefficients, sample))
    },
  }
}

export const linearCodec = codec({
  kind: 'linear',
  schema: z.object({ intercept: z.number(), coefficients: numbers }),
  read: ({ intercept, coefficients }) => linearPredictor(intercept, coefficients),
  write: ({ intercept, coefficients }) => ({ intercept, coefficients: [...coefficients] }),
})
