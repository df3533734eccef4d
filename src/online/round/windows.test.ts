import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeatureGroup } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'
import type { MachineData } from './datasets.js'
import { windowSinceDrift } from './drift.js'
import type { ServedModel, ServedPipeline } from './served.js'
import { currentWindowOf } from './windows.js'

/** 200 rows at 100 W, of which the served model says `watts(row)`. */
function scene(watts: (row: number) => number | undefined, publishedPercent?: number) {
  const rows = 200
  const dataset: Dataset = {
    ...{ source: 'acpi', outputType: 'AbsPower', rows, ratios: [], nodeTypes: new Int32Array(rows) },
    timestamps: Float64Array.from({ length: rows }, (_, i) => 1000 + i),
    features: [{ name: 'bpf_cpu_time_ms', values: new Float64Array(rows) }],
    powers: [{ name: 'platform_power', component: 'platform', values: new Float64Array(rows).fill(100) }],
  }
  const model: ServedModel = {
    ...{ name: 'A_0', features: ['bpf_cpu_time_ms'], dataUntil: undefined, highestUsage: undefined },
    published: publishedPercent === undefined ? undefined : { watts: publishedPercent, percent: publishedPercent },
    watts: () => {
      const told = Array.from({ length: rows }, (_, row) => watts(row))
      return told[0] === undefined ? undefined : new Map([['platform', told.map((value) => value ?? 0)]])
    },
  }
  const served = { ofNode: () => [model] } as unknown as ServedPipeline
  const machine = {
    source: 'acpi',
    node: new Map<FeatureGroup, Dataset>([['BPFOnly', dataset]]),
  } as unknown as MachineData
  return currentWindowOf(machine, served)
}

describe('what describes a machine as it is now', () => {
  it('is everything without a served model, or where it says nothing', () => {
    const all = currentWindowOf({ source: 'acpi', node: new Map() } as unknown as MachineData, undefined)
    assert.deepEqual([all.driftingSince, all.isCurrent(0)], [undefined, true])
    const silent = scene(() => undefined)
    assert.deepEqual([silent.driftingSince, silent.isCurrent(1100)], [undefined, true])
  })

  it('begins where the error passes three times that of the publication, and not before', () => {
    // 5 % when it was published: 15 % are allowed. The sum grows by a tenth of what is above.
    const shift = (percent: number) => scene((row) => (row < 100 ? 100 : 100 + percent), 5)
    assert.equal(shift(14.9).driftingSince, undefined)
    const drift = shift(17.5)
    assert.equal(drift.driftingSince, 1100)
    assert.deepEqual([drift.isCurrent(1099), drift.isCurrent(1100), drift.isCurrent(5000)], [false, true, true])
  })

  it('takes an error below a tenth of the power for no drift, whatever was published', () => {
    const shift = (percent: number) => scene((row) => (row < 100 ? 100 : 100 + percent), 1)
    assert.equal(shift(9.9).driftingSince, undefined)
    assert.equal(shift(11).driftingSince, 1100)
    assert.equal(scene((row) => (row < 100 ? 100 : 111)).driftingSince, 1100)
  })

  it('leaves out what is around a moment that was off, alike before and after', () => {
    const errors = new Float64Array(60)
    errors[30] = 1.2
    const { drifting, current } = windowSinceDrift(errors, 0.1)
    assert.equal(drifting, false)
    const off = [...current.keys()].filter((row) => !current[row])
    assert.deepEqual(off, [25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35])
    // The mean of eleven rows is what counts: this one stays within the allowance.
    errors[30] = 1.1
    assert.ok(windowSinceDrift(errors, 0.1001).current.every(Boolean))
    const edge = new Float64Array(20)
    edge[0] = 0.7
    const cut = windowSinceDrift(edge, 0.1).current
    assert.deepEqual(
      [...cut.keys()].filter((row) => !cut[row]),
      [0],
    )
  })

  it('needs a sum of five allowances, a row counting for four at most, and forgets beyond thirty', () => {
    const of = (...runs: readonly (readonly [number, number])[]) =>
      windowSinceDrift(Float64Array.from(runs.flatMap(([rows, value]) => new Array<number>(rows).fill(value))), 1)
        .drifting
    assert.equal(of([1, 1e9]), false)
    assert.equal(of([2, 1e9]), true)
    assert.equal(of([4, 2]), false)
    assert.equal(of([5, 2]), true)
    // After a long drift, 25 normal rows bring the sum of 30 down to 5, and one more below it.
    assert.equal(of([100, 4], [25, 0]), true)
    assert.equal(of([100, 4], [26, 0]), false)
  })
})
