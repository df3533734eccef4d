import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { table } from '../table/table.js'
import { datasetFromTable, datasetTable } from './dataset-table.js'
import { findings } from './findings.js'
import { impossibleRows } from './impossible.js'
import { leaveOutImpossible } from './leave-out.js'
import { validateResponse } from './validate.js'

const numbers = (count: number, f: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => f(i))
const power = (values: Float64Array, component: 'package' | 'dram' | 'platform' | 'gpu' = 'platform') => ({
  ...{ name: `${component}_power`, component, values },
})
const usage = (values: Float64Array) => ({ name: 'usage', values })
const found = (
  values: Float64Array,
  used?: Float64Array,
  limits = {},
  component: Parameters<typeof power>[1] = 'platform',
) =>
  impossibleRows([power(values, component)], used ? [usage(used)] : [], limits).map(({ row, why }) => [
    row,
    why.split(',')[0],
  ])
/** 100 W and a usage of 10 in twenty rows, with another value in row 9. */
const with9 = (base: number, value: number) => numbers(20, (i) => (i === 9 ? value : base))
const same = numbers(20, () => 10)

describe('the bounds of what cannot be', () => {
  it('are what a component draws, a processor at a time', () => {
    const at = (watts: number, component: Parameters<typeof power>[1], limits = {}) =>
      found(Float64Array.of(watts), undefined, limits, component).length
    for (const [component, most] of [
      ['platform', 20_000],
      ['package', 9600],
      ['dram', 4800],
      ['gpu', 19_200],
    ] as const) {
      assert.deepEqual([at(most, component), at(most + 1, component)], [0, 1], component)
    }
    assert.deepEqual([at(2400, 'package', { chips: 2 }), at(2401, 'package', { chips: 2 })], [0, 1])
    assert.deepEqual([at(20_000, 'platform', { chips: 1 }), at(-0.1, 'platform'), at(0, 'platform')], [0, 1, 0])
  })

  it('are three times all others and 5 W more, without usage that explains it', () => {
    assert.deepEqual(found(with9(100, 305)), [])
    assert.deepEqual(found(with9(100, 306)), [[9, '3.06 times the highest of the others']])
    assert.deepEqual(found(with9(100, 306), with9(10, 15.1)), [])
    assert.deepEqual(found(with9(100, 306), with9(10, 15)).length, 1)
  })

  it('are twice the rows before and after, with the same usage', () => {
    assert.deepEqual(found(with9(100, 205), same), [])
    assert.deepEqual(found(with9(100, 206), same), [[9, '2.06 times the rows before and after']])
    assert.deepEqual(found(with9(100, 206)), [])
    assert.deepEqual(found(with9(100, 206), with9(10, 16)), [])
    const first = numbers(20, (i) => (i === 0 ? 206 : 100))
    assert.deepEqual(
      found(first, same).map(([row]) => row),
      [0],
    )
    assert.deepEqual(
      found(first.slice().reverse(), same).map(([row]) => row),
      [19],
    )
  })

  it('are two fifths of the rows before and after, with the same usage', () => {
    assert.deepEqual(found(with9(100, 35), same), [])
    assert.deepEqual(found(with9(100, 34.9), same), [[9, '35 % of the rows before and after']])
    assert.deepEqual(found(with9(100, 34), with9(10, 6)), [])
    assert.deepEqual(found(with9(100, 34), with9(10, 7)).length, 1)
  })

  it('are usage of fifty times all others, without more power', () => {
    assert.deepEqual(
      found(
        numbers(20, () => 100),
        with9(10, 500),
      ),
      [],
    )
    assert.deepEqual(
      found(
        numbers(20, () => 100),
        with9(10, 501),
      ).map(([row]) => row),
      [9],
    )
    assert.deepEqual(found(with9(100, 151), with9(10, 501)), [])
    assert.deepEqual(found(with9(100, 150), with9(10, 501)).length, 1)
  })

  it('are ten repetitions while usage goes through half of its range', () => {
    const stuck = (run: number, most = 20) =>
      found(
        numbers(30, (i) => (i < run ? 50 : 50 + i)),
        numbers(30, (i) => (i < run ? 10 + (most * i) / run : 10 + i)),
      )
    assert.equal(stuck(10).length, 9)
    assert.equal(stuck(9).length, 0)
    assert.equal(stuck(10, 5).length, 0)
    assert.equal(stuck(15).length, 14)
    assert.equal(stuck(16).length, 0)
    const later = numbers(30, (i) => (i < 12 || i >= 22 ? 50 + i : 60))
    assert.deepEqual(
      found(
        later,
        numbers(30, (i) => 10 + 2 * (i % 12)),
      ).map(([row]) => row),
      [13, 14, 15, 16, 17, 18, 19, 20, 21],
    )
    assert.deepEqual(
      found(
        numbers(30, (i) => (i < 12 ? 0 : i)),
        numbers(30, (i) => 10 + i),
      ),
      [],
    )
  })

  it('need five rows, but for physics', () => {
    const few = (count: number) =>
      found(
        numbers(count, (i) => (i === 1 ? 1000 : 100)),
        numbers(count, () => 10),
      ).length
    assert.deepEqual([few(4), few(5)], [0, 1])
  })
})

