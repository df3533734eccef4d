import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { packedNumbers, packNumbers } from './packed-numbers.js'

describe('packed numbers', () => {
  for (const [dtype, values] of [
    ['uint8', [0, 7, 255]],
    ['uint16', [0, 256, 65_535]],
    ['int32', [-1, 5, 2 ** 31 - 1]],
    ['float32', [0.5, Math.fround(0.1), 2 ** 40, -0]],
    ['float64', [0.1, 1e300, 5e-324]],
    ['uint8', []],
  ] as const) {
    it(`keep ${values.length} values exactly as ${dtype}`, () => {
      const packed = packNumbers(values)
      assert.equal(packed.dtype, dtype)
      assert.deepEqual(packedNumbers(10).parse(JSON.parse(JSON.stringify(packed))), Float64Array.from(values))
    })
  }

  it('are refused when they are too many, no numbers, cut off or no base64', () => {
    const refused = (value: unknown) => packedNumbers(3).safeParse(value).success === false
    assert.ok(refused(packNumbers([1, 2, 3, 4])))
    assert.ok(refused(packNumbers([0.1, Number.NaN])))
    assert.ok(refused(packNumbers([Number.POSITIVE_INFINITY])))
    assert.ok(refused({ dtype: 'float64', data: 'AAAA' }))
    assert.ok(refused({ dtype: 'uint8', data: 'A*==' }))
    assert.ok(refused({ dtype: 'uint8', data: 'AAA' }))
    assert.ok(refused({ dtype: 'object', data: '' }))
    assert.ok(!refused(packNumbers([1, 2, 3])))
  })
})
