import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runOnnx } from '../../test/support/onnx/run-onnx.js'
import { matrix } from '../numeric/matrix.js'
import {
  type QuantileForest,
  type QuantileForestPredictor,
  quantileForestPredictor,
} from '../predictor/quantile-forest.js'
import type { Uncertainty } from '../predictor/uncertainty.js'
import { toOnnx } from './to-onnx.js'

const f64 = (...values: number[]) => Float64Array.from(values)
const i32 = (...values: number[]) => Int32Array.from(values)

/**
 * Three trees over `a` and `b`. The first, on targets, asks a <= 1 and has a walk that ends in the root; the second, on
 * what the base leaves over, asks b <= 0.5; the third is one leaf.
 */
const forest: QuantileForest = {
  featureCount: 2,
  base: {
    intercept: 20,
    feature: i32(0, 1, 0),
    saturates: Uint8Array.of(0, 1, 1),
    scale: f64(2, 0.5, 3),
    weight: f64(4, 6, 2),
  },
  range: { lower: f64(0.5, 0.25), upper: f64(2, 1) },
  trust: 0.5,
  span: 10,
  trees: {
    treeStart: i32(0, 2, 5, 6),
    onResiduals: Uint8Array.of(0, 1, 0),
    feature: i32(0, -1, 1, -1, -1, -1),
    threshold: f64(1, 0, 0.5, 0, 0, 0),
    left: i32(1, -1, 3, -1, -1, -1),
    right: i32(-1, -1, 4, -1, -1, -1),
    poolStart: i32(0, 4, 6, 9, 10, 12, 15),
    pool: Uint16Array.from([0, 1, 2, 3, 0, 1, 0, 1, 2, 0, 1, 2, 1, 3, 3]),
    targets: f64(20, 24, 30, 33),
    residuals: f64(-2, 0, 3),
  },
  scores: f64(0.1, 0.4, 0.5, 0.9, 1.2, 1.5, 2, 2.5, 3, 4),
  leastHalfWidth: 0.25,
  fallsToZero: false,
}
const uncertainty: Uncertainty = { coverage: 0.9, method: 'quantile forest', inputs: [], components: {} }
const rows = [-1, 0, 0.25, 0.5, 1, 1.01, 2, 2.5, 50].flatMap((a) =>
  [0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 30].map((b) => [a, b]),
)

function graphOf(predictor: QuantileForestPredictor, method: Uncertainty['method'] = 'quantile forest') {
  const features = ['a', 'b']
  const metadata = {
    ...{ model_name: 'Forest_0', model_class: 'native', model_file: 'x', features, fe_files: [], mae: 1, mape: 1 },
  }
  const model = {
    name: 'Forest_0',
    features,
    components: [{ component: 'package', features, transformers: [], predictor } as const],
  }
  const known = { package: { table: { levels: [5], lower: [-1], upper: [2] }, range: 3 } }
  const of = method === 'quantile forest' ? uncertainty : { ...uncertainty, method, components: known }
  return runOnnx(toOnnx({ model, metadata, uncertainty: of }, { intervals: true }), rows)
}

function expectNear(found: readonly number[] | undefined, expected: Float64Array, what: string): void {
  rows.forEach((row, i) => {
    const [value, other] = [expected[i]!, found?.[i] ?? Number.NaN]
    assert.ok(Math.abs(other - value) <= 1e-9 * (1 + value), `${what} at ${row}: ${other}, not ${value}`)
  })
}

describe('a quantile forest as a graph', () => {
  const variants: Readonly<Record<string, Partial<QuantileForest>>> = {
    'as it is': {},
    'that falls to zero': { fallsToZero: true },
    'that falls to zero and saw one feature at 0': {
      fallsToZero: true,
      range: { lower: f64(0, 0.25), upper: f64(2, 1) },
    },
    'that falls to zero and saw nothing at all': { fallsToZero: true, range: { lower: f64(0, 0), upper: f64(2, 1) } },
    'of a base without terms': {
      base: { intercept: 20, feature: i32(), saturates: new Uint8Array(0), scale: f64(), weight: f64() },
    },
    'of a base that only saturates': {
      base: { intercept: -9, feature: i32(1), saturates: Uint8Array.of(1), scale: f64(0.5), weight: f64(6) },
    },
    'that moves far outside': { trust: 1, span: 3, base: { ...forest.base, weight: f64(40, 60, 20) } },
  }
  for (const [name, change] of Object.entries(variants)) {
    it(`${name} has its watts and bounds`, () => {
      const predictor = quantileForestPredictor({ ...forest, ...change })
      const x = matrix(rows)
      const found = graphOf(predictor)
      expectNear(found.package, predictor.predict(x), 'watts')
      const { lower, upper } = predictor.predictInterval(x, 0.9)
      expectNear(found.package_lower, lower, 'lower')
      expectNear(found.package_upper, upper, 'upper')
    })
  }

  it('has the bounds of held-out workloads where those are known better', () => {
    const predictor = quantileForestPredictor(forest)
    const watts = predictor.predict(matrix(rows))
    const found = graphOf(predictor, 'held-out workloads')
    expectNear(found.package, watts, 'watts')
    expectNear(
      found.package_lower,
      watts.map((value) => value - 1),
      'lower',
    )
    expectNear(
      found.package_upper,
      watts.map((value) => value + 2),
      'upper',
    )
  })

  it('is refused when its table would be too large', () => {
    // One leaf of 5000 measurements, and trees of a leaf each: 5001 rows of 5000.
    const trees = 5000
    const long = 5000
    const pool = new Uint16Array(long + trees)
    const large = quantileForestPredictor({
      ...forest,
      trees: {
        ...forest.trees,
        treeStart: Int32Array.from({ length: trees + 2 }, (_, i) => i),
        onResiduals: new Uint8Array(trees + 1),
        feature: new Int32Array(trees + 1).fill(-1),
        threshold: new Float64Array(trees + 1),
        left: new Int32Array(trees + 1).fill(-1),
        right: new Int32Array(trees + 1).fill(-1),
        poolStart: Int32Array.from({ length: trees + 2 }, (_, i) => (i === 0 ? 0 : long + i - 1)),
        pool,
      },
    })
    assert.throws(() => graphOf(large), {
      code: 'LIMIT_EXCEEDED',
      message: 'the forest keeps 5001 times 5000 measurements, too many',
    })
  })
})
