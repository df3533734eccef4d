import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { joinSets, subsampled, type TrainingSet } from '../../train/training-set.js'
import { collectedRows } from './collected-rows.js'

function setOf(rows: number, begin: number, features: readonly string[] = ['a', 'b']): TrainingSet {
  const { length: cols } = features
  return {
    source: 'acpi',
    outputType: 'AbsPower',
    group: 'BPFOnly',
    nodeType: 3,
    features,
    x: { rows, cols, data: Float64Array.from({ length: rows * cols }, (_, i) => begin + i) },
    targets: [{ component: 'platform', watts: Float64Array.from({ length: rows }, (_, i) => begin - i) }],
    timestamps: Float64Array.from({ length: rows }, (_, i) => begin + 3 * i),
  }
}

describe('collectedRows', () => {
  it('has the rows that joining all sets at once has, and of many an even share, in shared memory', () => {
    const sets = [setOf(3, 10), setOf(70, 100), setOf(0, 0), setOf(200, 1000)] as const
    const rows = collectedRows(sets[0])
    for (const set of sets.slice(1)) rows.add(set)
    assert.equal(rows.rows, 273)
    assert.deepEqual(rows.take(), joinSets(sets))
    const some = rows.take(50)
    assert.equal(some.x.rows, 50)
    assert.deepEqual(
      { ...some.x, data: [...some.x.data] },
      subsampled(joinSets(sets), 50).x && {
        ...subsampled(joinSets(sets), 50).x,
        data: [...subsampled(joinSets(sets), 50).x.data],
      },
    )
    for (const { buffer } of [some.x.data, some.timestamps, some.targets[0]!.watts]) {
      assert.ok(buffer instanceof SharedArrayBuffer)
    }
  })

  it('takes no rows of a machine that measures something else', () => {
    const rows = collectedRows(setOf(3, 10))
    assert.throws(() => rows.add(setOf(3, 10, ['a', 'c'])), { code: 'SHAPE_MISMATCH', message: /a c platform/ })
    assert.equal(rows.take().x.rows, 3)
  })
})
