import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { windowSinceDrift } from './drift.js'

const allowance = 0.1
const errors = (...runs: readonly (readonly [rows: number, error: number])[]) =>
  Float64Array.from(runs.flatMap(([rows, error]) => new Array<number>(rows).fill(error)))
const rowsOf = (current: readonly boolean[]) => current.filter(Boolean).length

describe('windowSinceDrift', () => {
  it('takes all rows while the model is right', () => {
    const { drifting, current } = windowSinceDrift(errors([100, 0.05]), allowance)
    assert.equal(drifting, false)
    assert.equal(rowsOf(current), 100)
  })

  it('finds where a drift began, and takes the rows since', () => {
    const { drifting, since, current } = windowSinceDrift(errors([100, 0.02], [20, 0.4]), allowance)
    assert.equal(drifting, true)
    assert.equal(since, 100)
    assert.equal(rowsOf(current), 20)
  })

  it('finds it too where the model is off under load only', () => {
    const alternating = new Array(10).fill([
      [6, 0.35],
      [6, 0.01],
    ] as const)
    const { drifting, since } = windowSinceDrift(errors([100, 0.02], ...alternating.flat()), allowance)
    assert.equal(drifting, true)
    assert.equal(since, 100)
  })

  it('does not call a wild row or two a drift', () => {
    assert.equal(windowSinceDrift(errors([50, 0.02], [1, 1e9]), allowance).drifting, false)
    assert.equal(windowSinceDrift(errors([50, 0.02], [2, 0.25], [50, 0.02]), allowance).drifting, false)
  })

  it('leaves out a bad window that is over', () => {
    const { drifting, current } = windowSinceDrift(errors([100, 0.02], [50, 1e6], [60, 0.02]), allowance)
    assert.equal(drifting, false)
    assert.ok(!current.slice(100, 150).some(Boolean))
    assert.ok(rowsOf(current) >= 140)
  })

  it('finds the second of two drifts', () => {
    const { since } = windowSinceDrift(errors([50, 0.6], [100, 0.02], [20, 0.5]), allowance)
    assert.equal(since, 150)
  })

  it('says nothing of no rows', () => {
    assert.deepEqual(windowSinceDrift(new Float64Array(0), allowance), { drifting: false, since: 0, current: [] })
  })
})
