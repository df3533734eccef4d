import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pairwiseSum } from './pairwise-sum.js'

const upTo = (n: number, f: (i: number) => number) => Float64Array.from({ length: n }, (_, i) => f(i))

describe('pairwiseSum', () => {
  // What `numpy.sum` gives for 1 / k² + 0.1, k from 1 on: eight lanes, blocks of 128, and what does not fill them.
  for (const [count, sum] of [
    [0, 0],
    [1, 1.1],
    [7, 2.211797052154195],
    [8, 2.327422052154195],
    [9, 2.439767731166541],
    [15, 3.0804402834449864],
    [16, 3.1843465334449874],
    [127, 14.337090969798213],
    [128, 14.437152004954463],
    [129, 14.53721209749698],
    [137, 15.337661371631008],
    [257, 27.341050576583328],
    [1000, 101.64393456668157],
    [1025, 104.14395893284457],
    [5000, 501.64473408684694],
  ] as const) {
    it(`adds ${count} values as numpy does`, () => {
      assert.equal(pairwiseSum(upTo(count, (i) => 1 / (i + 1) ** 2 + 0.1)), sum)
    })
  }

  it('adds values of both signs as numpy does', () => {
    const values = upTo(1025, (i) => 0.1 * (i % 7) - 0.3 * (i % 5) + 1e-3 * i)
    assert.equal(pairwiseSum(values), 216.70000000000007)
    assert.equal(pairwiseSum(values.subarray(0, 136)), -31.61999999999999)
  })

  it('adds a window', () => {
    const values = upTo(300, (i) => i)
    for (const [from, count] of [
      [10, 5],
      [3, 20],
      [100, 200],
    ] as const) {
      assert.equal(pairwiseSum(values, from, count), (count * (2 * from + count - 1)) / 2)
    }
  })
})
