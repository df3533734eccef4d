import { type KNeighborsPredictor, kNeighborsPredictor } from '../predictor/kneighbors.js'
import { expectTrainable, type Regressor } from './regressor.js'

export interface KNeighborsOptions {
  /** How many neighbours are averaged; all rows where there are fewer. @default 6 */
  readonly k?: number
}

/** The mean of the nearest samples, all with the same say. Of samples equally far, the lowest rows count. */
export function kNeighborsRegressor({ k = 6 }: KNeighborsOptions = {}): Regressor<KNeighborsPredictor> {
  return {
    kind: 'kneighbors',
    fit(x, y) {
      expectTrainable(x, y)
      // Copies: the predictor lives longer than the caller's buffers.
      return kNeighborsPredictor({ ...x, data: x.data.slice() }, y.slice(), k)
    },
  }
}
