import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Component } from '../core/energy-source.js'
import { impossibleRows } from './impossible.js'

const rows = 60
const column = (name: string, of: (row: number) => number) => ({
  name,
  values: Float64Array.from({ length: rows }, (_, i) => of(i)),
})
const power = (of: (row: number) => number, component: Component = 'package') => ({
  ...column(`${component}_power`, of),
  component,
})
/** Load that goes up and down. */
const load = (row: number) => 50 + 45 * Math.sin(row / 5)
const usage = [column('bpf_cpu_time_ms', (row) => 100 * load(row))]
const watts = (row: number) => 40 + load(row)
const at = (found: ReturnType<typeof impossibleRows>) => found.map(({ row }) => row)

describe('impossibleRows', () => {
  it('finds nothing in load that changes', () => {
    assert.deepEqual(impossibleRows([power(watts)], usage), [])
  })

  it('finds what no machine can draw, and names limit, column and value', () => {
    const found = impossibleRows([power((row) => (row === 20 ? 333_433 : watts(row)))], usage)
    assert.deepEqual(found, [{ row: 20, column: 'package_power', value: 333_433, why: 'more than 9600 W' }])
    assert.deepEqual(at(impossibleRows([power((row) => (row === 9 ? 3000 : watts(row)))], usage, { chips: 2 })), [9])
  })

  it('finds negative watts', () => {
    assert.deepEqual(at(impossibleRows([power((row) => (row === 3 ? -1 : watts(row)))], usage)), [3])
  })

  for (const factor of [2.5, 4, 12]) {
    it(`finds watts that are ${factor} times too high without more usage`, () => {
      assert.deepEqual(at(impossibleRows([power((row) => watts(row) * (row === 33 ? factor : 1))], usage)), [33])
    })
  }

  it('finds two in a row', () => {
    const found = impossibleRows([power((row) => (row === 30 || row === 31 ? 900 : watts(row)))], usage)
    assert.deepEqual(at(found), [30, 31])
  })

  it('finds watts that fall away while usage goes on', () => {
    assert.deepEqual(at(impossibleRows([power((row) => (row === 7 ? 9 : watts(row)))], usage)), [7])
  })

  it('keeps a burst whose usage is as high', () => {
    const burst = (row: number) => (row === 40 ? 12 : 1)
    const quiet = [column('bpf_cpu_time_ms', (row) => 100 * burst(row))]
    assert.deepEqual(impossibleRows([power((row) => 20 * burst(row))], quiet), [])
  })

  it('finds usage that no power goes with', () => {
    const wild = [column('bpf_cpu_time_ms', (row) => (row === 12 ? 167e6 : 100 * load(row)))]
    const [first, ...others] = impossibleRows([power(watts)], wild)
    assert.deepEqual([first?.row, first?.column, others.length], [12, 'bpf_cpu_time_ms', 0])
  })

  it('finds a meter that repeats itself while usage changes, but for the first time', () => {
    const stuck = (row: number) => (row >= 20 && row < 45 ? watts(20) : watts(row))
    assert.deepEqual(
      at(impossibleRows([power(stuck)], usage)),
      Array.from({ length: 24 }, (_, i) => 21 + i),
    )
  })

  it('takes a component that always says the same for one that is not metered', () => {
    assert.deepEqual(impossibleRows([power(watts), power(() => 7, 'uncore')], usage), [])
  })

  it('judges few rows by physics alone', () => {
    const few = { name: 'package_power', component: 'package', values: Float64Array.of(10, 500, 30) } as const
    assert.deepEqual(impossibleRows([few], []), [])
  })
})
