import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { readWeights, toWeights } from '../../src/archive/weights.js'
import { writeModelArchive } from '../../src/archive/write-model-archive.js'
import { writeXgboostJson } from '../../src/archive/write-xgboost-json.js'
import { matrix } from '../../src/numeric/matrix.js'
import { curvePredictor } from '../../src/predictor/curve.js'
import { gradientBoostingPredictor } from '../../src/predictor/gradient-boosting.js'
import type { FittedPredictor, FittedTransformer } from '../../src/predictor/kinds.js'
import { kNeighborsPredictor } from '../../src/predictor/kneighbors.js'
import { linearPredictor } from '../../src/predictor/linear.js'
import { polynomialFeatures } from '../../src/predictor/polynomial.js'
import { type PowerModel, predictPower } from '../../src/predictor/power-model.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from '../../src/predictor/scalers.js'
import { svrPredictor } from '../../src/predictor/svr.js'
import { xgboostPredictor } from '../../src/predictor/xgboost.js'
import { quantileForestRegressor } from '../../src/regression/quantile-forest.js'

const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
const rows = [
  [0, 0],
  [1000 / 3, 7],
  [1234.5, 0.1],
  [99999, 1e9],
]
const maxAbs = maxAbsScaler(Float64Array.of(2000 / 3, 0))
const samples = matrix([
  [0, 0],
  [0.5, 7],
  [1.8, 0.1],
])
const stump = {
  feature: Int32Array.of(0, -2, -2),
  threshold: Float64Array.of(0.1 + 0.2, -2, -2),
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(2, -1, -1),
  value: Float64Array.of(5, 1 / 3, 70),
}
const xgboostStump = {
  feature: Int32Array.of(1, 0, 0),
  split: Float32Array.of(0.3, 0, 0),
  left: Int32Array.of(1, -1, -1),
  right: Int32Array.of(2, -1, -1),
  defaultLeft: Uint8Array.of(1, 0, 0),
  leaf: Float32Array.of(0, 0.1, 1 / 3),
  gain: Float32Array.of(10, 0, 0),
  cover: Float32Array.of(4, 2, 2),
}
const polynomial = polynomialFeatures({ inputCount: 2, degree: 2 })

const cases: readonly [string, readonly FittedTransformer[], FittedPredictor][] = [
  ['linear', [maxAbs], linearPredictor(0.1, Float64Array.of(1 / 3, 2e-17))],
  ['exponential', [maxAbs], curvePredictor('exponential', Float64Array.of(1, 0.01, 3), 0, 2)],
  ['logarithmic', [maxAbs], curvePredictor('logarithmic', Float64Array.of(30, 7, 11), 0, 2)],
  ['logistic', [maxAbs], curvePredictor('logistic', Float64Array.of(30, 0.5, 3, 11), 0, 2)],
  ['polynomial', [maxAbs, polynomial], linearPredictor(0, Float64Array.of(1, 2, 3, 4, 5, 6))],
  [
    'kneighbors',
    [minMaxScaler(Float64Array.of(0.1, 1), Float64Array.of(0, 0.5), [0, 1])],
    kNeighborsPredictor(samples, Float64Array.of(1, 2, 4), 2),
  ],
  [
    'svr',
    [standardScaler(Float64Array.of(1, 2), Float64Array.of(3, 4))],
    svrPredictor({ supportVectors: samples, dualCoefficients: Float64Array.of(1, -1, 0.3), intercept: 50, gamma: 0.7 }),
  ],
  [
    'gradient boosting',
    [maxAbs],
    gradientBoostingPredictor({ constant: 40, learningRate: 0.1, trees: [stump, stump], featureCount: 2 }),
  ],
  ['xgboost', [maxAbs], xgboostPredictor({ baseScore: 0.5, trees: [xgboostStump], featureCount: 2 })],
  ['quantile forest', [maxAbs], quantileForestRegressor().fit(samples, Float64Array.of(20, 31, 64))],
]

function modelOf(
  transformers: readonly FittedTransformer[],
  predictor: FittedPredictor,
  name = 'LinearRegressionTrainer_3',
): PowerModel {
  const component = { features, transformers, predictor }
  return {
    name,
    features,
    components: [
      { component: 'package', ...component },
      { component: 'dram', ...component },
    ],
  }
}

