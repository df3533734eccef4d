import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
import { allMeasurements } from '../../extract/measurements.js'
import { meterOf } from '../../extract/meter.js'
import { machinesIn } from './machines.js'

function series(metric: string, labels: Record<string, string>, values: readonly number[] = [1, 2, 3]): Series {
  const timestamps = Float64Array.from(values, (_, i) => i)
  return { metric, labels, timestamps, values: Float64Array.from(values) }
}

function response(...all: readonly Series[]): PrometheusResponse {
  const byMetric = new Map<string, Series[]>()
  for (const one of all) byMetric.set(one.metric, [...(byMetric.get(one.metric) ?? []), one])
  return {
    series: byMetric,
    metrics: new Map(),
    samples: 0,
    bytes: 0,
    badSamples: [],
    notices: { warnings: [], infos: [] },
  }
}

const energy = 'kepler_node_package_joules_total'
const usage = 'kepler_container_bpf_cpu_time_ms_total'

describe('machinesIn', () => {
  it('tells machines apart by the name that Kepler gave them', () => {
    const machines = machinesIn(
      response(
        series(energy, { instance: '10.0.0.1:9102', exported_instance: 'worker-1', source: 'rapl-sysfs' }),
        series('kepler_node_platform_joules_total', { exported_instance: 'worker-1', source: 'acpi' }),
        series(energy, { instance: 'worker-2', source: 'rapl-sysfs' }),
      ),
    )
    assert.deepEqual(
      machines.map(({ machine: { instance, state, sources } }) => [instance, state, ...sources]),
      [
        ['worker-1', 'metered', 'rapl-sysfs', 'acpi'],
        ['worker-2', 'metered', 'rapl-sysfs'],
      ],
    )
  })

  const unmetered: readonly [string, Series, RegExp][] = [
    [
      'estimates',
      series(energy, { instance: 'vm', source: 'trained_power_model' }),
      /estimated, not measured \(source trained_power_model\)/,
    ],
    ['says no source', series(energy, { instance: 'vm' }), /nothing says what/],
    [
      'has a meter that stands still',
      series(energy, { instance: 'vm', source: 'rapl-sysfs' }, [0, 0, 0]),
      /stand still/,
    ],
    ['reports usage alone', series(usage, { instance: 'vm' }), /no energy/],
  ]
  for (const [what, one, why] of unmetered) {
    it(`says that a machine has no meter where Kepler ${what}`, () => {
      const [found] = machinesIn(response(one, series(usage, { instance: 'vm' })))
      assert.equal(found?.machine.state, 'no_meter')
      assert.match(found.machine.why, why)
    })
  }

  it('counts replicas as one machine, and names those apart that share an address', () => {
    const labels = { instance: 'w1:9102', source: 'rapl-sysfs' }
    const replicas = ['a', 'b'].map((replica) => series(energy, { ...labels, replica }, [1, 5, 9]))
    const [one, ...none] = machinesIn(response(...replicas))
    assert.deepEqual([one?.machine.instance, none.length], ['w1:9102', 0])
    assert.equal(one?.response.series.get(energy)?.length, 1)
    const clusters = machinesIn(
      response(
        series(energy, { ...labels, cluster: 'a' }, [1, 5, 9]),
        series(energy, { ...labels, cluster: 'b' }, [1, 90, 99]),
      ),
    )
    assert.deepEqual(
      clusters.map(({ machine: { instance, names } }) => [instance, ...names]),
      [
        ['w1:9102 (cluster=a)', 'w1:9102', 'a'],
        ['w1:9102 (cluster=b)', 'w1:9102', 'b'],
      ],
    )
    for (const { response: own } of clusters) assert.equal(own.series.get(energy)?.length, 1)
  })

  it('takes a machine for metered by any series of its meter that moves, and by none that stands still', () => {
    const meters = [meterOf({ metric: 'ipmi_joules_total', unit: 'joules' })]
    const sources = (...values: readonly (readonly number[])[]) => {
      const inputs = values.map((own, i) => series('ipmi_joules_total', { instance: 'w1:9290', sensor: `${i}` }, own))
      const [found] = machinesIn(response(series(usage, { instance: 'w1:9102' }), ...inputs), {
        ...allMeasurements,
        meters,
      })
      return found?.machine.sources
    }
    assert.deepEqual(sources([300, 300, 300], [300, 310, 300]), ['acpi'])
    assert.deepEqual(sources([Number.NaN, 300, Number.NaN, 301]), ['acpi'])
    assert.deepEqual(sources([300, 300, 300], [5, Number.NaN, 5]), [])
    assert.deepEqual(sources([Number.NaN, Number.NaN]), [])
  })

  it('takes a machine for metered that a meter of its own measures', () => {
    const meters = [meterOf({ metric: 'ipmi_watts', unit: 'watts' })]
    const found = machinesIn(
      response(
        series(usage, { instance: 'w1:9102' }),
        series(usage, { instance: 'w2:9102' }),
        series('ipmi_watts', { instance: 'w1:9290' }, [300, 310, 300]),
      ),
      { ...allMeasurements, meters },
    )
    assert.deepEqual(
      found.map(({ machine: { instance, state, sources } }) => [instance, state, ...sources]),
      [
        ['w1:9102', 'metered', 'acpi'],
        ['w2:9102', 'no_meter'],
      ],
    )
  })

  it('are in the order of their names, whatever the order of their series', () => {
    const names = ['w3', 'w1', 'w10', 'w2'].map((name) => series(usage, { instance: `${name}:9102` }))
    assert.deepEqual(
      machinesIn(response(...names)).map(({ machine: { instance } }) => instance),
      ['w10:9102', 'w1:9102', 'w2:9102', 'w3:9102'],
    )
    assert.deepEqual(machinesIn(response()), [])
  })
})
