import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, type MadeSeries, madeResponse } from '../../test/fixtures/response.js'
import { defaultExtractor } from './default.js'

const steps = 40
const [packages, dram] = ['kepler_node_package_joules_total', 'kepler_node_dram_joules_total']
const scraped = { job: 'kepler', instance: 'node-1' }

/** A counter of these watts with samples from one step to another, the last included. */
function energy(watts: number, labels: MadeSeries['labels'], first = 0, last = steps): MadeSeries {
  const at = Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return {
    labels: { ...scraped, source: 'rapl-sysfs', mode: 'dynamic', ...labels },
    values: at.map((step) => 3 * watts * (step - first)),
    times: at.map((step) => 1000 + 3 * step),
  }
}

function extract(metrics: Readonly<Record<string, readonly MadeSeries[]>>) {
  const usage = [{ labels: container('a'), values: counter(Array.from({ length: steps }, () => 10)) }]
  const response = madeResponse({ ...metrics, kepler_container_bpf_cpu_time_ms_total: usage })
  const request = { features: ['bpf_cpu_time_ms'], source: 'rapl-sysfs', outputType: 'AbsPower' } as const
  const { dataset, findings } = defaultExtractor().extract(response, request)
  const told = findings.filter(({ example }) => !/^(core|uncore|dram) of/.test(example))
  return {
    rows: dataset.rows,
    watts: dataset.powers.map(({ name, values }) => [name, [...new Set(values)]]),
    told: told.map(({ kind, metric, count, example }) => [kind, metric, count, example]),
  }
}

describe('rows of a node', () => {
  const one = energy(50, { package: '0' })

  it('are those in which each package runs: one alone is half of the watts', () => {
    for (const [first, last] of [
      [15, steps],
      [0, 25],
    ] as const) {
      const metrics = { [packages]: [one, energy(30, { package: '1' }, first, last)] }
      const { rows, watts, told } = extract(metrics)
      assert.deepEqual([rows, watts], [25, [['package_power', [80]]]])
      const example = '{mode=dynamic, package=1, source=rapl-sysfs, instance=node-1}'
      assert.deepEqual(told, [['incomplete time', packages, 15, example]])
    }
  })

  it('are those in which each mode runs', () => {
    const idle = energy(20, { package: '0', mode: 'idle' }, 10)
    assert.deepEqual(extract({ [packages]: [one, idle] }).watts, [['package_power', [70]]])
  })

  it('are all but the one between, where an exporter was started again and its series have other labels', () => {
    const before = energy(50, { package: '0', pod: 'x' }, 0, 20)
    const after = energy(50, { package: '0', pod: 'y' }, 21, steps)
    const { rows, watts, told } = extract({ [packages]: [before, after] })
    assert.deepEqual([rows, watts], [39, [['package_power', [50]]]])
    assert.deepEqual(
      told.map(([kind, metric, count]) => [kind, metric, count]),
      [['incomplete time', packages, 1]],
    )
  })

  it('have a component that is known in half of them, and else go without it', () => {
    const from = (first: number) => extract({ [packages]: [one], [dram]: [energy(5, { package: '0' }, first)] })
    const whole = ['package_power', [50]]
    assert.deepEqual(from(0), { rows: 40, watts: [whole, ['dram_power', [5]]], told: [] })
    const half = from(20)
    assert.deepEqual([half.rows, half.watts], [20, [whole, ['dram_power', [5]]]])
    assert.deepEqual(
      half.told.map(([kind, metric, count]) => [kind, metric, count]),
      [['incomplete time', dram, 20]],
    )
    assert.deepEqual(from(21), {
      rows: 40,
      watts: [whole],
      told: [['missing component', dram, 1, 'dram, in less than half of the time']],
    })
  })

  it('are refused where counters of the first component never run together', () => {
    const metrics = { [packages]: [energy(50, { package: '0' }, 0, 20), energy(30, { package: '1' }, 25, steps)] }
    assert.throws(() => extract(metrics), {
      ...{ code: 'INVALID_DATA', field: packages },
      message: /kepler_node_package_joules_total\{.*package=1.*\} runs in 15 of 36 rows, and never together/,
    })
  })
})
