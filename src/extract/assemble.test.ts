import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Labels } from '../prometheus/labels.js'
import type { Series } from '../prometheus/response.js'
import { assembleContainers, assembleNode, type Parts } from './assemble.js'
import { findings } from './findings.js'
import type { RowClock } from './row-clock.js'
import { nodeUsage, type Usage } from './usage.js'

const floats = (...values: number[]) => Float64Array.from(values)
const rows: RowClock = { seen: floats(3, 6, 9, 12), from: floats(0, 3, 6, 9), to: floats(3, 6, 9, 12) }

const series = (values: readonly number[], labels: Labels = {}, times: readonly number[] = [3, 6, 9, 12]): Series => ({
  ...{ metric: 'm', labels },
  timestamps: floats(...times),
  values: floats(...values),
})
const usage = (feature: string, of: Readonly<Record<string, readonly (readonly [number, number])[]>>): Usage => ({
  feature,
  counters: new Map(
    Object.entries(of).map(([id, samples]) => [
      id,
      [
        {
          timestamps: floats(...samples.map(([time]) => time)),
          values: floats(...samples.map(([, value]) => value)),
          resets: 0,
        },
      ],
    ]),
  ),
})
/** a runs all the time, b from 3 to 9. */
const time = usage('time', {
  'id-b': [3, 6, 9].map((at) => [at, 30 * at] as const),
  'id-a': [0, 3, 6, 9, 12].map((at) => [at, 3 * at] as const),
})
const cycles = usage('cycles', { 'id-b': [3, 6, 9].map((at) => [at, 7 * at] as const) })

function parts(usages: readonly Usage[], more: Partial<Parts> = {}): Parts {
  return {
    ...{ source: 'rapl-sysfs', mode: 'container', rows, usages, rates: nodeUsage(usages, rows) },
    power: {
      clock: rows.seen,
      columns: [
        { name: 'package_power', component: 'package', values: floats(10, 20, 30, 40) },
        { name: 'dram_power', component: 'dram', values: floats(1, 2, 3, 4) },
      ],
    },
    features: usages.map(({ feature }) => ({ name: feature, kind: 'usage' as const, series: [] })),
    ...{ ratios: [], nodeInfo: [], nodeType: undefined, findings: findings() },
    ...more,
  }
}
const columns = (of: readonly { readonly name: string; readonly values: Float64Array }[]) =>
  of.map(({ name, values }) => [name, ...values])

describe('the dataset of a node', () => {
  it('has a row for each time at which usage was measured, and columns in their order', () => {
    const { features, powers, ratios, timestamps, nodeTypes, ...rest } = assembleNode(parts([time, cycles]))
    assert.deepEqual(rest, { source: 'rapl-sysfs', outputType: 'AbsPower', rows: 4 })
    assert.deepEqual([...timestamps], [3, 6, 9, 12])
    assert.deepEqual([...nodeTypes], [0, 0, 0, 0])
    assert.deepEqual(columns(features), [
      ['time', 3, 33, 33, 3],
      ['cycles', 0, 7, 7, 0],
    ])
    assert.deepEqual(columns(powers), [
      ['package_power', 10, 20, 30, 40],
      ['dram_power', 1, 2, 3, 4],
    ])
    assert.deepEqual(columns(ratios), [['packge_ratio_package', 1, 1, 1, 1]])
  })

  it('leaves out rows without usage', () => {
    const { features, powers, ratios, timestamps } = assembleNode(parts([cycles]))
    assert.deepEqual([...timestamps], [3, 6, 9])
    assert.deepEqual(columns(features), [['cycles', 0, 7, 7]])
    assert.deepEqual(columns(powers)[0], ['package_power', 10, 20, 30])
    assert.deepEqual(columns(ratios), [['packge_ratio_package', 1, 1, 1]])
  })

  it('has rows where an accelerator was read, and all rows with gauges alone', () => {
    const qat = { name: 'qat', kind: 'accelerator' as const, series: [series([5, 6], { type: 'x' }, [6, 12])] }
    const frequency = { name: 'frequency', kind: 'system' as const, series: [series([7, 8, 9, 10])] }
    const read = assembleNode(parts([], { features: [qat, frequency] }))
    assert.deepEqual([...read.timestamps], [6, 12])
    assert.deepEqual(columns(read.features), [
      ['qat_x', 5, 6],
      ['frequency', 8, 10],
    ])
    const both = assembleNode(parts([cycles], { features: [qat, { name: 'cycles', kind: 'usage', series: [] }] }))
    assert.deepEqual([...both.timestamps], [3, 6, 9, 12])
    assert.deepEqual(columns(both.features), [
      ['qat_x', 0, 5, 0, 6],
      ['cycles', 0, 7, 7, 0],
    ])
    assert.equal(assembleNode(parts([], { features: [frequency] })).rows, 4)
    assert.deepEqual(
      [...assembleNode(parts([], { features: [{ ...qat, series: [series([5], {}, [7])] }] })).timestamps],
      [],
    )
  })

  it('has a row where anything of it was measured: the first too, and none where nothing was', () => {
    const qat = (...times: number[]) => ({
      ...{ name: 'qat', kind: 'accelerator' as const },
      series: [
        series(
          times.map(() => 5),
          {},
          times,
        ),
      ],
    })
    const late = usage('late', { 'id-a': [9, 12].map((at) => [at, at] as const) })
    const of = (...times: number[]) => [
      ...assembleNode(parts([late], { features: [qat(...times), { name: 'late', kind: 'usage', series: [] }] }))
        .timestamps,
    ]
    assert.deepEqual(of(3), [3, 9, 12])
    assert.deepEqual(of(6), [6, 9, 12])
  })

  it('has the shares of packages, at the times that have any', () => {
    const ratios = [series([1, 0, 1, 3], { pkg_id: '0' }), series([3, 0, 1, 1], { pkg_id: '1' })]
    const node = assembleNode(parts([time], { ratios }))
    assert.deepEqual([...node.timestamps], [3, 9, 12])
    assert.deepEqual(columns(node.ratios), [
      ['packge_ratio_0', 0.25, 0.5, 0.75],
      ['packge_ratio_1', 0.75, 0.5, 0.25],
    ])
    assert.deepEqual(
      node.ratios.map(({ unit }) => unit),
      ['0', '1'],
    )
    assert.deepEqual(columns(node.powers)[0], ['package_power', 10, 30, 40])
    assert.deepEqual(columns(node.features)[0], ['time', 3, 33, 3])
  })

  it('has the type of the node as it is told, or as it was measured', () => {
    const nodeInfo = [series([1, 1, 2, 2])]
    assert.deepEqual([...assembleNode(parts([cycles], { nodeInfo })).nodeTypes], [1, 1, 2])
    assert.deepEqual([...assembleNode(parts([cycles], { nodeInfo, nodeType: 7 })).nodeTypes], [7, 7, 7])
    assert.deepEqual([...assembleNode(parts([cycles], { nodeInfo, nodeType: 0 })).nodeTypes], [0, 0, 0])
  })

  it('of a platform has no shares', () => {
    assert.deepEqual(assembleNode(parts([time], { source: 'acpi' })).ratios, [])
    assert.deepEqual(assembleContainers(parts([time], { source: 'acpi' })).ratios, [])
  })
})

