import type { Residuals } from '../numeric/levenberg-marquardt.js'
import { mean } from '../numeric/matrix.js'
import type { CurveShape } from '../predictor/curve.js'

/**
 * Where the search starts, from the targets alone, as in the original: exponential [floor(range / e), 1, min - that],
 * logarithmic [range, 1, min], logistic [range, 0.5, floor(range / deviation), min]. Of a constant target (no
 * deviation to divide by) the logistic slope is 0.
 */
export function curveStart(shape: CurveShape, y: Float64Array): Float64Array {
  const low = y.reduce((a, b) => Math.min(a, b))
  const range = y.reduce((a, b) => Math.max(a, b)) - low
  switch (shape) {
    case 'exponential': {
      const a = Math.floor(range / Math.E)
      return Float64Array.of(a, 1, low - a)
    }
    case 'logarithmic':
      return Float64Array.of(range, 1, low)
    case 'logistic': {
      const middle = mean(y)
      const deviation = Math.sqrt(mean(y.map((value) => (value - middle) ** 2)))
      const slope = Math.floor(range / deviation)
      return Float64Array.of(range, 0.5, Number.isFinite(slope) ? slope : 0, low)
    }
  }
}

/** Curve minus target for all rows at once: `curveValue` without a choice of curve for each row. */
export function fillResiduals(shape: CurveShape, x: Float64Array, y: Float64Array): Residuals {
  const rows = x.length
  switch (shape) {
    case 'exponential':
      return (p, out) => {
        const [a, b, c] = [p[0]!, p[1]!, p[2]!]
        for (let i = 0; i < rows; i++) out[i] = a * Math.exp(b * x[i]!) + c - y[i]!
      }
    case 'logarithmic':
      return (p, out) => {
        const [a, b, c] = [p[0]!, p[1]!, p[2]!]
        for (let i = 0; i < rows; i++) out[i] = a * Math.log(b * x[i]! + 1) + c - y[i]!
      }
    case 'logistic':
      return (p, out) => {
        const [a, middle, slope, offset] = [p[0]!, p[1]!, p[2]!, p[3]!]
        for (let i = 0; i < rows; i++) out[i] = a / (1 + Math.exp(-slope * (x[i]! - middle))) + offset - y[i]!
      }
  }
}
