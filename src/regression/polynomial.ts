import { leastSquares } from '../numeric/least-squares.js'
import { type LinearPredictor, linearPredictor } from '../predictor/linear.js'
import { type PolynomialFeatures, polynomialFeatures } from '../predictor/polynomial.js'
import type { Predictor } from '../predictor/predictor.js'
import { centre } from './centre.js'
import { expectTrainable, type Regressor } from './regressor.js'

/** Takes features as they are and expands them itself; an archive stores `expansion` and `linear` side by side. */
export interface PolynomialPredictor extends Predictor {
  readonly kind: 'polynomial'
  readonly expansion: PolynomialFeatures
  readonly linear: LinearPredictor
}

/** Least squares on 1, x_i and x_i x_j (i <= j): the shortest of the best weights, so repeated columns do no harm. */
export function polynomialRegressor(): Regressor<PolynomialPredictor> {
  return {
    kind: 'polynomial',
    fit(x, y) {
      expectTrainable(x, y)
      const expansion = polynomialFeatures({ inputCount: x.cols, degree: 2 })
      const centred = centre(expansion.transform(x), y)
      const weights = leastSquares(centred.x, centred.y)
      return polynomialPredictor(expansion, linearPredictor(centred.intercept(weights), weights))
    },
  }
}

function polynomialPredictor(expansion: PolynomialFeatures, linear: LinearPredictor): PolynomialPredictor {
  return {
    kind: 'polynomial',
    featureCount: expansion.inputCount,
    expansion,
    linear,
    predict: (x) => linear.predict(expansion.transform(x)),
  }
}
