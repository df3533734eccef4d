import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type MadeSeries, madeResponse } from '../../test/fixtures/response.js'
import type { Labels } from '../prometheus/labels.js'
import { nodeOsFeatures } from '../core/feature-group.js'
import { ModelError } from '../core/errors.js'
import type { Series } from '../prometheus/response.js'
import type { Dataset } from './dataset.js'
import { findings } from './findings.js'
import {
  checkOutputType,
  isNodeOsColumn,
  measuredColumns,
  nodeOsSeries,
  nodeOsTargets,
  withCpuRatios,
} from './node-os.js'

const one = (
  labels: Labels,
  values: readonly number[] = [0, 3, 6],
  times: readonly number[] = [0, 3, 6],
): MadeSeries => ({
  ...{ labels, values, times },
})
const at = { instance: 'a' }
/** A node exporter with memory that is used by a quarter, and two processors. */
const exporter = (labels: Labels = at): Record<string, MadeSeries[]> => ({
  node_cpu_seconds_total: ['user', 'nice', 'idle'].map((mode) => one({ ...labels, mode })),
  node_context_switches_total: [one(labels)],
  node_vmstat_pgfault: [one(labels)],
  node_memory_MemTotal_bytes: [one(labels, [8, 8, 8])],
  node_memory_MemAvailable_bytes: [one(labels, [6, 6, 4])],
  node_load1: [one(labels, [1, 2, 4])],
})

function measured(
  metrics: Record<string, MadeSeries[]>,
  columns: readonly string[],
  joined = (all: readonly Series[]) => all,
) {
  const found = findings()
  const series = nodeOsSeries(madeResponse(metrics), columns, joined, found)
  return { series, found: found.list().map(({ kind, metric, example }) => [kind, metric, example]) }
}
/** What a gauge was, by the growth of the counter of it. */
const rates = ({ timestamps, values }: Series) =>
  [...values.slice(1)].map((value, i) =>
    Number(((value - values[i]!) / (timestamps[i + 1]! - timestamps[i]!)).toFixed(9)),
  )

describe('columns of an operating system', () => {
  it('are its features, and all processor time where there are ratios of it', () => {
    assert.deepEqual(measuredColumns(['node_load1']), ['node_load1'])
    assert.deepEqual(measuredColumns(['node_load1', 'node_cpu_user_ratio']), [
      'node_load1',
      'node_cpu_user_ratio',
      'node_cpu_seconds',
    ])
    assert.deepEqual(['node_load1', 'node_cpu_seconds', 'cpu_cycles'].map(isNodeOsColumn), [true, true, false])
  })

  it('become ratios within 0 and 1, 0 where no time was counted', () => {
    const column = (name: string, ...values: number[]) => ({ name, values: Float64Array.from(values) })
    const dataset: Dataset = {
      ...{ source: 'acpi', outputType: 'AbsPower', rows: 4, powers: [], ratios: [] },
      ...{ timestamps: Float64Array.of(1, 2, 3, 4), nodeTypes: new Int32Array(4) },
      features: [
        column('node_cpu_user_ratio', 1, 5, -1, 3),
        column('node_cpu_seconds', 4, 4, 4, 0),
        column('node_load1', 7, 7, 7, 7),
      ],
    }
    assert.deepEqual(
      withCpuRatios(dataset).features.map(({ name, values }) => [name, ...values]),
      [
        ['node_cpu_user_ratio', 0.25, 1, 0, 0],
        ['node_load1', 7, 7, 7, 7],
      ],
    )
    const without = { ...dataset, features: dataset.features.slice(2) }
    assert.equal(withCpuRatios(without), without)
  })

  it('are of the whole machine', () => {
    checkOutputType(['node_load1'], 'AbsPower')
    checkOutputType(['cpu_cycles'], 'DynPower')
    assert.throws(() => checkOutputType(['cpu_cycles', 'node_load1'], 'DynPower'), {
      ...{ code: 'INVALID_REQUEST', field: 'feature-group' },
      message: /^node_load1 is of the whole machine, and DynPower /,
    })
  })

  it('have a target for each exporter that tells all that is needed', () => {
    const both = { ...exporter(), node_context_switches_total: [one(at), one({ instance: 'b' })] }
    const targets = (metrics: Record<string, MadeSeries[]>, features: readonly string[]) =>
      nodeOsTargets(madeResponse(metrics), features).map(({ labels }) => labels.instance)
    assert.deepEqual(targets(both, ['node_load1']), ['a', 'b'])
    assert.deepEqual(targets(both, ['cpu_cycles']), [])
    const less = Object.fromEntries(Object.entries(both).filter(([metric]) => metric !== 'node_load1'))
    assert.deepEqual(targets(less, nodeOsFeatures), [])
  })
})

