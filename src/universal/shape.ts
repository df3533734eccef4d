import { dot } from '../numeric/matrix.js'
import { symmetricEigen } from '../numeric/symmetric-eigen.js'
import { type Curve, loads } from './machine.js'

/**
 * The shapes of curves between idle and full load, 0 at the one and 1 at the other, as a mean and a few principal
 * components of the nine loads between. Three components are 98.6 % of the variance of SPECpower's curves.
 */
export interface ShapeSpace {
  readonly mean: Float64Array
  readonly components: readonly Float64Array[]
  /** Standard deviation of the machines along each component. */
  readonly deviations: Float64Array
  /** Coordinates of a measured curve, in deviations. */
  scores(curve: Curve): Float64Array
  /** Eleven shares of the way from idle to full load, never falling, and the variance of each. */
  shape(scores: ArrayLike<number>, variances: ArrayLike<number>): { shares: Float64Array; variances: Float64Array }
}

export const shapeComponents = 3
/** What the components leave out, a share of the way from idle to full load. */
const restDeviation = 0.01
const smallestShare = 0.003

const inner = loads.length - 2

/** @param curves all of whose loads were measured; at least two */
export function shapeSpace(curves: readonly Curve[]): ShapeSpace {
  const shapes = curves.map(sharesOf)
  const mean = new Float64Array(inner)
  for (const shape of shapes) for (let u = 0; u < inner; u++) mean[u]! += shape[u]! / shapes.length
  const covariance = new Float64Array(inner * inner)
  for (const shape of shapes) {
    for (let a = 0; a < inner; a++) {
      for (let b = 0; b < inner; b++) {
        covariance[a * inner + b]! += ((shape[a]! - mean[a]!) * (shape[b]! - mean[b]!)) / shapes.length
      }
    }
  }
  const { values, vectors } = symmetricEigen(covariance, inner)
  const components = vectors.slice(0, shapeComponents)
  const deviations = values.slice(0, shapeComponents).map((variance) => Math.sqrt(Math.max(variance, 1e-12)))

  return {
    mean,
    components,
    deviations,
    scores(curve) {
      const away = sharesOf(curve).map((share, u) => share - mean[u]!)
      return Float64Array.from(components, (component, k) => dot(component, away) / deviations[k]!)
    },
    shape(scores, variances) {
      const shares = new Float64Array(loads.length)
      const spread = new Float64Array(loads.length)
      shares[loads.length - 1] = 1
      let highest = 0
      for (let u = 0; u < inner; u++) {
        let share = mean[u]!
        let variance = restDeviation ** 2
        components.forEach((component, k) => {
          share += scores[k]! * deviations[k]! * component[u]!
          variance += variances[k]! * (deviations[k]! * component[u]!) ** 2
        })
        highest = Math.max(highest, share)
        shares[u + 1] = Math.min(1 - smallestShare, Math.max(smallestShare, highest))
        spread[u + 1] = variance
      }
      return { shares, variances: spread }
    },
  }
}

function sharesOf(curve: Curve): Float64Array {
  const idle = curve[0]!
  const full = curve[loads.length - 1]!
  return curve.slice(1, -1).map((watts) => (watts - idle) / (full - idle))
}
