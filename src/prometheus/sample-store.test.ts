import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleStore } from './sample-store.js'

const numbers = (length: number, from = 0) => Float64Array.from({ length }, (_, i) => from + i)
const squares = (length: number) => Float64Array.from({ length }, (_, i) => i * i)

describe('sampleStore', () => {
  it('keeps what it was given, also when that changes', () => {
    const { keep } = sampleStore()
    const buffer = numbers(3)
    const [first, second] = [keep(buffer), keep(numbers(5000, 7))]
    buffer.fill(0)
    assert.deepEqual([[...first], second], [[0, 1, 2], numbers(5000, 7)])
    assert.deepEqual([...keep(new Float64Array(0))], [])
  })

  it('puts many arrays into few slabs, which grow until the C library maps each apart', () => {
    const { keep } = sampleStore()
    const slabs = new Map<ArrayBuffer, number>()
    const kept = Array.from({ length: 8000 }, (_, i) => keep(numbers(3000, i)))
    for (const { buffer } of kept) slabs.set(buffer, buffer.byteLength)
    const sizes = [...slabs.values()]
    assert.ok(sizes.length < 20, `${sizes.length} slabs`)
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => a - b),
    )
    assert.equal(sizes.at(-1), 40 * 2 ** 20)
    assert.ok(kept.every((values, i) => values.length === 3000 && values[0] === i && values[2999] === i + 2999))
  })

  it('gives an array that is longer than a slab memory of its own', () => {
    const long = new Float64Array(6 << 20).fill(3)
    const kept = sampleStore().keep(long)
    assert.equal(kept.length, long.length)
    assert.ok(kept.buffer !== long.buffer && kept.every((value) => value === 3))
  })

  it('gives back what it has packed, between arrays that it keeps', () => {
    const { keep, pack } = sampleStore()
    const buffer = squares(100)
    const first = pack(buffer)
    const kept = keep(numbers(3))
    const second = pack(numbers(1001, 5))
    const third = pack(Float64Array.from({ length: 67 }, (_, i) => i ** 5))
    buffer.fill(0)
    assert.deepEqual(first?.unpack(), squares(100))
    assert.deepEqual([...kept], [0, 1, 2])
    assert.deepEqual(second?.unpack(), numbers(1001, 5))
    assert.deepEqual(
      third?.unpack(),
      Float64Array.from({ length: 67 }, (_, i) => i ** 5),
    )
    assert.deepEqual(first?.unpack(), squares(100))
  })

  it('makes an array once for who reads it number by number, and anew when another was read', () => {
    const { pack } = sampleStore()
    const [first, second] = [pack(squares(100))!, pack(numbers(100))!]
    const array = first.unpack()
    assert.equal(first.unpack(), array)
    assert.equal(second.unpack()[99], 99)
    assert.notEqual(first.unpack(), array)
    assert.deepEqual(first.unpack(), array)
  })

  it('knows whether numbers ever fall', () => {
    const { pack } = sampleStore()
    const falls = (...some: number[]) => pack(Float64Array.from([...numbers(64), ...some]))?.neverFalls
    assert.deepEqual([falls(63), falls(63, 64), falls(62), falls(62, 100)], [true, true, false, false])
    assert.equal(pack(new Float64Array(70))?.neverFalls, true)
  })

  it('does not pack few numbers, nor those that would take as much', () => {
    const { pack } = sampleStore()
    assert.equal(pack(numbers(63)), undefined)
    assert.deepEqual(pack(numbers(64))?.unpack(), numbers(64))
    assert.equal(pack(Float64Array.from({ length: 100 }, (_, i) => Math.sin(i))), undefined)
  })
})