describe('series of an operating system', () => {
  it('are of the modes of a ratio, of gauges as counters, and none for what is not told', () => {
    const { series, found } = measured(exporter(), [
      'node_cpu_user_ratio',
      'node_cpu_iowait_ratio',
      'node_cpu_seconds',
      'node_load1',
      'node_cpu_frequency_hertz',
      'node_context_switches_per_second',
    ])
    const modes = (column: string) => series.get(column)!.map(({ labels }) => labels.mode)
    assert.deepEqual(modes('node_cpu_user_ratio'), ['user', 'nice'])
    assert.deepEqual(modes('node_cpu_iowait_ratio'), [])
    assert.deepEqual(modes('node_cpu_seconds'), ['user', 'nice', 'idle'])
    assert.equal(series.get('node_context_switches_per_second')![0]!.metric, 'node_context_switches_total')
    const [load] = series.get('node_load1')!
    // Between two readings it is the mean of them.
    assert.deepEqual([rates(load!), load!.labels.__type__], [[1.5, 3], 'gauge'])
    assert.deepEqual(series.get('node_cpu_frequency_hertz'), [])
    assert.deepEqual(found, [['not told', 'node_cpu_scaling_frequency_hertz', 'node_cpu_frequency_hertz']])
    assert.equal(measured({}, []).series.size, 0)
  })

  it('tell memory in use, where total and available are known of one target', () => {
    const used = (metrics: Record<string, MadeSeries[]>) =>
      measured(metrics, ['node_memory_used_ratio']).series.get('node_memory_used_ratio')!
    assert.deepEqual(used(exporter()).map(rates), [[0.25, 0.375]])
    const other = { instance: 'b' }
    const two = {
      ...exporter(),
      node_memory_MemTotal_bytes: [one(other, [10, 10, 10]), one(at, [8, 8, 8])],
      node_memory_MemAvailable_bytes: [one(at, [6, 6, 6]), one(other, [1, 1, 1]), one({ instance: 'c' }, [1, 1, 1])],
    }
    assert.deepEqual(
      used(two).map((series) => [series.labels.instance, ...rates(series)]),
      [
        ['a', 0.25, 0.25],
        ['b', 0.9, 0.9],
      ],
    )
  })

  it('tell the mean frequency of the processors that were read', () => {
    const frequencies = (...all: MadeSeries[]) =>
      measured({ ...exporter(), node_cpu_scaling_frequency_hertz: all }, ['node_cpu_frequency_hertz'])
    const [mean] = frequencies(
      one({ ...at, cpu: '0' }, [100, 100, 100]),
      one({ ...at, cpu: '1' }, [300, 500, 300]),
    ).series.get('node_cpu_frequency_hertz')!
    assert.deepEqual(rates(mean!), [250, 250])
    const [late] = frequencies(
      one({ ...at, cpu: '0' }, [100, 100, 100]),
      one({ ...at, cpu: '1' }, [300, 300], [3, 6]),
    ).series.get('node_cpu_frequency_hertz')!
    assert.deepEqual(rates(late!), [150, 200])
    const [odd] = frequencies(
      one({ ...at, cpu: '0' }, [100, 100, 100]),
      one({ ...at, cpu: '1' }, [300, Number.NaN, 300]),
    ).series.get('node_cpu_frequency_hertz')!
    // The mean of 200 and 100, and of 100 and 200.
    assert.deepEqual(rates(odd!), [150, 150])
    const { series, found } = frequencies(one(at, [1, 1, 1]), one({ instance: 'b' }, [3, 3, 3]))
    assert.deepEqual(
      [series.get('node_cpu_frequency_hertz')!.map(rates), found],
      [
        [
          [1, 1],
          [3, 3],
        ],
        [],
      ],
    )
  })

  it('have no frequency where only others tell theirs, and other errors are errors', () => {
    const metrics = { ...exporter(), node_cpu_scaling_frequency_hertz: [one(at, [1, 1, 1])] }
    const failing = (error: Error) => () =>
      measured(metrics, ['node_cpu_frequency_hertz'], () => {
        throw error
      })
    const { series, found } = failing(new ModelError('INVALID_DATA', 'of nobody'))()
    assert.deepEqual([series.get('node_cpu_frequency_hertz'), found.length], [[], 1])
    assert.throws(failing(new RangeError('odd')), { name: 'RangeError' })
  })

  it('are of the first exporter that the machine has, else the error is that of the first', () => {
    const both = {
      ...exporter(),
      kepler_meter_cpu_seconds_total: [one(at)],
      kepler_meter_context_switches_total: [one(at)],
      kepler_meter_page_faults_total: [one(at)],
      kepler_meter_memory_bytes: [
        one({ ...at, state: 'total' }, [4, 4, 4]),
        one({ ...at, state: 'available' }, [1, 1, 1]),
      ],
      kepler_meter_load1: [one(at, [9, 9, 9])],
    }
    const load = (joined?: (all: readonly Series[]) => readonly Series[]) =>
      measured(both, ['node_load1', 'node_memory_used_ratio'], joined).series
    const only = (prefix: string) => (all: readonly Series[]) => {
      if (all.some(({ metric }) => metric.startsWith(prefix))) return all
      throw new ModelError('INVALID_DATA', `not ${all[0]?.metric}`)
    }
    assert.deepEqual(rates(load().get('node_load1')![0]!), [1.5, 3])
    assert.deepEqual(rates(load(only('kepler_meter')).get('node_load1')![0]!), [9, 9])
    assert.deepEqual(rates(load(only('kepler_meter')).get('node_memory_used_ratio')![0]!), [0.75, 0.75])
    assert.throws(() => load(only('nothing')), { message: 'not node_load1' })
    assert.throws(() => measured({}, ['node_load1']), { code: 'INVALID_DATA', field: 'node_cpu_seconds_total' })
  })
})
