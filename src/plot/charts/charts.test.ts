import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Chart, Layer } from '../chart.js'
import type { TrainerError, TrainerErrors } from '../data/held-out-errors.js'
import type { MetadataErrors } from '../data/metadata-errors.js'
import type { PowerCurve, PowerCurves } from '../data/power-curves.js'
import { curveChart, mostCurves } from './curve-chart.js'
import { errorChart } from './error-chart.js'
import { metadataChart } from './metadata-chart.js'

const layersOf = (chart: Chart, panel = 0) => chart.panels[panel]?.layers ?? []
const layer = <K extends Layer['kind']>(chart: Chart, kind: K, name?: string, panel = 0) =>
  layersOf(chart, panel).find(
    (one): one is Extract<Layer, { kind: K }> => one.kind === kind && (name === undefined || one.name === name),
  )
const noted = (chart: Chart, text: RegExp) => chart.notes.some((note) => text.test(note))

describe('the picture of errors', () => {
  const trainer = (name: string, error: number, more: Partial<TrainerError> = {}): TrainerError => ({
    ...{ trainer: name, error, timeFolds: [], workloadFolds: [], standardError: 0, published: false, ...more },
  })
  const slot = (...trainers: readonly TrainerError[]): TrainerErrors => ({
    ...{ source: 'acpi', outputType: 'AbsPower', featureGroup: 'BPFOnly', nodeType: 3, trainers },
  })

  it('has each error with its standard error, and the folds', () => {
    const chart = errorChart('mine', [
      slot(
        trainer('LinearRegressionTrainer', 5, { standardError: 2, timeFolds: [4, 6], workloadFolds: [7] }),
        trainer('SGDRegressorTrainer', 1, { standardError: 3, published: false }),
        trainer('KNeighborsRegressorTrainer', 6, { published: true }),
      ),
    ])
    const interval = layer(chart, 'interval')
    assert.deepEqual(interval?.category, ['Linear', 'SGD'])
    assert.deepEqual(
      [interval?.low, interval?.middle, interval?.high],
      [
        [3, 0],
        [5, 1],
        [7, 4],
      ],
    )
    assert.deepEqual(layer(chart, 'points', 'a block of time left out')?.x, [4, 6])
    assert.deepEqual(layer(chart, 'points', 'a workload left out')?.y, ['Linear'])
    assert.deepEqual(layer(chart, 'points', 'mae of the metadata')?.x, [6])
    assert.deepEqual(chart.panels[0]?.y, ['Linear', 'SGD', 'KNeighbors'])
    assert.equal(chart.panels[0]?.title, 'acpi · AbsPower · BPFOnly · node type 3')
    assert.ok(noted(chart, /no error on held-out rows/))
  })

  it('has neither layers nor notes of what there is not', () => {
    const chart = errorChart('mine', [slot(trainer('A', 5))])
    assert.deepEqual(
      layersOf(chart).map(({ kind }) => kind),
      ['interval'],
    )
    assert.deepEqual(chart.notes, [])
    const published = errorChart('mine', [slot(trainer('A', 5, { published: true }))])
    assert.equal(layer(published, 'interval')?.name, undefined)
  })

  it('leaves out what would leave the others no room, and says so', () => {
    const chart = errorChart('mine', [
      slot(trainer('A', 1), trainer('B', 2, { timeFolds: [16, 16.1] }), trainer('C', 16.1), trainer('D', Number.NaN)),
    ])
    // The median is 2 W: at most 8 times that is drawn.
    assert.deepEqual(layer(chart, 'points')?.x, [16])
    assert.deepEqual(layer(chart, 'interval')?.category, ['A', 'B'])
    assert.match(chart.panels[0]?.title ?? '', /\(off the scale: C, D\)$/)
  })

  it('marks what is never chosen, and has twelve panels at most', () => {
    const chart = errorChart('mine', Array(13).fill(slot(trainer('A', 1, { unfit: 'wild' }))))
    assert.equal(chart.panels.length, 12)
    assert.deepEqual(chart.panels[0]?.y, ['A ✕'])
    assert.ok(noted(chart, /^Never chosen while another can be: 12 models/))
    assert.ok(noted(chart, /^1 more slots are not shown/))
    assert.ok(!noted(errorChart('mine', Array(12).fill(slot(trainer('A', 1)))), /more slots/))
  })
})

