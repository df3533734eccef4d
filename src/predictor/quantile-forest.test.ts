import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { linearPredictor } from './linear.js'
import { polynomialFeatures } from './polynomial.js'
import { type PowerModel, predictIntervals, predictPower } from './power-model.js'
import { type QuantileForest, quantileForestPredictor } from './quantile-forest.js'
import { maxAbsScaler } from './scalers.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const column = (...values: number[]) => matrix(values.map((value) => [value]))

/** One tree that holds 110 to 150 W, over a base of 2 W a unit that was seen from 1 to 3. */
const forest: QuantileForest = {
  featureCount: 1,
  base: { intercept: 0, feature: Int32Array.of(0), saturates: Uint8Array.of(0), scale: numbers(1), weight: numbers(2) },
  range: { lower: numbers(1), upper: numbers(3) },
  trust: 0.5,
  span: 100,
  trees: {
    ...{ treeStart: Int32Array.of(0, 1), onResiduals: Uint8Array.of(0), feature: Int32Array.of(-1) },
    ...{ threshold: numbers(0), left: Int32Array.of(-1), right: Int32Array.of(-1) },
    ...{ poolStart: Int32Array.of(0, 5), pool: Uint16Array.of(0, 1, 2, 3, 4) },
    ...{ targets: numbers(110, 120, 130, 140, 150), residuals: numbers(0) },
  },
  scores: new Float64Array(100).fill(0.5),
  leastHalfWidth: 1,
  fallsToZero: false,
}
const close = (actual: Float64Array, ...expected: number[]) => {
  assert.equal(actual.length, expected.length)
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-9, `${[...actual]} is not ${expected}`)
  })
}

describe('a quantile forest', () => {
  it('predicts the middle of what it holds, and moves on by half of the slope outside the range', () => {
    const model = quantileForestPredictor(forest)
    close(model.predict(column(1, 2, 3)), 130, 130, 130)
    // Beyond 3 by 2 W a unit, half of it believed; no further than the span.
    close(model.predict(column(5, 0, 1003, -997)), 132, 129, 180, 80)
    close(quantileForestPredictor({ ...forest, span: 1 }).predict(column(1003)), 130.5)
    close(quantileForestPredictor({ ...forest, trust: 1, span: 1e9 }).predict(column(-997)), 0)
    assert.throws(() => model.predict(matrix([[1, 2]])), { code: 'SHAPE_MISMATCH' })
  })

  it('has bands of 5 to 95 % that are widened by held-out scores, and by all of the slope outside', () => {
    const model = quantileForestPredictor(forest)
    const { lower, upper } = model.predictInterval(column(2, 5))
    // Half a width is 20 and 1 more.
    close(lower, 110 - 10.5, 112 - 10.5 - 4)
    close(upper, 150 + 10.5, 152 + 10.5 + 4)
    const low = { ...forest, trees: { ...forest.trees, targets: numbers(1, 2, 3, 4, 5) } }
    assert.equal(quantileForestPredictor(low).predictInterval(column(2)).lower[0], Math.max(0, 1 - 0.5 * 3))
  })

  it('has its prediction in the band, however narrow that was made', () => {
    const { lower, upper } = quantileForestPredictor({
      ...forest,
      scores: new Float64Array(100).fill(-5),
    }).predictInterval(column(2))
    close(lower, 130)
    close(upper, 130)
  })

  it('falls to nothing below the least that was seen, where it is told', () => {
    const watts = (lower: number[], ...values: number[]) => {
      const range = { lower: Float64Array.from(lower), upper: numbers(...lower.map(() => 9)) }
      const model = { ...forest, featureCount: lower.length, range, trust: 0, fallsToZero: true }
      return quantileForestPredictor(model).predict(matrix([values]))[0]! / 130
    }
    assert.deepEqual(
      [1, 0.5, 0.25, 0, -1].map((value) => watts([1], value)),
      [1, 0.5, 0.25, 0, 0],
    )
    assert.deepEqual(
      [watts([2, 4], 1, 1), watts([2, 4], 1, 3), watts([2, 4], 1, 4), watts([2, 4], 2, 0)],
      [0.5, 0.75, 1, 1],
    )
    // A feature that was seen at 0 counts as soon as it is above.
    assert.deepEqual(
      [watts([2, 0], 1, 0), watts([2, 0], 1, 1e-9), watts([0, 0], 0, 0), watts([-1], -3)],
      [0.5, 1, 1, 1],
    )
    const half = quantileForestPredictor({ ...forest, trust: 0, fallsToZero: true }).predictInterval(column(0.5))
    close(half.lower, (110 - 10.5 - 1) / 2)
    close(half.upper, (150 + 10.5 + 1) / 2)
  })
})

