import { ModelError } from '../core/errors.js'
import { levenbergMarquardt } from '../numeric/levenberg-marquardt.js'
import { columnOf, mean } from '../numeric/matrix.js'
import { type CurvePredictor, type CurveShape, curvePredictor } from '../predictor/curve.js'
import { curveStart, fillResiduals } from './curve-shapes.js'
import { expectTrainable, type Regressor } from './regressor.js'

export interface CurveOptions {
  readonly shape: CurveShape
  /** Column of the main feature, the only one a curve sees. @default 0 */
  readonly mainFeature?: number
  /**
   * Leave rows out whose value in this column is below {@link CurveOptions.idleBelow}, unless that leaves none. The
   * original means to do so with the main feature of dram when it fits the package, and fails to; so do we by default.
   */
  readonly idleFeature?: number
  /** @default 0.1 */
  readonly idleBelow?: number
}

/**
 * Least squares of a curve over one feature, by Levenberg and Marquardt (SciPy's `curve_fit`), at most 30000
 * evaluations. It starts where the original does, see `curveStart`. The best parameters met are the answer, whether
 * or not the tolerance was: the original throws a model away that is merely slow to converge.
 *
 * The start suits x up to 1, which is what a scaler gives. With larger x, a second fit divides x by its largest magnitude
 * and scales the parameters back; the one with the smaller residuals is the answer. Where neither gives numbers (e^x
 * overflows), the curve is flat at the mean.
 */
export function curveRegressor(options: CurveOptions): Regressor<CurvePredictor> {
  const { shape, mainFeature = 0, idleFeature, idleBelow = 0.1 } = options
  return {
    kind: 'curve',
    fit(x, y) {
      expectTrainable(x, y)
      expectColumn('mainFeature', mainFeature, x.cols)
      let inputs = columnOf(x, mainFeature)
      let watts = y
      if (idleFeature !== undefined) {
        expectColumn('idleFeature', idleFeature, x.cols)
        const busy = columnOf(x, idleFeature).map((value) => (value < idleBelow ? 0 : 1))
        if (busy.includes(1)) {
          inputs = inputs.filter((_, i) => busy[i] === 1)
          watts = y.filter((_, i) => busy[i] === 1)
        }
      }
      return curvePredictor(shape, fitCurve(shape, inputs, watts), mainFeature, x.cols)
    },
  }
}

function fitCurve(shape: CurveShape, x: Float64Array, y: Float64Array): Float64Array {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const attempts = [attempt(shape, x, y, 1), ...(largest > 1 ? [attempt(shape, x, y, largest)] : [])]
  const [best] = attempts.filter((one) => one !== undefined).sort((a, b) => a.residualLength - b.residualLength)
  if (best) return best.parameters
  const level = mean(y)
  return shape === 'logistic' ? Float64Array.of(0, 0, 0, level) : Float64Array.of(0, 0, level)
}

interface Attempt {
  readonly parameters: Float64Array
  readonly residualLength: number
}

/** A fit to x / scale, as parameters of x; undefined when the curve has no value at its start. */
function attempt(shape: CurveShape, x: Float64Array, y: Float64Array, scale: number): Attempt | undefined {
  const scaled = scale === 1 ? x : x.map((value) => value / scale)
  const residuals = fillResiduals(shape, scaled, y)
  const { parameters, residualLength } = levenbergMarquardt(residuals, curveStart(shape, y), y.length)
  if (!(Number.isFinite(residualLength) && parameters.every(Number.isFinite))) return undefined
  const [a, b, c, offset] = parameters
  const own =
    shape === 'logistic' ? Float64Array.of(a!, b! * scale, c! / scale, offset!) : Float64Array.of(a!, b! / scale, c!)
  return { parameters: own, residualLength }
}

function expectColumn(option: string, column: number, cols: number): void {
  if (Number.isInteger(column) && column >= 0 && column < cols) return
  throw new ModelError('SHAPE_MISMATCH', `${option} is column ${column}, but there are ${cols} features`, {
    field: option,
  })
}
