import * as z from 'zod'
import { expectLength, type Matrix, mapRows } from '../numeric/matrix.js'
import { codec, numbers, table, tableOf } from './codec.js'
import type { Predictor } from './predictor.js'

export interface SvrModel {
  /** One support vector a row. */
  readonly supportVectors: Matrix
  /** One coefficient a support vector. */
  readonly dualCoefficients: Float64Array
  readonly intercept: number
  readonly gamma: number
}

export interface SvrPredictor extends Predictor, SvrModel {
  readonly kind: 'svr'
}

/** Support vector regression with an RBF kernel: `sum_i a_i e^(-gamma |x - v_i|^2) + b`. */
export function svrPredictor({ supportVectors, dualCoefficients, intercept, gamma }: SvrModel): SvrPredictor {
  expectLength('dual coefficients', dualCoefficients.length, supportVectors.rows)
  const { rows, cols, data } = supportVectors
  return {
    kind: 'svr',
    featureCount: cols,
    supportVectors,
    dualCoefficients,
    intercept,
    gamma,
    predict(x) {
      expectLength('features', x.cols, cols)
      return mapRows(x, (sample) => {
        let sum = intercept
        for (let i = 0, at = 0; i < rows; i++) {
          let distance = 0
          for (let j = 0; j < cols; j++, at++) {
            const difference = data[at]! - sample[j]!
            distance += difference * difference
          }
          sum += dualCoefficients[i]! * Math.exp(-gamma * distance)
        }
        return sum
      })
    },
  }
}

export const svrCodec = codec({
  kind: 'svr',
  schema: z.object({ supportVectors: table, dualCoefficients: numbers, intercept: z.number(), gamma: z.number() }),
  read: svrPredictor,
  write: ({ supportVectors, dualCoefficients, intercept, gamma }) => ({
    supportVectors: tableOf(supportVectors),
    dualCoefficients: [...dualCoefficients],
    intercept,
    gamma,
  }),
})
