import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { treatmentOf, type Treatment } from './allowed.js'

const treatment = (module: string, name: string): Treatment | 'refused' => {
  try {
    return treatmentOf({ kind: 'global', module, name })
  } catch {
    return 'refused'
  }
}

/** Modules, names in them, what becomes of them, and names of the same modules that are refused. */
const rows: readonly (readonly [modules: string, names: string, Treatment, refused: string])[] = [
  ['numpy', 'dtype', 'dtype', 'dtypes xdtype load'],
  ['numpy', 'ndarray', 'ndarray', 'ndarrays xndarray'],
  ['numpy', 'float64 float32 int64 int32 bool_ str_', 'name', 'float64x xint32 str bool'],
  ['numpy.core.multiarray numpy._core.multiarray', '_reconstruct', 'reconstructArray', '_reconstructx x_reconstruct'],
  ['numpy.core.multiarray numpy._core.multiarray', 'scalar', 'scalar', 'scalars xscalar'],
  ['numpy.core.numeric numpy._core.numeric', '_frombuffer', 'frombuffer', '_frombuffers frombuffer'],
  ['copyreg copy_reg', '_reconstructor', 'reconstructor', '_reconstructors __newobj__'],
  ['builtins __builtin__', 'object', 'name', 'objects eval exec getattr xobject'],
  ['_codecs', 'encode', 'encode', 'decode encodes xencode'],
  ['collections', 'OrderedDict', 'record', 'OrderedDicts deque xOrderedDict'],
  [
    'joblib.numpy_pickle sklearn.externals.joblib.numpy_pickle',
    'NumpyArrayWrapper',
    'joblibArray',
    'NumpyArrayWrappers load',
  ],
  [
    'numpy.random._pickle numpy.random.mtrand numpy.random.bit_generator numpy.random._mt19937 numpy.random._generator',
    'MT19937 x_9 R',
    'record',
    'a-b a.b é',
  ],
  [
    'sklearn.linear_model._base sklearn.linear_model.base',
    'LinearRegression SGDRegressor',
    'record',
    'Ridge xSGDRegressor SGDRegressors',
  ],
  [
    'sklearn.linear_model._sgd_fast sklearn.linear_model.sgd_fast',
    'SquaredLoss Huber EpsilonInsensitive Log ModHuber',
    'record',
    'SGD Squared xSquared9 Loss9',
  ],
  ['sklearn.svm._classes sklearn.svm.classes', 'SVR', 'record', 'SVC SVRx xSVR'],
  [
    'sklearn.neighbors._regression',
    'KNeighborsRegressor KDTree KDTree64 KDTree32 BallTree BallTree64 BallTree32 newObj EuclideanDistance',
    'record',
    'KDTree16 BallTree16 KNeighbors newObjs xKDTree',
  ],
  [
    'sklearn.metrics._dist_metrics sklearn.neighbors._dist_metrics',
    'newObj EuclideanDistance EuclideanDistance64 EuclideanDistance32 MinkowskiDistance MinkowskiDistance32',
    'record',
    'Distance EuclideanDistance16 ManhattanDistance',
  ],
  [
    'sklearn.ensemble._gb',
    'GradientBoostingRegressor LeastSquaresError QuantileEstimator MeanEstimator',
    'record',
    'RandomForestRegressor',
  ],
  [
    'sklearn.tree._classes sklearn.tree._tree',
    'DecisionTreeRegressor Tree',
    'record',
    'Trees ExtraTreeRegressor xTree',
  ],
  ['sklearn.dummy', 'DummyRegressor', 'record', 'DummyClassifier DummyRegressors'],
  [
    '_loss sklearn._loss._loss',
    'CyHalfSquaredError __pyx_unpickle_CyHalfSquaredError',
    'record',
    'HalfSquaredError Cy Cy9 __pyx_unpickle_x',
  ],
  ['sklearn._loss.loss sklearn._loss.link', 'HalfSquaredError IdentityLink', 'record', 'a_b a9'],
  [
    'sklearn.preprocessing._data',
    'MaxAbsScaler MinMaxScaler StandardScaler PolynomialFeatures',
    'record',
    'RobustScaler Normalizer',
  ],
  ['sklearn.pipeline', 'Pipeline', 'record', 'FeatureUnion Pipelines'],
  ['sklearn.utils._bunch sklearn.utils.bunch', 'Bunch', 'record', 'Bunches'],
  [
    'trainer train.trainer kepler_model.train.trainer.curvefit src.train.trainer server.train.trainer.a.b src.kepler_model.trainer',
    'CurveFitModel',
    'record',
    'CurveFitModels Trainer',
  ],
  ['train.trainer.curvefit', 'expo_func log_func logi_func p0_func', 'name', 'func expo_funcs xlog_func'],
]

describe('what a pickle may name', () => {
  for (const [modules, names, expected, refused] of rows) {
    it(`is ${names} of ${modules}`, () => {
      for (const module of modules.split(' ')) {
        for (const name of names.split(' ')) {
          assert.equal(treatment(module, name), expected, `${module} ${name}`)
          for (const other of [`x${module}`, `x.${module}`, `${module}-`, module.toUpperCase()]) {
            assert.equal(treatment(other, name), 'refused', `${other} ${name}`)
          }
        }
        for (const name of refused.split(' ')) {
          if (name !== '') assert.equal(treatment(module, name), 'refused', `${module} ${name}`)
        }
      }
    })
  }

  it('is nothing of modules that only look like those', () => {
    for (const [module, name] of [
      ['os', 'system'],
      ['numpyXcore.multiarray', 'scalar'],
      ['numpy.coreXmultiarray', 'scalar'],
      ['numpy.multiarray', 'scalar'],
      ['sklearn.linear_model', 'SGDRegressor'],
      ['sklearn.linear_model.', 'SGDRegressor'],
      ['sklearn.linear_model.a.b', 'SGDRegressor'],
      ['sklearn.linear_model.a-b', 'SGDRegressor'],
      ['sklearnXpipeline', 'Pipeline'],
      ['other.trainer', 'CurveFitModel'],
      ['train', 'CurveFitModel'],
      ['trainer.', 'CurveFitModel'],
      ['trainer.a-b', 'CurveFitModel'],
      ['sklearn.externals.numpy_pickle', 'NumpyArrayWrapper'],
      ['sklearn._loss', 'CyHalfSquaredError'],
      ['sklearn._loss.other', 'IdentityLink'],
      ['', 'object'],
    ] as const) {
      assert.equal(treatment(module, name), 'refused', `${module} ${name}`)
    }
    assert.throws(() => treatmentOf({ kind: 'global', module: 'os', name: 'system' }), {
      ...{ code: 'INVALID_ARCHIVE' },
      message: 'the pickle asks for "os.system", which no model needs; refused',
    })
  })
})
