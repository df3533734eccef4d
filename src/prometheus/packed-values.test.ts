import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../numeric/random.js'
import { pack, packedBytes, packingOf, unpack } from './packed-values.js'

/** Packs into a buffer with bytes before and behind, and unpacks. @returns the bytes and the numbers */
function roundTrip(values: readonly number[]): [bytes: number, values: readonly number[]] | undefined {
  const changes = new Float64Array(values.length)
  const packing = packingOf(Float64Array.from(values), changes)
  if (packing === undefined) return undefined
  const bytes = packedBytes(packing)
  const buffer = new Uint8Array(8 + bytes + 8).fill(0xa5)
  pack(changes, packing, buffer.buffer, 8)
  assert.ok(buffer.subarray(0, 8).every((byte) => byte === 0xa5))
  assert.ok(buffer.subarray(8 + bytes).every((byte) => byte === 0xa5))
  return [bytes, [...unpack(packing, buffer.buffer, 8)]]
}

const packs = (values: readonly number[], bytes: number) => assert.deepEqual(roundTrip(values), [bytes, values])
const leaves = (...values: number[]) => assert.equal(roundTrip(values), undefined)

describe('packed values', () => {
  it('are none, one, or equal numbers without a byte', () => {
    packs([], 0)
    packs([7.25], 0)
    packs([-3], 0)
    packs([5, 5, 5, 5], 0)
    packs([0.001, 0.001], 0)
    packs([1, 3, 5, 7], 0)
  })

  it('take one, two or four bytes a change, by the range of changes', () => {
    packs([0, 0, 255], 2)
    packs([0, 0, 256], 4)
    packs([1e9, 1e9 - 100, 1e9 + 55], 2)
    packs([0, 0, 2 ** 16 - 1], 4)
    packs([0, 0, 2 ** 16], 8)
    packs([0, 0, 2 ** 32 - 1], 8)
    leaves(0, 0, 2 ** 32)
  })

  it('are whole multiples of a unit of up to six decimals', () => {
    packs([72345.678, 72346.1, 72346.125], 4)
    packs([0.1, 0.2, 0.3], 0)
    packs([-0.5, 0.25, 2], 2)
    packs([0.000001, 0.000003, 1], 8)
    leaves(0.0000001, 1)
    leaves(1 / 3, 1)
  })

  it('are exact, or left', () => {
    leaves(Number.NaN, 1)
    leaves(1, Number.POSITIVE_INFINITY)
    leaves(Number.NEGATIVE_INFINITY, 1)
    leaves(1, -0)
    packs([2 ** 52 - 1, 2 ** 52], 0)
    leaves(2 ** 52, 2 ** 52 + 1)
    leaves(-(2 ** 52) - 1, -(2 ** 52))
    leaves(2 ** 51 + 0.5, 1)
  })

  it('come back as Prometheus writes counters: milliseconds, millijoules, resets', () => {
    const random = seededRandom(3)
    for (const decimals of [0, 1, 2, 3]) {
      let sum = 0
      const values = Array.from({ length: 500 }, (_, i) => {
        sum = i === 300 ? 0 : sum + random.next() * 900
        return Number(sum.toFixed(decimals))
      })
      assert.deepEqual(roundTrip(values)?.[1], values)
    }
  })
})
