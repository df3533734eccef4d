import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Chart } from '../chart.js'
import type { EstimatedPower } from '../data/estimated-power.js'
import { curveChart } from './curve-chart.js'
import { driftChart } from './drift-chart.js'
import { errorChart } from './error-chart.js'
import { estimateChart } from './estimate-chart.js'
import { isolationChart } from './isolation-chart.js'
import { metadataChart } from './metadata-chart.js'
import { preprocessChart } from './preprocess-chart.js'
import { residualChart } from './residual-chart.js'

const times = [0, 10, 20, 60, 70]
const gaps = [{ from: 20, to: 60 }]
const still = [0, 0, 0, 0, 0]
const busy = [1, 2, 3, 4, 5]
const findings = [{ kind: 'reset', metric: 'joules', count: 2, effect: 'left out', example: 'at 5' }] as never
const found = 'joules: 2 × reset (left out), first at 5'
const dramIsStill = 'dram: 0 W at all times, not drawn.'
const metrics = { mae: 1, mape: 2, rmse: 1, r2: 1 }
const rows = '5 rows, 1970-01-01 00:00:00 to 00:01:10 UTC'

const about = { source: 'acpi', outputType: 'AbsPower', times, gaps, findings }
const estimated: EstimatedPower = {
  ...{ pipeline: 'mine', model: 'm', processor: 'xeon', times, gaps, findings, load: { feature: 'x', values: busy } },
  ...{ coverage: 0.9, method: 'quantile forest', outside: 1 },
  components: [
    { ...metrics, component: 'package', measured: busy, estimated: busy, lower: still, upper: busy, within: 1 },
    { ...metrics, component: 'dram', measured: still, estimated: still },
  ],
}

const ofTime: Readonly<Record<string, Chart>> = {
  estimate: estimateChart(estimated),
  isolation: isolationChart({
    ...about,
    ...{ isolator: 'min', notes: ['what the isolator says'] },
    components: [
      { component: 'package', idle: still, background: still, dynamic: busy },
      { component: 'dram', idle: still, background: still, dynamic: still },
    ],
  }),
  preprocess: preprocessChart({
    ...about,
    power: [
      { component: 'package', watts: busy },
      { component: 'dram', watts: still },
    ],
    usage: [{ feature: 'cpu_cycles', values: busy }],
  }),
}

