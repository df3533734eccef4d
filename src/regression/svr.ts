import { type Matrix, mean } from '../numeric/matrix.js'
import { takeRows, takeValues } from '../numeric/split.js'
import { type SvrPredictor, svrPredictor } from '../predictor/svr.js'
import { withKernelRows } from './kernel-rows.js'
import { expectTrainable, type Regressor } from './regressor.js'
import { solveSvr } from './svr-solver.js'

export interface SvrOptions {
  /** Bound on the say of one sample. @default 1 */
  readonly cost?: number
  /** Errors below this many watts cost nothing. @default 0.2 */
  readonly epsilon?: number
  /** Width of the kernel `e^(-gamma |a - b|^2)`. @default see {@link scaleGamma} */
  readonly gamma?: number
  /** How far the optimality conditions may be missed, in watts. @default 1e-6 */
  readonly tolerance?: number
  /**
   * Rows of the data that the rows of `fit` are a part of. A bound on each sample bounds all of them together by their
   * number, so fewer samples make a flatter model. With this, each sample's bound is raised until a part is bounded as the
   * whole is: what cross-validation needs to tell how far the model of all rows errs.
   */
  readonly wholeRows?: number
}

/** Support vector regression with a radial kernel; samples whose coefficient is 0 are left out of the predictor. */
export function svrRegressor(options: SvrOptions = {}): Regressor<SvrPredictor> {
  const { cost = 1, epsilon = 0.2, tolerance = 1e-6 } = options
  return {
    kind: 'svr',
    fit(x, y) {
      expectTrainable(x, y)
      const gamma = options.gamma ?? scaleGamma(x)
      const bound = (cost * (options.wholeRows ?? x.rows)) / x.rows
      const problem = { cost: bound, epsilon, tolerance }
      const { coefficients, intercept } = withKernelRows(x, gamma, (kernel) => solveSvr(kernel, y, problem), {
        largest: options.wholeRows ?? x.rows,
      })
      const support: number[] = []
      coefficients.forEach((coefficient, i) => {
        if (coefficient !== 0) support.push(i)
      })
      return svrPredictor({
        supportVectors: takeRows(x, support),
        dualCoefficients: takeValues(coefficients, support),
        intercept,
        gamma,
      })
    },
  }
}

/** scikit-learn's `gamma="scale"`: 1 / (features x population variance of all entries together), 1 if that is 0. */
export function scaleGamma({ cols, data }: Matrix): number {
  const middle = mean(data)
  let sum = 0
  for (let k = 0; k < data.length; k++) sum += (data[k]! - middle) ** 2
  const variance = sum / data.length
  return variance === 0 || data.every((value) => value === data[0]) ? 1 : 1 / (cols * variance)
}