describe('a power model', () => {
  const linear = linearPredictor(0, numbers(1))
  const component = { component: 'package', features: ['a'], transformers: [], predictor: linear } as const
  const model: PowerModel = { name: 'm', features: ['a'], components: [component] }

  it('takes values up to 1e100, and gives a gigawatt at most', () => {
    const squares = polynomialFeatures({ inputCount: 1, degree: 2, includeBias: false })
    const of = (weights: number[]) => ({
      ...model,
      components: [
        { ...component, transformers: [squares], predictor: linearPredictor(0, Float64Array.from(weights)) },
      ],
    })
    assert.deepEqual(
      predictPower(of([0, 1e-200]), ['a'], [[1e100], [1e300], [-1e300], [1e99]]).package!.map((value) =>
        Number(value.toPrecision(9)),
      ),
      [1, 1, 1, 0.01],
    )
    assert.deepEqual(predictPower(of([1e-100, 0]), ['a'], [[1e300], [-1e300]]).package!.map(Math.round), [1, 0])
    assert.deepEqual(predictPower(model, ['a'], [[1e9], [1e9 + 1], [-1], [0]]).package, [1e9, 1e9, 0, 0])
  })

  it('has intervals of the components whose predictor has them', () => {
    const both: PowerModel = {
      ...model,
      components: [component, { ...component, component: 'dram', predictor: quantileForestPredictor(forest) }],
    }
    const intervals = predictIntervals(both, ['a'], [[2], [5]], 0.9)
    assert.deepEqual(Object.keys(intervals), ['dram'])
    assert.deepEqual(
      [intervals.dram!.lower, intervals.dram!.upper].map((values) => values.map((value) => Number(value.toFixed(6)))),
      [
        [99.5, 97.5],
        [160.5, 166.5],
      ],
    )
    assert.throws(() => predictIntervals(both, ['a'], [[2]], 2), { code: 'INVALID_DATA' })
  })

  it('applies each transformer once on the way that components share', () => {
    const calls: string[] = []
    const counted = (name: string) => {
      const scaler = maxAbsScaler(numbers(2))
      return {
        ...scaler,
        transform: (x: Parameters<typeof scaler.transform>[0]) => {
          calls.push(name)
          return scaler.transform(x)
        },
      }
    }
    const [first, second, other] = ['first', 'second', 'other'].map(counted)
    const of = (
      name: 'package' | 'core' | 'dram' | 'uncore',
      transformers: readonly (typeof first)[],
      features = ['a'],
    ) => ({ component: name, features, transformers: transformers.flatMap((one) => one ?? []), predictor: linear })
    const {
      package: a,
      core,
      dram,
      uncore,
    } = predictPower(
      {
        ...model,
        components: [
          of('package', [first, second]),
          of('core', [first]),
          of('dram', [first, other]),
          of('uncore', [first], ['b']),
        ],
      },
      ['a', 'b'],
      [[8, 80]],
    )
    assert.deepEqual([a, core, dram, uncore], [[2], [4], [2], [40]])
    assert.deepEqual(calls, ['first', 'second', 'other', 'first'])
  })

  it('names the row and the value that are wrong', () => {
    const refused = (rows: number[][], field: string) =>
      assert.throws(() => predictPower(model, ['x', 'a'], rows), { code: 'INVALID_REQUEST', field })
    refused([[1, 2], [1]], 'values[1]')
    refused(
      [
        [1, 2],
        [1, 2, 3],
      ],
      'values[1]',
    )
    refused(
      [
        [1, 2],
        [1, Number.POSITIVE_INFINITY],
      ],
      'values[1][1]',
    )
    assert.deepEqual(predictPower(model, ['x', 'a'], [[Number.NaN, 2]]).package, [2])
  })
})
