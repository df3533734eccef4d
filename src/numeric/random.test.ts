import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Random, seededRandom, shuffleInPlace } from './random.js'

describe('seededRandom', () => {
  // Words of sfc32 after twelve that are left out; the seed's low half is `a`, its high half `b`, `c` the golden ratio.
  for (const [seed, words] of [
    [0, [1_427_488_602, 1_980_682_239, 456_575_201]],
    [1, [573_063_952, 3_268_221_502, 703_077_755]],
    [2 ** 32, [3_568_522_572, 2_118_479_590, 2_258_263_061]],
    [2 ** 33 + 5, [156_677_927, 2_589_968_208, 835_587_050]],
    [-1, [754_549_516, 1_829_345_342, 2_785_016_680]],
  ] as const) {
    it(`is sfc32 for the seed ${seed}`, () => {
      const random = seededRandom(seed)
      assert.deepEqual(
        words.map(() => random.next() * 2 ** 32),
        words,
      )
    })
  }

  it('starts at the seed 0 unless it is told', () => {
    assert.equal(seededRandom().next(), seededRandom(0).next())
  })

  it('makes whole numbers and normal ones of the same stream', () => {
    const [a, b] = [seededRandom(3), seededRandom(3)]
    assert.equal(a.below(10), Math.floor(b.next() * 10))
    const [u, v] = [b.next(), b.next()]
    assert.equal(a.normal(), Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v))
  })
})

describe('shuffleInPlace', () => {
  it('swaps each place, from the last on, with one that is not behind it', () => {
    const bounds: number[] = []
    const first: Random = {
      ...seededRandom(),
      below: (bound) => {
        bounds.push(bound)
        return 0
      },
    }
    const values = Int32Array.of(1, 2, 3, 4)
    shuffleInPlace(values, first)
    assert.deepEqual([...values], [2, 3, 4, 1])
    assert.deepEqual(bounds, [4, 3, 2])
  })

  it('leaves one value, and none, as they are', () => {
    for (const values of [Int32Array.of(), Int32Array.of(7)]) {
      const before = [...values]
      shuffleInPlace(values, seededRandom())
      assert.deepEqual([...values], before)
    }
  })
})