describe('the picture of errors in the metadata', () => {
  const data = (errors: readonly number[], groups = ['BPFOnly']): MetadataErrors => ({
    ...{ source: 'acpi', outputType: 'AbsPower' },
    trainers: [
      {
        ...{ trainer: 'SGDRegressorTrainer', models: errors.length, low: 1, middle: 2, high: 3 },
        points: errors.map((error, i) => ({ featureGroup: groups[i % groups.length]!, nodeType: i, error })),
      },
    ],
  })

  it('has the interval of each trainer and the points of each group', () => {
    const chart = metadataChart('mine', 'mape', [data([1, 2, 3], ['B', 'A'])])
    assert.equal(chart.subtitle, 'mine: 3 models')
    assert.deepEqual(chart.panels[0]?.y, ['SGD (3)'])
    assert.deepEqual(chart.panels[0]?.x, { label: 'mape (%)', scale: 'linear', fromZero: true })
    assert.deepEqual([layer(chart, 'interval')?.low, layer(chart, 'interval')?.high], [[1], [3]])
    assert.deepEqual(layer(chart, 'points', 'A')?.x, [2])
    assert.deepEqual(layer(chart, 'points', 'B')?.x, [1, 3])
    assert.deepEqual([layer(chart, 'points', 'A')?.symbol, layer(chart, 'points', 'B')?.symbol], ['circle', 'triangle'])
  })

  it('is logarithmic where one error is fifty times the median, with 0 at the least of the others', () => {
    const label = (errors: readonly number[]) => metadataChart('mine', 'mae', [data(errors)]).panels[0]!.x
    const { x } = metadataChart('mine', 'package_mape', [data([1])]).panels[0]!
    assert.equal(x.label, 'package_mape (%)')
    assert.deepEqual(label([1, 100]), { label: 'mae (W)', scale: 'linear', fromZero: true })
    assert.equal(label([1, 100.1]).scale, 'log')
    assert.deepEqual(layer(metadataChart('mine', 'mae', [data([0, 0.5, 101])]), 'points')?.x, [0.5, 0.5, 101])
  })

  it('has no points of more than 400 models', () => {
    const points = (count: number) => layer(metadataChart('mine', 'mae', [data(Array(count).fill(2))]), 'points')
    assert.equal(points(400)?.x.length, 400)
    assert.equal(points(401), undefined)
  })
})

describe('the picture of power curves', () => {
  const curve = (name: string, more: Partial<PowerCurve> = {}): PowerCurve => ({
    ...{ name, usage: [0, 100], watts: [10, 20], ...more },
  })
  const data = (curves: readonly PowerCurve[], more: Partial<PowerCurves> = {}): PowerCurves => ({
    ...{ pipeline: 'mine', folder: 'acpi/AbsPower/BPFOnly', components: ['package', 'dram'], coverage: 0.9 },
    ...{ method: 'held-out blocks', curves, left: 0, unreadable: [], ...more },
  })

  it('has the interval of one curve alone', () => {
    const sure = curve('a', { low: [8, 18], high: [12, 22] })
    const one = curveChart(data([sure]))
    assert.deepEqual(layer(one, 'band', '90 % interval')?.low, [8, 18])
    assert.ok(noted(one, /^The band holds 90 %/))
    assert.equal(one.subtitle, 'acpi/AbsPower/BPFOnly; package + dram; the best model of each node type')
    const two = curveChart(data([sure, curve('b')]))
    assert.equal(layer(two, 'band'), undefined)
    assert.deepEqual(two.notes, [])
  })

  it('has eight colours, and dashes from the ninth on', () => {
    const chart = curveChart(data(Array.from({ length: 9 }, (_, i) => curve(`${i}`))))
    const lines = layersOf(chart).flatMap((one) => (one.kind === 'line' ? [one] : []))
    assert.deepEqual([lines[0]?.colour, lines[7]?.colour, lines[8]?.colour], ['series-1', 'series-8', 'series-1'])
    assert.deepEqual([lines[7]?.dashed, lines[8]?.dashed], [false, true])
    assert.equal(mostCurves, 16)
  })

  it('says what is left out', () => {
    const chart = curveChart(data([curve('a')], { left: 2, unreadable: ['a', 'b', 'c', 'd', 'e'] }))
    assert.ok(noted(chart, /^2 more node types are not shown/))
    assert.equal(chart.notes.filter((note) => note.startsWith('not drawn')).length, 3)
    assert.ok(noted(chart, /^and 2 more$/))
    assert.ok(!noted(curveChart(data([], { unreadable: ['a', 'b', 'c'] })), /^and/))
  })
})
