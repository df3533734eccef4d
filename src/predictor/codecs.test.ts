import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { curvePredictor } from './curve.js'
import { gradientBoostingPredictor } from './gradient-boosting.js'
import { joinTrees } from './forest.js'
import { predictorCodecs, transformerCodecs } from './kinds.js'
import { kNeighborsPredictor } from './kneighbors.js'
import { linearCodec, linearPredictor } from './linear.js'
import { packedNumbers, packNumbers } from './packed-numbers.js'
import { piecewiseLinearPredictor } from './piecewise-linear.js'
import { polynomialCodec, polynomialFeatures } from './polynomial.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from './scalers.js'
import { svrCodec, svrPredictor } from './svr.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const column = (...values: number[]) => matrix(values.map((value) => [value]))

describe('what is written of predictors', () => {
  const tree = {
    ...{ feature: Int32Array.of(0, -2, -2), threshold: numbers(0.5, -2, -2), left: Int32Array.of(1, -1, -1) },
    ...{ right: Int32Array.of(2, -1, -1), value: numbers(0, 5, 7) },
  }
  const predictors = [
    linearPredictor(1, numbers(2)),
    curvePredictor('logistic', numbers(1, 2, 3, 4), 0, 1),
    kNeighborsPredictor(column(1, 2, 4), numbers(1, 2, 3), 2),
    svrPredictor({ supportVectors: column(1, 2), dualCoefficients: numbers(1, -2), intercept: 3, gamma: 0.5 }),
    gradientBoostingPredictor({ constant: 1, learningRate: 0.5, trees: [tree], featureCount: 1 }),
    piecewiseLinearPredictor(numbers(0, 1), numbers(3, 9)),
  ]
  const transformers = [
    maxAbsScaler(numbers(2)),
    minMaxScaler(numbers(2), numbers(1)),
    minMaxScaler(numbers(2), numbers(1), [0, 1.5]),
    standardScaler(numbers(2), numbers(4)),
    polynomialFeatures({ inputCount: 1, degree: 3, includeBias: false, interactionOnly: true }),
    polynomialFeatures({ inputCount: 1, degree: 3 }),
  ]
  const at = column(-1, 0.25, 0.5, 0.75, 3)

  it('reads back as the same arithmetic', () => {
    for (const predictor of predictors) {
      const [written, ...more] = predictorCodecs.flatMap((codec) => {
        const fields = codec.write(predictor)
        return fields === undefined ? [] : [{ codec, text: JSON.stringify(fields) }]
      })
      assert.deepEqual([written?.codec.kind, more.length], [predictor.kind, 0])
      assert.deepEqual(
        written!.codec.read(JSON.parse(written!.text)).predict(at),
        predictor.predict(at),
        predictor.kind,
      )
    }
    for (const transformer of transformers) {
      const [written] = transformerCodecs.flatMap((codec) => {
        const fields = codec.write(transformer)
        return fields === undefined ? [] : [{ codec, text: JSON.stringify(fields) }]
      })
      const again = written!.codec.read(JSON.parse(written!.text))
      assert.deepEqual(
        [again.kind, again.inputCount, again.outputCount],
        [transformer.kind, 1, transformer.outputCount],
      )
      assert.deepEqual(again.transform(at), transformer.transform(at), transformer.kind)
    }
    assert.equal(transformers[4]!.outputCount, 1)
  })

  it('is refused where a field is wrong, by its name', () => {
    const refused = (read: () => unknown, message: RegExp) => assert.throws(read, { code: 'INVALID_ARCHIVE', message })
    refused(() => linearCodec.read({ intercept: 'x', coefficients: [] }), /^intercept: /)
    refused(() => linearCodec.read({ intercept: 1, coefficients: [1, 'x'] }), /^coefficients\.1: /)
    refused(() => linearCodec.read(null), /^document: /)
    const polynomial = { inputCount: 1, degree: 2, includeBias: true, interactionOnly: false }
    for (const [field, wrong] of [
      ['inputCount', [0, 1001, 1.5]],
      ['degree', [0, 11]],
    ] as const) {
      for (const value of wrong)
        refused(() => polynomialCodec.read({ ...polynomial, [field]: value }), new RegExp(`^${field}: `))
    }
    assert.equal(polynomialCodec.read({ ...polynomial, inputCount: 1000, degree: 1 }).outputCount, 1001)
    assert.equal(polynomialCodec.read({ ...polynomial, degree: 10 }).outputCount, 11)
    const svr = { supportVectors: { cols: 2, data: [1, 2, 3] }, dualCoefficients: [1], intercept: 0, gamma: 1 }
    assert.equal(svrCodec.read(svr).supportVectors.rows, 1)
    assert.throws(() => svrCodec.read({ ...svr, dualCoefficients: [1, 2] }), { code: 'SHAPE_MISMATCH' })
  })

  it('has numbers in the least bytes that keep them', () => {
    const dtype = (...values: number[]) => packNumbers(values).dtype
    assert.deepEqual([dtype(0, 255), dtype(256), dtype(65_535), dtype(65_536)], ['uint8', 'uint16', 'uint16', 'int32'])
    assert.deepEqual([dtype(-1), dtype(-(2 ** 31)), dtype(2 ** 31 - 1)], ['int32', 'int32', 'int32'])
    assert.deepEqual(
      [dtype(2 ** 31), dtype(-(2 ** 31) - 1), dtype(1, 0.5), dtype(-0)],
      ['float32', 'float64', 'float32', 'float32'],
    )
    const most = packedNumbers(2)
    assert.deepEqual(
      [most.safeParse(packNumbers([1, 2])).success, most.safeParse(packNumbers([1, 2, 3])).success],
      [true, false],
    )
    for (const values of [
      [255, 0],
      [65_535, 1],
      [-(2 ** 31), 7],
      [0.5, -0],
      [0.1, 5e-324],
    ]) {
      assert.deepEqual(most.parse(packNumbers(values)), Float64Array.from(values))
    }
    const told = (value: unknown) => most.safeParse(value).error?.issues[0]?.message
    assert.equal(told({ dtype: 'uint8', data: 'A*==' }), 'it is not base64')
    assert.equal(told({ dtype: 'uint16', data: 'AAAA' }), '3 bytes are not up to 2 numbers of type uint16')
    assert.equal(told(packNumbers([1.5, Number.NaN])), 'number 1 is NaN')
  })
})