describe('the rows of containers', () => {
  const timesOf = (given: Parts) => assembleContainers(given).containers.map(({ id, times }) => [id, ...times])

  it('are those in which each was seen, by any feature', () => {
    assert.deepEqual(timesOf(parts([time])), [
      ['id-a', 0, 1, 2, 3],
      ['id-b', 0, 1, 2],
    ])
    assert.deepEqual(timesOf(parts([cycles, usage('x', { 'id-b': [[12, 1]], 'id-c': [[6, 1]] })])), [
      ['id-b', 0, 1, 2, 3],
      ['id-c', 1],
    ])
    assert.deepEqual(timesOf(parts([])), [])
  })

  it('share their times where these are equal', () => {
    const samples = [0, 3, 6].map((at) => [at, at] as const)
    const three = usage('time', { a: samples, b: samples, c: [[6, 1]], d: [[9, 1]], e: samples })
    const [a, b, c, d, e] = assembleContainers(parts([three])).containers.map(({ times }) => times)
    assert.equal(a, b)
    assert.deepEqual(
      [a, c, d, e].map((times) => [...times!]),
      [[0, 1], [1], [2], [0, 1]],
    )
  })

  it('have columns of the container, of the node and of all packages', () => {
    const frequency = { name: 'frequency', kind: 'system' as const, series: [series([7, 8, 9, 10])] }
    const qat = { name: 'qat', kind: 'accelerator' as const, series: [series([5, 5, 5, 5])] }
    const usual = parts([time, cycles])
    const given = parts([time, cycles], { features: [frequency, qat, ...usual.features].reverse(), nodeType: 4 })
    const { columnsOf, containers: _, timestamps, nodeTypes, ...rest } = assembleContainers(given)
    assert.deepEqual(rest, {
      source: 'rapl-sysfs',
      featureNames: ['cycles', 'time', 'frequency'],
      powers: [
        { name: 'package_power', component: 'package' },
        { name: 'dram_power', component: 'dram' },
      ],
      ratios: [{ name: 'packge_ratio_package', unit: 'package' }],
    })
    assert.deepEqual(
      [[...timestamps], [...nodeTypes]],
      [
        [3, 6, 9, 12],
        [4, 4, 4, 4],
      ],
    )
    const { features, powers, ratios } = columnsOf('id-b')
    assert.deepEqual(
      features.map((values) => [...values]),
      [
        [0, 7, 7, 0],
        [0, 30, 30, 0],
        [7, 8, 9, 10],
      ],
    )
    assert.deepEqual(
      [...powers, ...ratios].map((values) => [...values]),
      [
        [10, 20, 30, 40],
        [1, 2, 3, 4],
        [1, 1, 1, 1],
      ],
    )
  })

  it('with shares of packages are those that have a share', () => {
    const of = (id: string, unit: string, values: number[]) => series(values, { container_id: id, pkg_id: unit })
    const named = usage('time', {
      'b///': [0, 3, 6, 9, 12].map((at) => [at, at] as const),
      'a///': [0, 3, 6, 9, 12].map((at) => [at, at] as const),
    })
    const given = parts([named], { ratios: [of('a', '0', [1, 0, 3, 0]), of('a', '1', [1, 0, 1, 0])] })
    const { containers, columnsOf, ratios } = assembleContainers(given)
    assert.deepEqual(
      containers.map(({ id, times }) => [id, ...times]),
      [['a///', 0, 2], ['b///']],
    )
    assert.deepEqual(ratios, [
      { name: 'packge_ratio_0', unit: '0' },
      { name: 'packge_ratio_1', unit: '1' },
    ])
    const shares = (id: string) => columnsOf(id).ratios.map((values) => [...values])
    assert.deepEqual(shares('a///'), [
      [0.5, 0, 0.75, 0],
      [0.5, 0, 0.25, 0],
    ])
    assert.deepEqual(shares('b///'), [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ])
  })
})
