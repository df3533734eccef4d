import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Chart, Layer } from '../chart.js'
import type { EstimatedPower } from '../data/estimated-power.js'
import { driftChart } from './drift-chart.js'
import { estimateChart } from './estimate-chart.js'
import { isolationChart } from './isolation-chart.js'
import { preprocessChart } from './preprocess-chart.js'
import { residualChart } from './residual-chart.js'

const layersOf = (chart: Chart, panel = 0) => chart.panels[panel]?.layers ?? []
const layer = <K extends Layer['kind']>(chart: Chart, kind: K, name?: string, panel = 0) =>
  layersOf(chart, panel).find(
    (one): one is Extract<Layer, { kind: K }> => one.kind === kind && (name === undefined || one.name === name),
  )
const noted = (chart: Chart, text: RegExp) => chart.notes.some((note) => text.test(note))

describe('pictures in the course of time', () => {
  const times = [0, 10, 20]

  it('of isolated power stack idle, background and dynamic, with their shares', () => {
    const split = { component: 'package', idle: [10, 10, 10], background: [0, 10, 20], dynamic: [20, 10, 10] } as const
    const common = { source: 'acpi', isolator: 'min', times, gaps: [], notes: ['a note'], findings: [] }
    const chart = isolationChart({ ...common, components: [split] })
    assert.equal(chart.panels[0]?.title, 'package: idle 30 %, background 30 %, dynamic 40 %')
    assert.deepEqual(layer(chart, 'band', 'idle')?.high, [10, 10, 10])
    assert.deepEqual(layer(chart, 'band', 'background')?.high, [10, 20, 30])
    assert.deepEqual(
      [layer(chart, 'band', 'dynamic')?.low, layer(chart, 'band', 'dynamic')?.high],
      [
        [10, 20, 30],
        [30, 30, 40],
      ],
    )
    assert.deepEqual(chart.notes, ['a note'])
    const quiet = { ...split, background: [0, 0, 0] }
    assert.equal(layer(isolationChart({ ...common, components: [quiet] }), 'band', 'background'), undefined)
    const nothing = { ...split, idle: [0, 0, 0], background: [0, 0, 0], dynamic: [0, 0, 0] }
    assert.equal(isolationChart({ ...common, components: [nothing] }).panels[0]?.title, 'package: no power')
  })

  it('of what models learn from have power first, then usage with its unit', () => {
    const chart = preprocessChart({
      ...{ source: 'acpi', outputType: 'AbsPower', times, gaps: [{ from: 10, to: 20 }], findings: [] },
      power: [{ component: 'platform', watts: [1, 2, 3] }],
      usage: [
        { feature: 'bpf_cpu_time_ms', values: [4, 5, 6] },
        { feature: 'accelerator_load', values: [0, 0, 0] },
      ],
    })
    assert.deepEqual(
      chart.panels.map(({ title, y }) => [title, 'label' in y && y.label]),
      [
        ['platform', 'power (W)'],
        ['bpf_cpu_time_ms', 'usage (ms/s)'],
        ['accelerator_load', 'usage'],
      ],
    )
    assert.equal(layer(chart, 'line', 'power')?.colour, 'series-2')
    assert.equal(layer(chart, 'line', 'usage', 1)?.colour, 'series-1')
    assert.deepEqual(layer(chart, 'span')?.spans, [{ from: 10, to: 20 }])
  })

  const component = {
    ...{ component: 'platform', measured: [10, 20, 30], estimated: [11, 19, 30] },
    ...{ mae: 0.667, mape: 5, rmse: 1, r2: 1 },
  } as const
  const estimated = (more: Partial<EstimatedPower> = {}) =>
    ({
      ...{ pipeline: 'mine', model: 'm', times, components: [component], load: { feature: 'x', values: [1, 2, 3] } },
      ...{ coverage: 0.9, method: 'held-out blocks', outside: 0, gaps: [], findings: [], ...more },
    }) as EstimatedPower

  it('of estimates say how far they are off, and how sure they are', () => {
    const plain = estimateChart(estimated())
    assert.equal(plain.panels[0]?.title, 'platform: MAE 0.67 W (5.0 %)')
    assert.ok(noted(plain, /there is no band/))
    assert.equal(layer(plain, 'band'), undefined)
    assert.deepEqual(layer(plain, 'line', 'measured')?.y, [10, 20, 30])
    assert.deepEqual(layer(plain, 'line', 'estimated')?.y, [11, 19, 30])
    const banded = {
      ...component,
      component: 'platform' as const,
      lower: [9, 18, 29],
      upper: [12, 22, 31],
      within: 2 / 3,
      mape: -1,
    }
    const sure = estimateChart(estimated({ components: [banded], outside: 2 }))
    assert.equal(sure.panels[0]?.title, 'platform: MAE 0.67 W, 67 % in the band')
    assert.deepEqual(layer(sure, 'band', '90 % interval')?.high, [12, 22, 31])
    assert.ok(noted(sure, /^2 of 3 rows have usage outside/))
    assert.ok(!noted(plain, /outside/))
  })

  it('of residuals leave out what is exact, and say whether the rows were held out', () => {
    const residuals = (values: readonly number[]) => ({
      component: 'package' as const,
      residuals: values,
      levels: [{ load: 2, low: -1, middle: 0.5, high: 1 }],
    })
    const of = (components: readonly ReturnType<typeof residuals>[], heldOut = false) =>
      residualChart({ pipeline: 'mine', model: 'm', load: { feature: 'a_us', values: [1, 2] }, components, heldOut })
    const chart = of([residuals([1, -1])])
    assert.equal(chart.panels[0]?.x.label, 'a_us (µs/s)')
    assert.deepEqual(
      [layer(chart, 'points')?.x, layer(chart, 'points')?.y],
      [
        [1, 2],
        [1, -1],
      ],
    )
    assert.deepEqual([layer(chart, 'band')?.low, layer(chart, 'line')?.y], [[-1], [0.5]])
    assert.ok(noted(chart, /new ones have larger residuals/))
    assert.notEqual(of([residuals([1, 1])], true).title, chart.title)
    const some = of([residuals([0, 0]), { ...residuals([1, 0]), component: 'package' }])
    assert.equal(some.panels.length, 1)
    assert.ok(noted(some, /^package: estimated as measured/))
    assert.equal(of([residuals([0, 0])]).panels.length, 1)
  })

  it('of drift have the error of rows, its mean, what is normal and since when it is not', () => {
    const errors = Array.from({ length: 20 }, (_, i) => i)
    const over = { pipeline: 'mine', model: 'm', times: errors.map((i) => 60 * i), errors, normal: 12.4 }
    const none = driftChart(undefined, over)
    assert.equal(layer(none, 'span'), undefined)
    assert.deepEqual(layer(none, 'rule')?.at, { y: 12.4 })
    assert.ok(noted(none, /^No drift: .* above 12 %/))
    const mean = layer(none, 'line', 'mean of 11 rows')
    // Row 10 with five on either side; the first has itself and five behind it.
    assert.deepEqual([mean?.y[10], mean?.y[0], mean?.y[19]], [10, 2.5, 16.5])
    const drifting = driftChart(undefined, { ...over, driftingSince: 600 })
    assert.deepEqual(layer(drifting, 'span')?.spans, [{ from: 600, to: 1140 }])
    assert.ok(noted(drifting, /^Drifting since 1970-01-01 00:10:00 UTC/))
  })

  it('of versions have the error of each slot, and when one was taken back', () => {
    const version = (number: number, slots: Record<string, number>) => ({
      version: number,
      publishedAt: 100 * number,
      slots,
    })
    const event = (time: number, action: string) => ({ time, action, version: time, why: `why ${time}` })
    const history = {
      pipeline: 'mine',
      versions: [version(1, { a: 5 }), version(2, { a: 4, b: 3 })],
      events: [event(1, 'published'), event(2, 'rolled-back'), event(3, 'x'), event(4, 'y'), event(5, 'z')],
      unreadable: ['version 3: damaged'],
    }
    const chart = driftChart(history, undefined)
    assert.deepEqual(
      [layer(chart, 'points', 'a')?.x, layer(chart, 'points', 'a')?.y],
      [
        [100, 200],
        [5, 4],
      ],
    )
    assert.deepEqual(layer(chart, 'points', 'b')?.x, [200])
    assert.deepEqual(layer(chart, 'rule', 'rolled back')?.at, { x: 2 })
    assert.deepEqual(chart.notes.slice(0, 1), ['1970-01-01 00:00:02 rolled-back 2: why 2'])
    assert.equal(chart.notes.length, 5)
    assert.ok(noted(chart, /^not read: version 3/))
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`slot ${7 - i}`, i]))
    const crowded = driftChart({ ...history, versions: [version(1, many)] }, undefined)
    assert.ok(noted(crowded, /^2 more slots/))
    const drawn = layersOf(crowded).filter(({ kind }) => kind === 'points')
    assert.deepEqual(
      drawn.map(({ name }) => name),
      ['slot 0', 'slot 1', 'slot 2', 'slot 3', 'slot 4', 'slot 5'],
    )
    assert.equal(new Set(drawn.map(({ colour }) => colour)).size, 6)
    assert.ok(noted(driftChart({ ...history, versions: [] }, undefined), /^No version is kept/))
  })
})
