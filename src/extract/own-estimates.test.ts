import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meterFamilies } from '../metrics/meter-families.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'
import { realMeterMetric } from '../vocabulary/own-meter.js'
import { energyIn } from './energy.js'
import { measuredSources } from './measured-sources.js'

type Labels = Readonly<Record<string, string>>

function series(metric: string, labels: Labels, values: readonly number[] = [1, 20, 300, 4000]): Series {
  const timestamps = Float64Array.from(values, (_, i) => 1_700_000_000 + 5 * i)
  return { metric, labels, timestamps, values: Float64Array.from(values) }
}

function response(...all: readonly Series[]): PrometheusResponse {
  const byMetric = new Map<string, Series[]>()
  for (const one of all) byMetric.set(one.metric, [...(byMetric.get(one.metric) ?? []), one])
  const metrics = new Map([...byMetric].map(([metric, list]) => [metric, list.length]))
  return { series: byMetric, metrics, samples: 0, bytes: 0, badSamples: [], notices: { warnings: [], infos: [] } }
}

const vocabulary = vocabularyNamed('kepler-0.10')
const joules = 'kepler_node_cpu_joules_total'
const kepler = { instance: 'n1:28282', job: 'kepler', node_name: 'n1', zone: 'package', path: '/sys/class/powercap/0' }
const meter = { instance: 'n1:28283', job: 'power-meter', node_name: 'n1' }
const sourcesOf = (...all: readonly Series[]) =>
  energyIn(response(...all), vocabulary, 'container').map(({ source }) => source)

describe('energy that the power meter estimated', () => {
  it('is known by a metric of the power meter that is always there', () => {
    assert.equal(meterFamilies.realMeter.name, realMeterMetric)
  })

  it('is no label: without a tree, from the same target, or by a Kepler that reads its tree', () => {
    assert.deepEqual(sourcesOf(series(joules, kepler)), ['rapl-sysfs'])
    assert.deepEqual(sourcesOf(series(joules, { ...meter, zone: 'package', path: 'estimate' })), [
      'trained_power_model',
    ])
    const tree = series(joules, { ...meter, zone: 'package', path: '/run/power-meter/class/powercap/intel-rapl:0' })
    assert.deepEqual(sourcesOf(tree, series(realMeterMetric, meter, [1, 1])), ['trained_power_model'])
    const unmetered = series(realMeterMetric, meter, [0, 0])
    assert.deepEqual(sourcesOf(series(joules, kepler), unmetered), ['trained_power_model'])
    const all = response(series(joules, kepler), unmetered)
    assert.throws(() => measuredSources(all, { mode: 'container', vocabulary }), {
      code: 'INVALID_DATA',
      message: /estimated by a model, not measured/,
    })
  })

  it('leaves what is measured: beside a real meter, on another node, in another cluster, by another job', () => {
    for (const other of [
      series(realMeterMetric, meter, [1, 1]),
      series(realMeterMetric, { ...meter, node_name: 'n2' }, [0, 0]),
      series(realMeterMetric, { ...meter, cluster: 'b' }, [0, 0]),
      series(realMeterMetric, { ...meter, instance: kepler.instance }, [1, 1]),
    ]) {
      assert.deepEqual(sourcesOf(series(joules, kepler), other), ['rapl-sysfs'])
    }
    const platform = series('kepler_platform_watts', { ...kepler, source: 'redfish' })
    assert.deepEqual(sourcesOf(platform, series(realMeterMetric, meter, [0, 0])), ['redfish'])
  })

  it('is none of a guest either, where its host has no meter', () => {
    const vm = { ...kepler, path: '', vm_id: 'a', vm_name: 'guest-a' }
    const all = response(series('kepler_vm_cpu_joules_total', vm), series(realMeterMetric, meter, [0, 0]))
    assert.deepEqual(
      energyIn(all, vocabulary, 'vm').map(({ source }) => source),
      ['trained_power_model'],
    )
  })
})
