import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from './matrix.js'
import { seededRandom } from './random.js'
import { shuffledSplit, takeRows, takeValues } from './split.js'

const sorted = (...parts: Int32Array[]) => parts.flatMap((part) => [...part]).sort((a, b) => a - b)
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)

describe('shuffledSplit', () => {
  it('gives a tenth, rounded up, to the test', () => {
    for (const [rows, test] of [
      [2, 1],
      [10, 1],
      [11, 2],
      [187, 19],
      [2202, 221],
    ] as const) {
      const split = shuffledSplit(rows, 0.1, seededRandom(1))
      assert.equal(split.test.length, test)
      assert.deepEqual(sorted(split.train, split.test), upTo(rows))
    }
  })

  it('leaves a row for each part, whatever share is asked for', () => {
    const sizes = (share: number) => {
      const { train, test } = shuffledSplit(4, share, seededRandom(1))
      return [train.length, test.length]
    }
    assert.deepEqual([0, 0.25, 0.26, 0.5, 1].map(sizes), [
      [3, 1],
      [3, 1],
      [2, 2],
      [2, 2],
      [1, 3],
    ])
  })

  it('lets a single row be both', () => {
    const { train, test } = shuffledSplit(1, 0.1, seededRandom(1))
    assert.deepEqual([...train, ...test], [0, 0])
  })

  it('is decided by the seed', () => {
    const split = (seed: number) => [...shuffledSplit(50, 0.2, seededRandom(seed)).test]
    assert.deepEqual(split(4), split(4))
    assert.notDeepEqual(split(4), split(5))
  })

  it('refuses no rows', () => {
    assert.throws(() => shuffledSplit(0, 0.1, seededRandom(1)), { code: 'INVALID_DATA' })
  })
})

describe('takeRows and takeValues', () => {
  it('copy in the order asked for', () => {
    const x = matrix([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
    assert.deepEqual([...takeRows(x, [2, 0]).data], [5, 6, 1, 2])
    const none = takeRows(x, [])
    assert.deepEqual([none.rows, none.cols, none.data.length], [0, 2, 0])
    const one = takeRows(x, [1])
    one.data[0] = 99
    assert.equal(x.data[2], 3, 'a copy')
    assert.deepEqual([...takeValues(Float64Array.of(7, 8, 9), [2, 0])], [9, 7])
  })
})

describe('seededRandom', () => {
  it('spreads evenly over 0 to 1 and over whole numbers', () => {
    const random = seededRandom(3)
    const counts = new Array<number>(5).fill(0)
    let sum = 0
    for (let k = 0; k < 10_000; k++) {
      const value = random.next()
      assert.ok(value >= 0 && value < 1)
      sum += value
      counts[random.below(5)]!++
    }
    assert.ok(Math.abs(sum / 10_000 - 0.5) < 0.02)
    assert.ok(
      counts.every((count) => count > 1800 && count < 2200),
      `${counts}`,
    )
  })

  it('gives normal numbers of mean 0 and deviation 1', () => {
    const random = seededRandom(5)
    const values = Array.from({ length: 10_000 }, () => random.normal())
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
    assert.ok(Math.abs(mean) < 0.05 && Math.abs(variance - 1) < 0.05)
  })
})
