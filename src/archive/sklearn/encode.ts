import type { CurveShape } from '../../predictor/curve.js'
import type { FittedPredictor, FittedTransformer } from '../../predictor/kinds.js'
import { emptyDictionary, globalReference, type Picklable, type PickledObject } from '../pickle/pickle.js'
import type { GlobalReference } from '../pickle/value.js'

/** Of the original's latest release; scikit-learn warns of others, and loads them. */
const sklearnVersion = '1.5.2'

/** The original's class behind `model_class`, and the pickle that it loads. */
export interface EncodedPredictor {
  readonly modelClass: 'scikit' | 'curvefit'
  readonly object: PickledObject
}

/**
 * A predictor as an estimator of scikit-learn, or as the original's `CurveFitModel`; `undefined` for kinds whose pickles
 * hold the memory of compiled classes (trees), which differ from version to version.
 */
export function encodePredictor(predictor: FittedPredictor): EncodedPredictor | undefined {
  switch (predictor.kind) {
    case 'linear':
      return scikit('sklearn.linear_model._base', 'LinearRegression', {
        fit_intercept: true,
        copy_X: true,
        n_jobs: null,
        positive: false,
        n_features_in_: BigInt(predictor.featureCount),
        coef_: predictor.coefficients,
        intercept_: predictor.intercept,
      })
    case 'kneighbors':
      return scikit('sklearn.neighbors._regression', 'KNeighborsRegressor', {
        n_neighbors: BigInt(Math.min(predictor.k, predictor.samples.rows)),
        radius: null,
        algorithm: 'brute',
        leaf_size: 30n,
        metric: 'minkowski',
        metric_params: null,
        p: 2n,
        n_jobs: null,
        weights: 'uniform',
        n_features_in_: BigInt(predictor.featureCount),
        n_samples_fit_: BigInt(predictor.samples.rows),
        effective_metric_: 'euclidean',
        effective_metric_params_: emptyDictionary,
        _fit_method: 'brute',
        _tree: null,
        _fit_X: predictor.samples,
        _y: predictor.targets,
      })
    case 'svr': {
      const { supportVectors, dualCoefficients, intercept, gamma } = predictor
      const count = supportVectors.rows
      return scikit('sklearn.svm._classes', 'SVR', {
        kernel: 'rbf',
        degree: 3n,
        gamma,
        coef0: 0,
        tol: 0.001,
        C: 1,
        nu: 0,
        epsilon: 0.2,
        shrinking: true,
        probability: false,
        cache_size: 200n,
        class_weight: null,
        verbose: false,
        max_iter: -1n,
        random_state: null,
        n_features_in_: BigInt(predictor.featureCount),
        fit_status_: 0n,
        shape_fit_: [BigInt(count), BigInt(predictor.featureCount)],
        support_: Int32Array.from({ length: count }, (_, i) => i),
        support_vectors_: supportVectors,
        _n_support: Int32Array.of(count, 0),
        dual_coef_: { rows: 1, cols: count, data: dualCoefficients },
        _dual_coef_: { rows: 1, cols: count, data: dualCoefficients },
        intercept_: Float64Array.of(intercept),
        _intercept_: Float64Array.of(intercept),
        _probA: new Float64Array(0),
        _probB: new Float64Array(0),
        _gamma: gamma,
        _sparse: false,
      })
    }
    case 'curve': {
      const { trainer, functionName } = curveSources[predictor.shape]
      const state = {
        fit_func: globalReference(`kepler_model.train.trainer.${trainer}.main`, functionName),
        popt: predictor.parameters,
        pcov: null,
        feature_index: BigInt(predictor.featureIndex),
        p0_func: null,
      }
      const type = globalReference('kepler_model.train.trainer.curvefit', 'CurveFitModel')
      return { modelClass: 'curvefit', object: { kind: 'object', type, state } }
    }
    default:
      return undefined
  }
}

/** A transformer as scikit-learn's class of the same name. */
export function encodeTransformer(transformer: FittedTransformer): PickledObject {
  const features = BigInt(transformer.inputCount)
  switch (transformer.kind) {
    case 'max-abs': {
      const scale = withoutZeros(transformer.scale)
      return sklearnObject(preprocessing('MaxAbsScaler'), {
        copy: true,
        n_features_in_: features,
        max_abs_: scale,
        scale_: scale,
      })
    }
    case 'min-max': {
      const { scale, min, clip } = transformer
      return sklearnObject(preprocessing('MinMaxScaler'), {
        feature_range: clip ? [...clip] : [0n, 1n],
        copy: true,
        clip: clip !== undefined,
        n_features_in_: features,
        scale_: scale,
        min_: min,
      })
    }
    case 'standard':
      return sklearnObject(preprocessing('StandardScaler'), {
        with_mean: true,
        with_std: true,
        copy: true,
        n_features_in_: features,
        mean_: transformer.mean,
        scale_: withoutZeros(transformer.scale),
      })
    case 'polynomial': {
      const outputs = BigInt(transformer.outputCount)
      return sklearnObject(globalReference('sklearn.preprocessing._polynomial', 'PolynomialFeatures'), {
        degree: BigInt(transformer.degree),
        interaction_only: transformer.interactionOnly,
        include_bias: transformer.includeBias,
        order: 'C',
        n_features_in_: features,
        _min_degree: 0n,
        _max_degree: BigInt(transformer.degree),
        _n_out_full: transformer.includeBias ? outputs : outputs + 1n,
        n_output_features_: outputs,
      })
    }
  }
}

const curveSources: Readonly<Record<CurveShape, { readonly trainer: string; readonly functionName: string }>> = {
  exponential: { trainer: 'ExponentialRegressionTrainer', functionName: 'expo_func' },
  logarithmic: { trainer: 'LogarithmicRegressionTrainer', functionName: 'log_func' },
  logistic: { trainer: 'LogisticRegressionTrainer', functionName: 'logi_func' },
}

function scikit(module: string, name: string, state: Readonly<Record<string, Picklable>>): EncodedPredictor {
  return { modelClass: 'scikit', object: sklearnObject(globalReference(module, name), state) }
}

function sklearnObject(type: GlobalReference, state: Readonly<Record<string, Picklable>>): PickledObject {
  return { kind: 'object', type, state: { ...state, _sklearn_version: sklearnVersion } }
}

function preprocessing(name: string): GlobalReference {
  return globalReference('sklearn.preprocessing._data', name)
}

/** A feature that never moved has a scale of 0, which counts as 1; scikit-learn divides by what it finds. */
function withoutZeros(scale: Float64Array): Float64Array {
  return scale.map((value) => (value === 0 ? 1 : value))
}