describe('an archive written by us', () => {
  for (const [name, transformers, predictor] of cases) {
    const model = modelOf(transformers, predictor)

    it(`gives a ${name} model back with equal predictions`, async () => {
      const archive = readModelArchive(await writeModelArchive(model, { mae: 1 }))
      assert.deepEqual(archive.predict(features, rows), predictPower(model, features, rows))
    })

    it(`is the same for the same ${name} model, to the byte`, async () => {
      assert.deepEqual(await writeModelArchive(model, {}), await writeModelArchive(model, {}))
    })
  }

  it('writes every float of an XGBoost tree with a point or an exponent, as XGBoost wants', () => {
    const text = writeXgboostJson({ baseScore: 0.5, trees: [xgboostStump], featureCount: 2 })
    for (const name of ['base_weights', 'loss_changes', 'split_conditions', 'sum_hessian']) {
      const list = new RegExp(`"${name}":\\[([^\\]]*)\\]`).exec(text)![1]!
      assert.ok(
        list.split(',').every((value) => /^-?\d+[.e]/.test(value)),
        `${name}: ${list}`,
      )
    }
  })

  it('keeps what its writer says of it', async () => {
    const metadata = {
      mae: 1.5,
      mape: 3,
      package_mae: 1.5,
      trainer: 'X',
      node_type: 3,
      machine_spec: { cores: 4 },
      cv: { r2: 0.9 },
    }
    const archive = readModelArchive(
      await writeModelArchive(modelOf(...(cases[0]!.slice(1) as [FittedTransformer[], FittedPredictor])), metadata),
    )
    for (const [key, value] of Object.entries(metadata)) assert.deepEqual(archive.metadata[key], value)
    assert.equal(archive.metadata.model_name, 'LinearRegressionTrainer_3')
    assert.deepEqual(archive.components, ['package', 'dram'])
  })

  it('refuses a predictor that has no line in the table, as the compiler does', async () => {
    const odd = { ...linearPredictor(0, Float64Array.of(1, 2)), kind: 'odd' }
    // @ts-expect-error a power model holds only predictors of the table
    const model = modelOf([maxAbs], odd)
    await assert.rejects(writeModelArchive(model, {}), { code: 'INVALID_DATA', message: /"odd"/ })
  })
})

describe('weights JSON', () => {
  for (const [name, trainer] of [
    ['linear', 'SGDRegressorTrainer'],
    ['exponential', 'ExponentialRegressionTrainer'],
    ['logarithmic', 'LogarithmicRegressionTrainer'],
    ['logistic', 'LogisticRegressionTrainer'],
  ] as const) {
    it(`gives a ${name} model back with equal predictions`, () => {
      const [, transformers, predictor] = cases.find(([kind]) => kind === name)!
      const model = { ...modelOf(transformers, predictor, `${trainer}_1`) }
      // Dram looks at another feature than the package does, so only the package is compared for curves.
      const weights = toWeights({ ...model, components: model.components.slice(0, 1) })
      const read = readWeights(JSON.stringify(weights), model.name)
      assert.deepEqual(predictPower(read, features, rows).package, predictPower(model, features, rows).package)
    })
  }

  it('is not made of models that Kepler cannot evaluate', () => {
    assert.equal(toWeights(modelOf([maxAbs], kNeighborsPredictor(samples, Float64Array.of(1, 2, 4), 2))), undefined)
    assert.equal(toWeights(modelOf([maxAbs, polynomial], linearPredictor(0, new Float64Array(6)))), undefined)
  })

  it('names what is wrong', () => {
    const read =
      (value: unknown, name = 'SGDRegressorTrainer_1') =>
      () =>
        readWeights(JSON.stringify(value), name)
    assert.throws(read({ package: {} }), { code: 'INVALID_ARCHIVE', message: /package\.All_Weights/ })
    assert.throws(read({ warp_drive: { All_Weights: { Numerical_Variables: {} } } }), /no weights of any component/)
    assert.throws(read({}), /no weights of any component/)
    const curve = {
      package: { All_Weights: { Numerical_Variables: { x: { scale: 1 } }, CurveFit_Weights: [1, 2, 3] } },
    }
    assert.throws(read(curve), /is no curve fit/)
    assert.throws(read(curve, 'LogarithmicRegressionTrainer_1'), /none of its features among x/)
  })
})
