import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { littleEndian } from './little-endian.js'

const littleEndianHere = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

describe('littleEndian', () => {
  // What a machine of this order has in memory for 1, 258 and so on, told as if it were of the other.
  const arrays = [
    [Float64Array.of(1), [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]],
    [BigInt64Array.of(258n), [2, 1, 0, 0, 0, 0, 0, 0]],
    [Int32Array.of(258, -2), [2, 1, 0, 0, 0xfe, 0xff, 0xff, 0xff]],
    [Uint8Array.of(1, 2, 3), [1, 2, 3]],
  ] as const

  it('has the lowest byte of each element first', () => {
    for (const [data, bytes] of arrays) assert.deepEqual([...littleEndian(data)], bytes)
  })

  it('turns the bytes of each element round on a machine of the other order', () => {
    for (const [data, bytes] of arrays) {
      const size = data.BYTES_PER_ELEMENT
      const turned = Array.from({ length: data.length }, (_, i) =>
        bytes.slice(i * size, (i + 1) * size).reverse(),
      ).flat()
      const other = littleEndian(data, 'BE')
      assert.deepEqual([...other], littleEndianHere ? turned : bytes)
    }
  })

  it('is of a window alone, and leaves what it was made of', () => {
    const all = Int32Array.of(1, 2, 3)
    const bytes = littleEndian(all.subarray(1, 2), 'BE')
    assert.equal(bytes.length, 4)
    assert.deepEqual([...all], [1, 2, 3])
  })
})
