import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { toFloats } from './numpy.js'
import { Opcode } from './opcodes.js'
import { emptyDictionary, pickle, type Picklable } from './pickle.js'
import { unpickle } from './unpickle.js'
import { isNdArray } from './value.js'

const arrayOf = (value: Picklable) => {
  const array = unpickle(pickle(value))
  assert.ok(isNdArray(array))
  return array
}

describe('a pickle that is written', () => {
  it('has arrays of doubles, of whole numbers, and of rows, each with its type and shape', () => {
    const doubles = arrayOf(Float64Array.of(1.5, -2))
    assert.deepEqual([doubles.shape, doubles.dtype.itemSize, doubles.data.length], [[2], 8, 16])
    const whole = arrayOf(Int32Array.of(1, -2, 3))
    assert.deepEqual([whole.shape, whole.dtype.itemSize, whole.data.length], [[3], 4, 12])
    assert.deepEqual([...toFloats(whole, 'x')], [1, -2, 3])
    const rows = arrayOf({ rows: 2, cols: 1, data: Float64Array.of(7, 8) })
    assert.deepEqual([rows.shape, rows.fortranOrder, [...toFloats(rows, 'x')]], [[2, 1], false, [7, 8]])
  })

  it('makes an array and its type as numpy does: dtype(code, False, True), version 1, in the order of C', () => {
    const bytes = pickle(Float64Array.of(1))
    const code = bytes.indexOf('f8')
    assert.deepEqual([...bytes.subarray(code + 2, code + 4)], [Opcode.NEWFALSE, Opcode.NEWTRUE])
    // Whether the order is Fortran's stands before the bytes, which are eight.
    const last = bytes.length - 2 - 1 - 8 - 5
    assert.deepEqual([...bytes.subarray(last - 1, last + 2)], [Opcode.NEWFALSE, Opcode.BINBYTES, 8])
    assert.equal(bytes.readDoubleLE(last + 5), 1)
  })

  it('gives simple values back', () => {
    for (const value of [null, true, false, 0.5, -1e300, 'text', '']) assert.equal(unpickle(pickle(value)), value)
    assert.deepEqual(
      [7n, -1n].map((value) => unpickle(pickle(value))),
      [7, -1],
    )
    assert.deepEqual(unpickle(pickle([1, 'a', null])), [1, 'a', null])
    assert.deepEqual(unpickle(pickle([])), [])
    assert.deepEqual(unpickle(pickle(emptyDictionary)), new Map())
  })
})
