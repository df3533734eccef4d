import { leastSquares } from '../numeric/least-squares.js'
import { nonNegativeLeastSquares } from '../numeric/non-negative-least-squares.js'
import { type LinearPredictor, linearPredictor } from '../predictor/linear.js'
import { centre } from './centre.js'
import { expectTrainable, type Regressor } from './regressor.js'

export interface LinearOptions {
  /** No weight below 0: more work never takes less power. The intercept may have either sign. @default true */
  readonly nonNegative?: boolean
}

/**
 * Linear least squares with an intercept. Kepler's trainer wants weights that are not negative (scikit-learn's
 * `LinearRegression(positive=True)`); without that, of equally good weights the shortest. A counter that never moves
 * gets weight 0 either way.
 */
export function linearRegressor({ nonNegative = true }: LinearOptions = {}): Regressor<LinearPredictor> {
  return {
    kind: 'linear',
    fit(x, y) {
      expectTrainable(x, y)
      // Centring keeps the intercept out of the constraint and of the minimum-norm trade-off, as scikit-learn does.
      const centred = centre(x, y)
      const solve = nonNegative ? nonNegativeLeastSquares : leastSquares
      const weights = solve(centred.x, centred.y)
      return linearPredictor(centred.intercept(weights), weights)
    },
  }
}
