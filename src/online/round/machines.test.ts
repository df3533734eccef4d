import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
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
})