describe('trees', () => {
  it('are joined, each behind the one before', () => {
    const split = { feature: Int32Array.of(3, 9, 9), left: Int32Array.of(1, -1, -1), right: Int32Array.of(2, -1, -1) }
    const { roots, feature, left, right, number } = joinTrees([split, split], (_, node, leaf) =>
      leaf ? node : -node - 1,
    )
    assert.deepEqual(
      [[...roots], [...feature]],
      [
        [0, 3],
        [3, 0, 0, 3, 0, 0],
      ],
    )
    assert.deepEqual(
      [[...left], [...right]],
      [
        [1, -1, -1, 4, -1, -1],
        [2, -1, -1, 5, -1, -1],
      ],
    )
    assert.deepEqual([...number], [-1, 1, 2, -1, 1, 2])
    assert.equal(joinTrees([], () => 0).feature.length, 0)
  })
})

describe('a polynomial', () => {
  it('is as wide as 100,000 columns, and no wider', () => {
    // 446 features have 446 of degree 1 and 99,681 of degree 2.
    assert.equal(
      polynomialFeatures({ inputCount: 445, degree: 2, includeBias: false }).outputCount,
      445 + (445 * 446) / 2,
    )
    assert.throws(() => polynomialFeatures({ inputCount: 446, degree: 2 }), {
      code: 'LIMIT_EXCEEDED',
      message: /degree 2 over 446 features/,
    })
  })
})
