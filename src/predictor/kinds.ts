import { curveCodec } from './curve.js'
import { gradientBoostingCodec } from './gradient-boosting.js'
import { kNeighborsCodec } from './kneighbors.js'
import { linearCodec } from './linear.js'
import { piecewiseLinearCodec } from './piecewise-linear.js'
import { polynomialCodec } from './polynomial.js'
import { quantileForestCodec } from './quantile-forest-codec.js'
import { maxAbsCodec, minMaxCodec, standardCodec } from './scalers.js'
import { svrCodec } from './svr.js'
import type { XgboostPredictor } from './xgboost.js'

/** Every predictor of our own JSON. A new one is its file and a line here; a model cannot hold one that is not here. */
export const predictorCodecs = [
  linearCodec,
  curveCodec,
  kNeighborsCodec,
  svrCodec,
  gradientBoostingCodec,
  quantileForestCodec,
  piecewiseLinearCodec,
] as const

/** Every transformer of our own JSON, likewise. */
export const transformerCodecs = [maxAbsCodec, minMaxCodec, standardCodec, polynomialCodec] as const

/** Every predictor that a power model can hold. XGBoost's has a JSON of its own: XGBoost's. */
export type FittedPredictor = ReturnType<(typeof predictorCodecs)[number]['read']> | XgboostPredictor

/** Every transformer that a power model can hold. */
export type FittedTransformer = ReturnType<(typeof transformerCodecs)[number]['read']>
