import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../prometheus/labels.js'
import type { Series } from '../prometheus/response.js'
import { findings } from './findings.js'
import { acceleratorClock, acceleratorFeature, nodeTypesAt, systemFeature } from './node-gauges.js'

const series = (times: readonly number[], values: readonly number[], labels: Labels = {}): Series => ({
  ...{ metric: 'm', labels },
  timestamps: Float64Array.from(times),
  values: Float64Array.from(values),
})
const clock = Float64Array.of(0, 3, 6, 9)

describe('gauges of a node', () => {
  it('are means over the series that have a value, without fractions, and the last one known', () => {
    const { name, values } = systemFeature(
      'f',
      [series([0, 6], [10, 20]), series([0], [13]), series([6], [25])],
      clock,
      findings(),
    )
    assert.deepEqual([name, ...values], ['f', 11, 11, 22, 22])
    assert.deepEqual([...systemFeature('f', [], clock, findings()).values], [0, 0, 0, 0])
    assert.deepEqual([...systemFeature('f', [series([5], [-7.5])], clock, findings()).values], [-7, -7, -7, -7])
  })

  it('of accelerators are added up by type, where they were read', () => {
    const all = [
      series([0, 3], [1, 2], { type: 'b' }),
      series([3, 6], [10, 20], { type: 'b' }),
      series([9, 12], [5, 6], { type: 'a' }),
      series([0], [7]),
    ]
    assert.deepEqual(
      acceleratorFeature('f', all, clock, findings()).map(({ name, values }) => [name, ...values]),
      [
        ['f', 7, 0, 0, 0],
        ['f_a', 0, 0, 0, 5],
        ['f_b', 1, 12, 20, 0],
      ],
    )
    assert.deepEqual([...acceleratorClock(all)], [0, 3, 6, 9, 12])
  })

  it('tell the type of the node at each time, 0 where nothing does', () => {
    assert.deepEqual([...nodeTypesAt([series([0, 6], [2, 3]), series([0], [9])], clock, findings())], [2, 2, 3, 3])
    assert.deepEqual([...nodeTypesAt([], clock, findings())], [0, 0, 0, 0])
    assert.deepEqual([...nodeTypesAt([series([], [])], clock, findings())], [0, 0, 0, 0])
  })

  it('tell what was wrong with them', () => {
    const bad = series([0, 3], [Number.NaN, 1])
    for (const read of [
      (found: ReturnType<typeof findings>) => systemFeature('f', [bad], clock, found),
      (found: ReturnType<typeof findings>) => acceleratorFeature('f', [bad, bad], clock, found),
      (found: ReturnType<typeof findings>) => nodeTypesAt([bad], clock, found),
    ]) {
      const found = findings()
      read(found)
      assert.deepEqual(
        found.list().map(({ kind }) => kind),
        ['not finite'],
      )
    }
  })
})