describe('rows that cannot be', () => {
  const measured = (rows: number, wrong: number) => {
    const seen = numbers(rows, (i) => i)
    const columns = [power(numbers(rows, (i) => (i < wrong ? -1 : 100)))]
    return { rows: { seen, from: seen, to: seen }, power: { clock: seen, columns }, usages: [], rates: [] } as never
  }

  it('are left out while they are few: three, or a tenth', () => {
    const told = findings()
    assert.deepEqual([...leaveOutImpossible(measured(20, 3), told).from], [...numbers(17, (i) => i + 3)])
    assert.deepEqual(
      told.list().map(({ kind, count, example }) => [kind, count, example]),
      [['impossible value', 3, 'platform_power -1 at 1970-01-01T00:00:00.000Z: negative']],
    )
    assert.equal(leaveOutImpossible(measured(40, 4), findings()).seen.length, 36)
    const many = {
      code: 'INVALID_DATA',
      field: 'platform_power',
      message: /^4 of 39 rows cannot be: platform_power -1 at .*; look at the meter$/,
    }
    assert.throws(() => leaveOutImpossible(measured(39, 4), findings()), many)
    const whole = measured(5, 0) as { rows: object }
    assert.equal(leaveOutImpossible(whole as never, findings()), whole.rows)
  })
})

describe('a dataset as a file', () => {
  const columns = [
    { name: 'timestamp', values: Float64Array.of(1, 2) },
    { name: 'id', values: ['a', 'b'] },
    { name: 'bpf_cpu_time_ms', values: Float64Array.of(3, 4) },
    { name: 'package_0_package_power', values: Float64Array.of(5, 6) },
    { name: 'package_0_dram_power', values: Float64Array.of(7, 8) },
    { name: 'node_type', values: Int32Array.of(0, 1) },
    { name: 'packge_ratio_0', values: Float64Array.of(1, 1) },
  ]
  const meaning = { source: 'rapl-sysfs', outputType: 'DynPower' } as const
  const floats = columns.map((one) => (one.name === 'node_type' ? { ...one, values: Float64Array.of(0, 1) } : one))

  it('is read as it was written', () => {
    const dataset = datasetFromTable(table(floats), meaning)
    assert.deepEqual(
      dataset.powers.map(({ component, unit }) => [component, unit]),
      [
        ['package', '0'],
        ['dram', '0'],
      ],
    )
    assert.deepEqual([dataset.features.map(({ name }) => name), dataset.ratios[0]?.unit], [['bpf_cpu_time_ms'], '0'])
    assert.deepEqual(
      [[...dataset.nodeTypes], dataset.containerIds, dataset.rows, dataset.outputType],
      [[0, 1], ['a', 'b'], 2, 'DynPower'],
    )
    assert.deepEqual(
      datasetTable(dataset).columns.map(({ name }) => name),
      columns.map(({ name }) => name),
    )
    const { containerIds: _, ...whole } = dataset
    assert.equal(
      datasetTable(whole).columns.some(({ name }) => name === 'id'),
      false,
    )
  })

  it('is none without features, or the power of its source', () => {
    const without = (...names: string[]) => table(floats.filter(({ name }) => !names.includes(name)))
    assert.throws(() => datasetFromTable(without('bpf_cpu_time_ms'), meaning), {
      code: 'INVALID_DATA',
      message: /no feature columns/,
    })
    const acpi = { ...meaning, source: 'acpi' }
    assert.throws(() => datasetFromTable(table(floats), acpi), {
      message: 'no power of platform for source "acpi"; power columns: package_0_package_power, package_0_dram_power',
    })
    assert.throws(() => datasetFromTable(without('package_0_package_power', 'package_0_dram_power'), meaning), {
      message: /power columns: none$/,
    })
    const plain = [
      ...floats.slice(0, 3),
      { name: 'platform_power', values: Float64Array.of(5, 6) },
      { name: 'other_power', values: Float64Array.of(1, 2) },
    ]
    const read = datasetFromTable(table(plain), acpi)
    assert.deepEqual(
      [read.powers.map(({ unit }) => unit), read.features.map(({ name }) => name)],
      [[undefined], ['bpf_cpu_time_ms', 'other_power']],
    )
    assert.deepEqual([...read.nodeTypes], [0, 0])
  })
})

