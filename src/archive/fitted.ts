import type { Predictor, Transformer } from '../predictor/predictor.js'
import type { XgboostPredictor } from '../predictor/xgboost.js'
import type { NativePredictor, NativeTransformer } from './native-json.js'

/** Every predictor that an archive can hold. */
export type FittedPredictor = NativePredictor | XgboostPredictor

const predictorKinds: ReadonlySet<string> = new Set<FittedPredictor['kind']>([
  'linear',
  'curve',
  'kneighbors',
  'svr',
  'gradient-boosting',
  'xgboost',
])
const transformerKinds: ReadonlySet<string> = new Set<NativeTransformer['kind']>([
  'max-abs',
  'min-max',
  'standard',
  'polynomial',
])

/** A predictor's `kind` says which of the factories in `predictor/` made it, and so which numbers it carries. */
export function isFitted(predictor: Predictor): predictor is FittedPredictor {
  return predictorKinds.has(predictor.kind)
}

/** Likewise for transformers. */
export function isFittedTransformer(transformer: Transformer): transformer is NativeTransformer {
  return transformerKinds.has(transformer.kind)
}