describe('pictures in the course of time', () => {
  for (const [name, { panels, notes }] of Object.entries(ofTime)) {
    it(`tell what was found and left out: ${name}`, () => {
      assert.deepEqual(notes.slice(-2), [dramIsStill, found])
      assert.ok(panels.every(({ title }) => !title?.startsWith('dram')))
    })

    it(`have axes of time and of watts from zero: ${name}`, () => {
      const [{ x, y, layers }] = panels as [Chart['panels'][number]]
      assert.deepEqual(x, { label: 'time (UTC)', scale: 'time' })
      assert.deepEqual(y, { label: 'power (W)', scale: 'linear', fromZero: true })
      assert.deepEqual(layers[0], { kind: 'span', spans: gaps, colour: 'left-out', name: 'left out or not measured' })
    })

    it(`break all that they draw at gaps: ${name}`, () => {
      for (const layer of panels.flatMap(({ layers }) => layers)) {
        if (layer.kind === 'span') continue
        assert.ok(layer.kind === 'line' || layer.kind === 'band')
        assert.deepEqual(layer.x, [0, 10, 20, 40, 60, 70])
        assert.ok(
          (layer.kind === 'line' ? [layer.y] : [layer.low, layer.high]).every((values) => Number.isNaN(values[3])),
        )
      }
    })
  }

  it('say what they are of', () => {
    assert.equal(ofTime.estimate?.subtitle, `mine: m (xeon); ${rows}`)
    assert.equal(ofTime.isolation?.subtitle, `acpi; ${rows}`)
    assert.equal(ofTime.preprocess?.subtitle, `acpi, AbsPower; ${rows}`)
    assert.match(ofTime.isolation?.title ?? '', /\bmin isolator\b/)
    assert.equal(ofTime.isolation?.notes[0], 'what the isolator says')
  })

  it('draw what was measured as a whole line, and what is estimated dashed in front of its band', () => {
    const layers = ofTime.estimate!.panels[0]!.layers
    assert.deepEqual(
      layers.map((layer) => [layer.kind, layer.colour, 'dashed' in layer && layer.dashed === true]),
      [
        ['span', 'left-out', false],
        ['band', 'estimated', false],
        ['line', 'measured', false],
        ['line', 'estimated', true],
      ],
    )
    assert.equal(ofTime.estimate!.panels[0]!.title, 'package: MAE 1.00 W (2.0 %), 100 % in the band')
    assert.match(ofTime.estimate!.notes[0]!, /^The band holds 90 % of measurements: the model's own/)
    assert.match(ofTime.estimate!.notes[1]!, /^1 of 5 rows have usage outside/)
  })

  it('stack areas that hide what is behind them, without background where there is none', () => {
    const layers = ofTime.isolation!.panels[0]!.layers
    assert.deepEqual(
      layers.map((layer) => [layer.name, layer.kind === 'band' && layer.solid === true]),
      [
        ['left out or not measured', false],
        ['dynamic', true],
        ['idle', true],
      ],
    )
    assert.equal(ofTime.isolation!.panels[0]!.title, 'package: dynamic 100 %')
  })
})

describe('pictures of models', () => {
  it('of residuals are against load, with a line at what is exact', () => {
    const levels = [{ load: 3, low: -1, middle: 0, high: 1 }]
    const of = { pipeline: 'mine', model: 'm', load: { feature: 'cpu_cycles', values: busy }, heldOut: false }
    const dram = { component: 'dram', residuals: still, levels } as const
    const chart = residualChart({
      ...of,
      components: [{ component: 'package', residuals: [0, 1, 0, 0, -1], levels }, dram],
    })
    assert.equal(chart.subtitle, 'mine: m')
    assert.deepEqual(
      chart.panels.map(({ title }) => title),
      ['package'],
    )
    const [{ x, y, layers }] = chart.panels as [Chart['panels'][number]]
    assert.deepEqual(x, { label: 'cpu_cycles (1/s)', scale: 'linear' })
    assert.deepEqual('scale' in y && [y.scale, y.fromZero], ['linear', true])
    const band = layers.find(({ kind }) => kind === 'band')
    assert.ok(band?.kind === 'band')
    assert.deepEqual([band.x, band.low, band.high], [[3], [-1], [1]])
    // Where nothing is off there is one picture all the same.
    const exact = residualChart({ ...of, components: [dram, { ...dram, component: 'package' }] })
    assert.deepEqual([exact.panels.length, exact.panels[0]?.title], [1, 'dram'])
    assert.match(exact.notes[0]!, /^dram, package: estimated as measured/)
  })

  it('of drift name the model or else the pipeline, or nothing', () => {
    const overTime = { pipeline: 'mine', model: 'm', times, errors: busy, normal: 12 }
    const history = { pipeline: 'kept', versions: [], events: [], unreadable: [] }
    assert.equal(driftChart(history, overTime).subtitle, 'mine: m; 1970-01-01 00:00:00 to 00:01:10 UTC')
    assert.equal(driftChart(history, overTime).panels.length, 2)
    assert.equal(driftChart(history, undefined).subtitle, 'versions of kept')
    assert.deepEqual(driftChart(history, undefined).notes, ['No version is kept.'])
    assert.deepEqual(driftChart(undefined, undefined), { title: 'Drift', panels: [], notes: [] })
    const [errors, versions] = driftChart(history, overTime).panels
    for (const panel of [errors!, versions!]) {
      assert.deepEqual(panel.x, { label: 'time (UTC)', scale: 'time' })
      assert.deepEqual(panel.y, { label: 'error (% of the mean power)', scale: 'linear', fromZero: true })
    }
    const points = errors!.layers.find(({ kind }) => kind === 'points')
    assert.ok(points?.kind === 'points' && points.faint === true)
    assert.deepEqual([points.x, points.y], [times, busy])
  })

  it('of drift tell an event with its version, where it has one', () => {
    const event = { time: 60, action: 'paused', why: 'disk full' }
    const history = { pipeline: 'kept', versions: [], events: [event, { ...event, version: 7 }], unreadable: [] }
    assert.deepEqual(driftChart(history, undefined).notes.slice(1), [
      '1970-01-01 00:01:00 paused: disk full',
      '1970-01-01 00:01:00 paused 7: disk full',
    ])
  })

  it('of versions have a line through each slot and marks on it', () => {
    const version = (publishedAt: number, error: number) => ({ version: 1, publishedAt, slots: { a: error } })
    const history = { pipeline: 'kept', versions: [version(100, 5), version(200, 4)], events: [], unreadable: [] }
    const { layers } = driftChart(history, undefined).panels[0]!
    assert.deepEqual(layers, [
      { kind: 'line', x: [100, 200], y: [5, 4], colour: 'series-1' },
      { kind: 'points', x: [100, 200], y: [5, 4], colour: 'series-1', name: 'a' },
    ])
    const six = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((slot) => [slot, 1]))
    const full = driftChart({ ...history, versions: [{ version: 1, publishedAt: 1, slots: six }] }, undefined)
    assert.deepEqual([full.panels[0]!.layers.length, full.notes], [12, []])
  })

  it('of curves have usage and watts from zero, and no band without both of its ends', () => {
    const curve = { name: 'a', usage: [0, 100], watts: [1, 2] }
    const data = (more: object) => ({
      ...{ pipeline: 'mine', folder: 'f', components: ['package'], coverage: 0.9, method: 'published error' as const },
      ...{ curves: [{ ...curve, ...more }], left: 0, unreadable: [] },
    })
    const chart = curveChart(data({}))
    assert.equal(chart.title, 'Power curves of mine')
    assert.deepEqual(chart.notes, [])
    const [{ x, y, layers }] = chart.panels as [Chart['panels'][number]]
    assert.deepEqual(['scale' in x && x.scale, x.fromZero], ['linear', true])
    assert.deepEqual(y, { label: 'power (W)', scale: 'linear', fromZero: true })
    assert.deepEqual(layers, [{ kind: 'line', x: [0, 100], y: [1, 2], colour: 'series-1', dashed: false, name: 'a' }])
    for (const one of [{ low: [0, 0] }, { high: [3, 3] }]) {
      assert.equal(curveChart(data(one)).panels[0]!.layers.length, 1)
    }
    const sure = curveChart(data({ low: [0, 1], high: [2, 3] })).panels[0]!.layers[0]
    assert.ok(sure?.kind === 'band')
    assert.deepEqual([sure.x, sure.high, sure.colour], [[0, 100], [2, 3], 'series-1'])
  })

  it('of errors have a scale from zero, in watts or percent', () => {
    const trainer = { trainer: 'A', error: 0, timeFolds: [], workloadFolds: [], standardError: 0, published: false }
    const slot = { source: 's', outputType: 'AbsPower' as const, featureGroup: 'g', nodeType: 0, trainers: [trainer] }
    const chart = errorChart('mine', [slot])
    assert.match(chart.subtitle ?? '', /^mine; /)
    assert.deepEqual(chart.panels[0]!.x, { label: 'mean absolute error (W)', scale: 'linear', fromZero: true })
    // An error of 0 W is an error like others.
    assert.equal(chart.panels[0]!.title, 's · AbsPower · g · node type 0')
    const points = [{ featureGroup: 'g', nodeType: 0, error: 0 }]
    const kind = { source: 's', outputType: 'AbsPower' as const }
    const metadata = metadataChart('mine', 'package_mae', [
      { ...kind, trainers: [{ trainer: 'A', models: 1, low: 0, middle: 0, high: 0, points }] },
      { ...kind, trainers: [{ trainer: 'A', models: 2, low: 0, middle: 0, high: 0, points }] },
    ])
    assert.equal(metadata.subtitle, 'mine: 3 models')
    assert.deepEqual(metadata.panels[0]!.x, { label: 'package_mae (W)', scale: 'linear', fromZero: true })
    assert.equal(metadata.panels[0]!.title, 's · AbsPower')
  })
})