describe('what a response has for training', () => {
  const rates = Array.from({ length: 30 }, (_, i) => 10 + (i % 7))
  const metrics = {
    ...raplEnergy({ package: rates.map((rate) => 30 + rate), dram: rates }),
    kepler_container_bpf_cpu_time_ms_total: [{ labels: container('a'), values: counter(rates) }],
    kepler_container_bpf_page_cache_hit_total: [{ labels: container('a'), values: counter(rates) }],
  }

  it('is complete groups, sources with their components, and rows of the first machine', () => {
    const { groups, sources, machines, extractions, usable, otherVocabularies } = validateResponse(
      madeResponse(metrics),
    )
    assert.deepEqual(
      groups.filter(({ missing }) => missing.length === 0).map(({ group }) => group),
      ['BPFOnly'],
    )
    assert.deepEqual(groups.find(({ group }) => group === 'CounterOnly')?.missing, [
      ...[
        'kepler_container_cache_miss_total',
        'kepler_container_cpu_cycles_total',
        'kepler_container_cpu_instructions_total',
      ],
    ])
    const all = ['package', 'core', 'uncore', 'dram']
    assert.deepEqual(sources, [{ source: 'rapl-sysfs', components: all, known: true, missing: [] }])
    assert.deepEqual(
      extractions.map(({ source, group, error }) => [source, group, error]),
      [['rapl-sysfs', 'BPFOnly', undefined]],
    )
    assert.ok(extractions[0]!.rows > 20)
    assert.deepEqual([machines.length, usable, otherVocabularies], [1, true, []])
  })

  it('is named where a component is missing', () => {
    const some = Object.entries(metrics).filter(([name]) => !/_(core|uncore)_/.test(name))
    const { sources } = validateResponse(madeResponse(Object.fromEntries(some)))
    assert.deepEqual(
      [sources[0]?.components, sources[0]?.missing],
      [
        ['package', 'dram'],
        ['core', 'uncore'],
      ],
    )
  })

  it('is nothing usable without energy or a complete group', () => {
    const { kepler_container_bpf_page_cache_hit_total: _, ...noGroup } = metrics
    const without = validateResponse(madeResponse(noGroup))
    assert.deepEqual([without.usable, without.extractions], [false, []])
    const usageOnly = Object.fromEntries(Object.entries(metrics).filter(([name]) => name.includes('container')))
    const noEnergy = validateResponse(madeResponse(usageOnly))
    assert.deepEqual([noEnergy.usable, noEnergy.sources, noEnergy.machines], [false, [], []])
  })
})
