import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { timeBlocks, workloadFolds } from './folds.js'

describe('folds', () => {
  it('of time are contiguous, and leave each row out once', () => {
    const times = Float64Array.from({ length: 23 }, (_, i) => (i * 7) % 23)
    const folds = timeBlocks(times, 4)
    assert.equal(folds.length, 4)
    assert.deepEqual(
      folds.flatMap(({ test }) => [...test].map((row) => times[row])),
      [...times].sort((a, b) => a - b),
    )
    for (const { train, test } of folds) {
      assert.deepEqual(
        [...train, ...test].sort((a, b) => a - b),
        [...times.keys()],
      )
    }
  })

  it('of time need rows enough', () => {
    assert.deepEqual(timeBlocks(Float64Array.of(1, 2, 3), 5), [])
  })

  it('of workloads leave workloads out whole, and nobody else', () => {
    const ofRow = Int32Array.from([...'aaaaaabbbbbbbcccccccc..ddddd.e'], (name) => 'abcde'.indexOf(name))
    const folds = workloadFolds({ names: [...'abcde'], ofRow }, 2)
    assert.equal(folds.length, 2)
    for (const { train, test } of folds) {
      const left = new Set([...test].map((row) => ofRow[row]))
      assert.ok([...train].every((row) => !left.has(ofRow[row])))
      // No workload, and one with too few rows, are learnt from always.
      assert.ok(!left.has(-1) && !left.has(4))
      assert.equal(train.length + test.length, ofRow.length)
    }
  })

  it('of workloads are of even size, the largest first: later ones fill up', () => {
    const sizes = [5, 30, 6, 20, 9, 10]
    const ofRow = Int32Array.from(sizes.flatMap((size, workload) => new Array<number>(size).fill(workload)))
    const folds = workloadFolds({ names: [...'abcdef'], ofRow }, 3)
    assert.deepEqual(
      folds.map(({ test }) => test.length).sort((a, b) => a - b),
      [25, 25, 30],
    )
    for (const { test } of folds)
      assert.deepEqual(
        [...test],
        [...test].sort((a, b) => a - b),
      )
  })

  it('of workloads are none where there is one workload only', () => {
    assert.deepEqual(workloadFolds({ names: ['a'], ofRow: new Int32Array(20) }, 4), [])
  })
})
