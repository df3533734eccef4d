import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPredictor } from '../predictor/linear.js'
import { readNativePredictor, readNativeTransformer, writeNativePredictor } from './native-json.js'

const linear = JSON.parse(writeNativePredictor(linearPredictor(1, Float64Array.of(0.1, 1 / 3)))) as object
const read = (document: object) => readNativePredictor(Buffer.from(JSON.stringify(document)), 'package.json')

describe('our own JSON', () => {
  it('gives a predictor back to the bit', () => {
    const predictor = read(linear)
    assert.ok(predictor.kind === 'linear')
    assert.deepEqual(predictor.coefficients, Float64Array.of(0.1, 1 / 3))
  })

  it('names the kinds that there are when it meets another', () => {
    assert.throws(() => read({ ...linear, kind: 'odd' }), {
      code: 'INVALID_ARCHIVE',
      message: /"package\.json".*kind "odd" is none of linear, curve, kneighbors, svr, gradient-boosting/,
    })
    assert.throws(() => readNativeTransformer(Buffer.from(JSON.stringify(linear)), 'scaler.json'), /none of max-abs/)
  })

  it('names the field that is wrong', () => {
    assert.throws(() => read({ ...linear, coefficients: [1, '2'] }), {
      code: 'INVALID_ARCHIVE',
      message: /coefficients\.1/,
    })
    assert.throws(() => read({ ...linear, version: 2 }), /not a kepler-model document of version 1/)
  })
})
