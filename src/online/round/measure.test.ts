import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import type { TrainingSet } from '../../train/training-set.js'
import { measured, meanPower, powerSpread, rowErrors } from './measure.js'

type Target = TrainingSet['targets'][number]
const target = (component: Target['component'], ...watts: number[]): Target => ({
  component,
  watts: Float64Array.from(watts),
})

function set(...targets: readonly Target[]): TrainingSet {
  const rows = targets[0]!.watts.length
  return {
    ...{ source: 'rapl-sysfs', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0, features: ['a'], targets },
    x: matrix(Array.from({ length: rows }, () => [0])),
    timestamps: new Float64Array(rows),
  }
}
const own = set(target('package', 10, 20, 30), target('core', 5, 5, 5), target('dram', 1, 2, 6))

describe('the error of a model', () => {
  it('is added up over package and dram, row by row; core is a part of the package', () => {
    const predicted = new Map([
      ['package', [11, 18, 30]],
      ['core', [99, 99, 99]],
      ['dram', [1, 3, 3]],
    ])
    assert.deepEqual([...rowErrors(own, predicted)], [1, 3, 3])
    const { rows, watts, percent, skill, perRow } = measured(own, predicted)
    assert.deepEqual([rows, watts, [...perRow]], [3, 7 / 3, [1, 3, 3]])
    // Mean power is 20 + 3 W; medians are 20 and 2 W, off by 20/3 and 5/3.
    assert.ok(Math.abs(percent - (100 * 7) / 3 / 23) < 1e-12)
    assert.ok(Math.abs(skill - (1 - 7 / 25)) < 1e-12)
  })

  it('counts a component that a model lacks as nothing', () => {
    assert.deepEqual([...rowErrors(own, new Map([['package', [10, 20, 30]]]))], [1, 2, 6])
  })

  it('is infinite where nothing is drawn, and without skill where nothing changes', () => {
    const nothing = measured(set(target('platform', 0, 0)), new Map([['platform', [1, 1]]]))
    assert.deepEqual([nothing.percent, nothing.skill], [Number.POSITIVE_INFINITY, 0])
    const constant = measured(set(target('platform', 7, 7)), new Map([['platform', [7, 7]]]))
    assert.deepEqual([constant.percent, constant.skill], [0, 0])
  })
})

describe('power', () => {
  it('has the mean of what is counted', () => {
    assert.equal(meanPower(own), 23)
    assert.equal(meanPower(set(target('platform', 4, 6))), 5)
  })

  it('varies by what lies between the twentieths, as a share of its mean', () => {
    const column = (component: Target['component'], values: Float64Array) => ({ name: '', component, values })
    const rise = Float64Array.from({ length: 21 }, (_, i) => 100 + i)
    const spread = (...powers: readonly ReturnType<typeof column>[]) => powerSpread({ rows: 21, powers })
    assert.ok(Math.abs(spread(column('platform', rise)) - 18 / 110) < 1e-12)
    const halves = rise.map((value) => value / 2)
    assert.ok(Math.abs(spread(column('package', halves), column('package', halves)) - 18 / 110) < 1e-12)
    assert.ok(Math.abs(spread(column('package', rise), column('core', rise)) - 18 / 110) < 1e-12)
    assert.equal(spread(column('platform', new Float64Array(21))), 0)
  })
})
