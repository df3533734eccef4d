import { ModelError, quote } from '../../core/errors.js'
import type { GlobalReference } from './value.js'

/** How an allowed class or function is treated when the pickle "calls" it. */
export type Treatment =
  /** An object: its arguments and state are kept as a record. */
  | 'record'
  /** A function that is only referred to; calling it is refused. */
  | 'name'
  | 'dtype'
  | 'ndarray'
  | 'reconstructArray'
  | 'scalar'
  | 'frombuffer'
  | 'reconstructor'
  | 'encode'
  | 'joblibArray'

interface Rule {
  readonly module: RegExp
  readonly names: RegExp
  readonly treatment: Treatment
}

/**
 * Everything that a pickle may name. Modules moved between versions of scikit-learn, numpy and the original, so they are
 * patterns; names are listed. Nothing here is ever loaded or called: the table says which *records* may be made.
 */
const rules: readonly Rule[] = [
  rule(/^numpy$/, 'dtype', 'dtype'),
  rule(/^numpy$/, 'ndarray', 'ndarray'),
  rule(/^numpy$/, 'float64|float32|int64|int32|bool_|str_', 'name'),
  rule(/^numpy\.(core|_core)\.multiarray$/, '_reconstruct', 'reconstructArray'),
  rule(/^numpy\.(core|_core)\.multiarray$/, 'scalar', 'scalar'),
  rule(/^numpy\.(core|_core)\.numeric$/, '_frombuffer', 'frombuffer'),
  rule(/^(copyreg|copy_reg)$/, '_reconstructor', 'reconstructor'),
  rule(/^(builtins|__builtin__)$/, 'object', 'name'),
  rule(/^_codecs$/, 'encode', 'encode'),
  rule(/^collections$/, 'OrderedDict', 'record'),
  rule(/^(sklearn\.externals\.)?joblib\.numpy_pickle$/, 'NumpyArrayWrapper', 'joblibArray'),
  rule(/^numpy\.random\.(_pickle|mtrand|bit_generator|_mt19937|_generator)$/, '[A-Za-z_0-9]+', 'record'),
  rule(/^sklearn\.linear_model\.\w+$/, 'LinearRegression|SGDRegressor', 'record'),
  rule(/^sklearn\.linear_model\._?sgd_fast$/, 'SquaredLoss|[A-Za-z]*(Loss|Huber|Hinge|Insensitive|Log)', 'record'),
  rule(/^sklearn\.svm\.\w+$/, 'SVR', 'record'),
  rule(
    /^sklearn\.neighbors\.\w+$/,
    'KNeighborsRegressor|KDTree(64|32)?|BallTree(64|32)?|newObj|EuclideanDistance',
    'record',
  ),
  rule(/^sklearn\.(metrics|neighbors)\._dist_metrics$/, 'newObj|(Euclidean|Minkowski)Distance(64|32)?', 'record'),
  rule(
    /^sklearn\.ensemble\.\w+$/,
    'GradientBoostingRegressor|LeastSquaresError|QuantileEstimator|MeanEstimator',
    'record',
  ),
  rule(/^sklearn\.tree\.\w+$/, 'DecisionTreeRegressor|Tree', 'record'),
  rule(/^sklearn\.dummy$/, 'DummyRegressor', 'record'),
  rule(/^(sklearn\._loss\.)?_loss$/, '(__pyx_unpickle_)?Cy[A-Za-z]+', 'record'),
  rule(/^sklearn\._loss\.(loss|link)$/, '[A-Za-z]+', 'record'),
  rule(/^sklearn\.preprocessing\.\w+$/, 'MaxAbsScaler|MinMaxScaler|StandardScaler|PolynomialFeatures', 'record'),
  rule(/^sklearn\.pipeline$/, 'Pipeline', 'record'),
  rule(/^sklearn\.utils\.(_bunch|bunch)$/, 'Bunch', 'record'),
  rule(/^((kepler_model|src|server)\.)*(train\.)?trainer(\.\w+)*$/, 'CurveFitModel', 'record'),
  rule(/^((kepler_model|src|server)\.)*(train\.)?trainer(\.\w+)*$/, 'expo_func|log_func|logi_func|p0_func', 'name'),
]

function rule(module: RegExp, names: string, treatment: Treatment): Rule {
  return { module, names: new RegExp(`^(${names})$`), treatment }
}

/** @throws ModelError `INVALID_ARCHIVE` naming what the pickle asked for, unless it is in the table */
export function treatmentOf({ module, name }: GlobalReference): Treatment {
  const found = rules.find((candidate) => candidate.module.test(module) && candidate.names.test(name))
  if (found) return found.treatment
  throw new ModelError(
    'INVALID_ARCHIVE',
    `the pickle asks for ${quote(`${module}.${name}`)}, which no model needs; refused`,
  )
}
