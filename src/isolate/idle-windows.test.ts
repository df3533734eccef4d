import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Dataset } from '../extract/dataset.js'
import { profileOfIdleWindows } from './idle-windows.js'

/** A node of two packages at 30 W each when idle and 1 W more per ms of work. */
function node(work: readonly number[]): Dataset {
  const watts = Float64Array.from(work, (ms) => 30 + ms / 2)
  return {
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    rows: work.length,
    timestamps: Float64Array.from(work, (_, i) => 1000 + 3 * i),
    features: [
      { name: 'bpf_cpu_time_ms', values: Float64Array.from(work) },
      { name: 'bpf_page_cache_hit', values: new Float64Array(work.length).fill(7) },
    ],
    powers: ['0', '1'].map((unit) => ({
      name: `package_${unit}_package_power`,
      component: 'package',
      unit,
      values: watts,
    })),
    ratios: [],
    nodeTypes: new Int32Array(work.length).fill(3),
  }
}

const repeat = (count: number, value: (i: number) => number) => Array.from({ length: count }, (_, i) => value(i))
const busy = repeat(100, (i) => 100 + (i % 7))

describe('profileOfIdleWindows', () => {
  it('finds what a node drew while it rested', () => {
    const profile = profileOfIdleWindows(node([...busy, ...repeat(40, (i) => i % 2), ...busy]))
    const { lowest, highest, units } = profile!.power['rapl-sysfs']!.package!['3']!
    assert.ok(lowest >= 30 && highest <= 34 && lowest < highest, `${lowest} to ${highest}`)
    assert.deepEqual([units, profile!.containers], [2, []])
  })

  it('takes neither a short rest nor a node that always works or always rests for idle', () => {
    assert.equal(profileOfIdleWindows(node([...busy, ...repeat(8, () => 0), ...busy])), undefined)
    assert.equal(profileOfIdleWindows(node(busy)), undefined)
    assert.equal(profileOfIdleWindows(node(repeat(100, (i) => 1 + (i % 2) / 10))), undefined)
    assert.equal(profileOfIdleWindows(node([])), undefined)
  })
})
