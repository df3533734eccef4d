import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { runOnnx } from '../../test/support/onnx/run-onnx.js'
import { type ModelArchive, modelArchive, readModelArchive } from '../archive/read-model-archive.js'
import type { UncertaintyDocument } from '../archive/uncertainty-json.js'
import { matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { curvePredictor } from '../predictor/curve.js'
import { gradientBoostingPredictor } from '../predictor/gradient-boosting.js'
import type { FittedPredictor, FittedTransformer } from '../predictor/kinds.js'
import { kNeighborsPredictor } from '../predictor/kneighbors.js'
import { linearPredictor } from '../predictor/linear.js'
import { piecewiseLinearPredictor } from '../predictor/piecewise-linear.js'
import { polynomialFeatures } from '../predictor/polynomial.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from '../predictor/scalers.js'
import { svrPredictor } from '../predictor/svr.js'
import { xgboostPredictor } from '../predictor/xgboost.js'
import { type OnnxOptions, toOnnx } from './to-onnx.js'

const f64 = (...values: number[]) => Float64Array.from(values)
const i32 = (...values: number[]) => Int32Array.from(values)

function modelOf(components: readonly ComponentModel[], document?: UncertaintyDocument): ModelArchive {
  const features = [...new Set(components.flatMap((component) => component.features))]
  const metadata = {
    ...{ model_name: 'Made_0', model_class: 'native', model_file: 'Made_0.json', fe_files: [] },
    ...{ features, mae: 2, mape: 5 },
  }
  return modelArchive({ name: 'Made_0', features, components }, metadata, document)
}

function component(
  predictor: FittedPredictor,
  features: readonly string[] = ['a', 'b'],
  transformers: readonly FittedTransformer[] = [],
): ComponentModel {
  return { component: 'package', features, transformers, predictor }
}

/** The graph's watts, and bounds if they are wanted, are those of the model itself. */
function expectSame(archive: ModelArchive, rows: readonly (readonly number[])[], options: OnnxOptions = {}): void {
  const { features } = archive.model
  const found = runOnnx(toOnnx(archive, options), rows)
  const { powers, intervals } = options.intervals
    ? archive.estimate(features, rows)
    : { powers: archive.predict(features, rows), intervals: {} }
  const expected = new Map<string, readonly number[]>(Object.entries(powers))
  for (const [name, { lower, upper }] of Object.entries(intervals)) {
    expected.set(`${name}_lower`, lower).set(`${name}_upper`, upper)
  }
  assert.deepEqual(Object.keys(found).sort(), [...expected.keys()].sort())
  for (const [name, watts] of expected) {
    watts.forEach((value, row) => {
      const other = found[name]![row]!
      assert.ok(Math.abs(other - value) <= 1e-9 * (1 + value), `${name}, ${rows[row]}: ${other}, not ${value}`)
    })
  }
}

const rows = [-3, 0, 0.5, 1, 1.5, 2, 7, 40].flatMap((a) => [-1, 0, 0.25, 1, 3].map((b) => [a, b]))

describe('the graph computes what a predictor does', () => {
  const predictors: Readonly<Record<string, FittedPredictor>> = {
    linear: linearPredictor(3, f64(2, 0.5)),
    'linear, negative watts': linearPredictor(-5, f64(1, 1)),
    'linear, more than any machine': linearPredictor(0, f64(1e9, 0)),
    exponential: curvePredictor('exponential', f64(2, 0.3, 1), 1, 2),
    logarithmic: curvePredictor('logarithmic', f64(5, 2, 10), 0, 2),
    'logarithmic, falling': curvePredictor('logarithmic', f64(-5, -0.5, 10), 0, 2),
    logistic: curvePredictor('logistic', f64(20, 1.5, 2, 4), 0, 2),
    neighbors: kNeighborsPredictor(
      matrix([
        [0, 0],
        [1, 0],
        [0, 1],
        [1, 1],
        [2, 2],
      ]),
      f64(1, 2, 4, 8, 16),
      2,
    ),
    'neighbors, fewer than asked': kNeighborsPredictor(
      matrix([
        [0, 0],
        [1, 1],
      ]),
      f64(1, 8),
      5,
    ),
    'support vectors': svrPredictor({
      supportVectors: matrix([
        [0, 1],
        [2, 0.5],
      ]),
      dualCoefficients: f64(3, -2),
      intercept: 9,
      gamma: 0.7,
    }),
    'no support vectors': svrPredictor({
      supportVectors: matrix([], 2),
      dualCoefficients: f64(),
      intercept: 9,
      gamma: 1,
    }),
    boosting: gradientBoostingPredictor({
      constant: 10,
      learningRate: 0.5,
      featureCount: 2,
      trees: [
        // a <= 1 ? (b <= 0.25 ? 2 : 4) : 8, and a tree that is a leaf.
        {
          feature: i32(0, 1, -2, -2, -2),
          threshold: f64(1, 0.25, -2, -2, -2),
          left: i32(1, 2, -1, -1, -1),
          right: i32(4, 3, -1, -1, -1),
          value: f64(0, 0, 2, 4, 8),
        },
        { feature: i32(-2), threshold: f64(-2), left: i32(-1), right: i32(-1), value: f64(3) },
      ],
    }),
    'boosting without trees': gradientBoostingPredictor({
      constant: 10,
      learningRate: 0.5,
      featureCount: 2,
      trees: [],
    }),
    xgboost: xgboostPredictor({
      baseScore: 0.1,
      featureCount: 2,
      trees: [0.3, 100.7].map((unit) => ({
        // a < 1 ? unit : (b < 1 ? 2 unit : 3 unit)
        feature: i32(0, 0, 1, 0, 0),
        split: Float32Array.of(1, 0, 1, 0, 0),
        left: i32(1, -1, 3, -1, -1),
        right: i32(2, -1, 4, -1, -1),
        defaultLeft: Uint8Array.of(1, 0, 0, 0, 0),
        leaf: Float32Array.of(0, unit, 0, 2 * unit, 3 * unit),
        gain: new Float32Array(5),
        cover: new Float32Array(5),
      })),
    }),
    'xgboost without trees': xgboostPredictor({ baseScore: 7.3, trees: [], featureCount: 2 }),
  }
  for (const [name, predictor] of Object.entries(predictors)) {
    it(`of the kind ${name}`, () => expectSame(modelOf([component(predictor)]), rows))
  }

  it('of lines between points, constant beyond them', () => {
    const predictor = piecewiseLinearPredictor(f64(0, 1, 3), f64(10, 30, 20))
    expectSame(modelOf([component(predictor, ['a'])]), [[-1], [0], [0.5], [1], [2], [3], [9]])
  })

  it('of hundreds of trees of 32 bits, which round at each', () => {
    const trees = Array.from({ length: 300 }, (_, i) => ({
      ...{ feature: i32(0, 0, 0), split: Float32Array.of(0.1 * i, 0, 0), left: i32(1, -1, -1), right: i32(2, -1, -1) },
      ...{ defaultLeft: new Uint8Array(3), leaf: Float32Array.of(0, 0.1, 1.7), gain: new Float32Array(3) },
      cover: new Float32Array(3),
    }))
    const predictor = xgboostPredictor({ baseScore: 33.3, trees, featureCount: 1 })
    expectSame(modelOf([component(predictor, ['a'])]), [[0], [0.1], [0.3], [12.34], [99]])
  })
})

describe('the graph scales as the model does', () => {
  const line = linearPredictor(1, f64(2, 3))
  const scalers: Readonly<Record<string, FittedTransformer>> = {
    'by the largest': maxAbsScaler(f64(4, 0)),
    'to a range': minMaxScaler(f64(0.5, 2), f64(0.1, 0.2)),
    'to a range, clipped': minMaxScaler(f64(0.5, 2), f64(0.1, 0.2), [0, 1]),
    'by deviations': standardScaler(f64(1, 2), f64(3, 0)),
  }
  for (const [name, scaler] of Object.entries(scalers)) {
    it(name, () => expectSame(modelOf([component(line, ['a', 'b'], [scaler])]), rows))
  }

  for (const options of [
    { degree: 1 },
    { degree: 3 },
    { degree: 2, includeBias: false },
    { degree: 2, interactionOnly: true },
  ]) {
    it(`to products of ${JSON.stringify(options)}`, () => {
      const polynomial = polynomialFeatures({ inputCount: 2, ...options })
      const weights = Float64Array.from({ length: polynomial.outputCount }, (_, k) => 1 + k / 4)
      const chain = [maxAbsScaler(f64(4, 2)), polynomial]
      expectSame(modelOf([component(linearPredictor(1, weights), ['a', 'b'], chain)]), rows)
    })
  }

  it('each component the features that it has, in its order', () => {
    const scaler = maxAbsScaler(f64(4, 2))
    const own = (name: ComponentModel['component'], features: readonly string[], slopes: readonly number[]) => ({
      ...component(linearPredictor(1, f64(...slopes)), features, features.length === 2 ? [scaler] : []),
      component: name,
    })
    const archive = modelOf([
      own('package', ['a', 'b'], [1, 10]),
      own('core', ['b', 'a'], [1, 10]),
      own('dram', ['b'], [5]),
    ])
    expectSame(archive, rows)
    const [only] = Object.values(runOnnx(toOnnx(archive, { component: 'dram' }), [[2], [3]]))
    assert.deepEqual(only, [11, 16])
  })
})

describe('the graph has the intervals of the model', () => {
  const document: UncertaintyDocument = {
    coverage: 0.9,
    method: 'held-out blocks',
    features: { a: [1, 2], b: [0, 1] },
    components: {
      package: { table: { levels: [5, 10, 10, 20], lower: [-1, -2, -3, -9], upper: [1, 4, 5, 8] }, range: 30 },
    },
  }
  const line = component(linearPredictor(4, f64(2, 5)))

  it('at each level, and wider outside the range', () => {
    expectSame(modelOf([line], document), rows, { intervals: true })
  })

  it('of one level', () => {
    const one = { table: { levels: [5], lower: [-1], upper: [2] }, range: 3 }
    expectSame(modelOf([line], { ...document, components: { package: one } }), rows, { intervals: true })
  })

  it('of a model whose ranges are not known, and of a feature that has none', () => {
    expectSame(modelOf([line], { ...document, features: {} }), rows, { intervals: true })
    expectSame(modelOf([line], { ...document, features: { b: [-2, 1] } }), rows, { intervals: true })
  })

  it('and takes what cannot be for the nearest that can', () => {
    const possible = modelOf([line], { ...document, features: { a: [0, 2], b: [0, 1.5] } })
    const far = [
      [1e7, 0],
      [-5, 0.5],
      [1, -9],
      [1, 1e9],
    ]
    expectSame(possible, far, { intervals: true })
  })
})

describe('the graph computes what an archive does', () => {
  const folder = new URL('../../test/fixtures/archives/', import.meta.url)
  const random = seededRandom(5)
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.zip'))) {
    it(`of ${file}`, () => {
      const archive = readModelArchive(readFileSync(new URL(file, folder)))
      const highest = archive.model.features.map((feature) => {
        return archive.uncertainty.inputs.find((range) => range.feature === feature)?.upper ?? 1
      })
      const own = [0, 1e-3, 1, 3].map((share) => highest.map((value) => share * value))
      for (let i = 0; i < 4; i++) own.push(highest.map((value) => value * random.next()))
      expectSame(archive, own)
      expectSame(archive, own, { intervals: true })
    })
  }
})
