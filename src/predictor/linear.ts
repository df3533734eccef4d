import { dot, expectLength, mapRows } from '../numeric/matrix.js'
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
