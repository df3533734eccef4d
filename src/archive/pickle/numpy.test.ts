import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fieldFloats, makeDtype, toFloats } from './numpy.js'
import type { NdArray } from './value.js'

const array = (shape: number[], code: string, data: NdArray['data'], fortranOrder = false): NdArray => ({
  kind: 'ndarray',
  shape,
  dtype: makeDtype(code),
  data,
  fortranOrder,
})
const doubles = (...values: number[]) => new Uint8Array(Float64Array.from(values).buffer)

describe('toFloats', () => {
  it('reads row after row, whatever the order in memory', () => {
    assert.deepEqual([...toFloats(array([2, 3], 'f8', doubles(1, 2, 3, 4, 5, 6)), 'x')], [1, 2, 3, 4, 5, 6])
    assert.deepEqual([...toFloats(array([2, 3], 'f8', doubles(1, 4, 2, 5, 3, 6), true), 'x')], [1, 2, 3, 4, 5, 6])
  })

  it('reads integers, booleans and other byte orders', () => {
    assert.deepEqual([...toFloats(array([2], 'i4', new Uint8Array([255, 255, 255, 255, 2, 0, 0, 0])), 'x')], [-1, 2])
    assert.deepEqual([...toFloats(array([2], 'b1', new Uint8Array([0, 1])), 'x')], [0, 1])
    const swapped = array([1], 'i2', new Uint8Array([1, 2]))
    swapped.dtype.bigEndian = true
    assert.deepEqual([...toFloats(swapped, 'x')], [258])
  })

  it('refuses a shape that the bytes do not fill, before it makes room for it', () => {
    // So many doubles cannot be allocated: trying would be another error.
    for (const data of [doubles(1), [1]]) {
      assert.throws(() => toFloats(array([2 ** 40], 'f8', data), 'coef_'), {
        name: 'ModelError',
        message: /coef_ claims 1099511627776 elements/,
      })
    }
  })

  it('refuses what is no number', () => {
    assert.throws(() => toFloats(array([1], 'O8', ['x']), 'coef_'), /coef_ holds the string x/)
    assert.throws(() => toFloats(array([1], 'V8', doubles(1)), 'coef_'), /elements of type "V8"/)
    assert.throws(() => toFloats('text', 'coef_'), /coef_ is the string text, not an array/)
  })
})

describe('fieldFloats', () => {
  const nodes = (offset: number): NdArray => {
    const made = array([2], 'V16', doubles(1, 2, 3, 4))
    made.dtype.fields = new Map([['threshold', { dtype: makeDtype('f8'), offset }]])
    return made
  }

  it('picks one field of a structure', () => {
    assert.deepEqual([...fieldFloats(nodes(8), 'threshold')!], [2, 4])
    assert.equal(fieldFloats(nodes(8), 'impurity'), undefined)
  })

  it('refuses a field that lies outside', () => {
    assert.throws(() => fieldFloats(nodes(9), 'threshold'), /claims 2 elements, but has 32 bytes/)
    assert.throws(() => fieldFloats(nodes(-1), 'threshold'), /claims 2 elements, but has 32 bytes/)
  })
})
