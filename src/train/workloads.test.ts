import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ContainerRows } from '../extract/container-rows.js'
import type { Extractor } from '../extract/extractor.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { workloadsOf } from './workloads.js'

/** Usage per time and container id, in the form of a dataset per container. */
type Usage = readonly (readonly [time: number, id: string, usage: number])[]

const id = (container: string, pod = container, namespace = 'default') => `f00/${pod}/${container}/${namespace}`

function labels(usage: Usage, rule = {}, metric = 'kepler_container_bpf_cpu_time_ms_total', more = {}) {
  const asked: string[] = []
  const extractor: Extractor = {
    name: 'default',
    extract() {
      throw new Error('workloads need no table of all containers')
    },
    containers(_response, { features }) {
      asked.push(...features)
      return { rows: rowsOf(usage, features), findings: [], scrapes: [] }
    },
  }
  const series = [{ metric, labels: {}, timestamps: new Float64Array(2), values: new Float64Array(2) }]
  const response = {
    ...{ series: new Map([[metric, series]]), metrics: new Map([[metric, 1]]) },
    ...{ samples: 2, bytes: 0, badSamples: [] },
  } as unknown as PrometheusResponse
  const at = workloadsOf(response, extractor, { source: 'acpi', ...more }, rule)
  return { at, asked }
}

function rowsOf(usage: Usage, featureNames: readonly string[]): ContainerRows {
  const timestamps = Float64Array.from(new Set(usage.map(([time]) => time))).sort()
  const rowsOfId = (of: string) => usage.filter(([, container]) => container === of)
  return {
    ...{ source: 'acpi', powers: [], ratios: [], featureNames, timestamps },
    nodeTypes: new Int32Array(timestamps.length),
    containers: [...new Set(usage.map(([, container]) => container))].sort().map((container) => ({
      id: container,
      times: Int32Array.from(rowsOfId(container), ([time]) => timestamps.indexOf(time)),
    })),
    columnsOf(container) {
      const values = new Float64Array(timestamps.length)
      for (const [time, , value] of rowsOfId(container)) values[timestamps.indexOf(time)] = value
      return { features: [values], powers: [], ratios: [] }
    },
  }
}

/** Five times each of `a` and `b`, the share of the busy one at each. */
const two = (share: number, other = 1 - share): Usage =>
  Array.from({ length: 10 }, (_, i) => [
    [i, id('a'), i < 5 ? share : other] as const,
    [i, id('b'), i < 5 ? other : share] as const,
  ]).flat()

describe('workloads', () => {
  it('label times with who uses more than half', () => {
    const { at, asked } = labels(two(0.7))
    assert.ok(at)
    assert.deepEqual(
      Array.from({ length: 10 }, (_, i) => at(i)),
      [...'aaaaabbbbb'],
    )
    assert.deepEqual(asked, ['bpf_cpu_time_ms'])
    assert.equal(at(99), undefined)
  })

  it('count from half on, and not below', () => {
    const shared = (share: number): Usage =>
      two(share, 0.1).flatMap((row) => [row, [row[0], 'rest', (0.9 - share) / 2]])
    assert.ok(labels(shared(0.5)).at)
    assert.equal(labels(shared(0.49)).at, undefined)
  })

  it('with half each are the one whose container comes later', () => {
    const half = two(0.7).concat([
      [20, id('a'), 1],
      [20, id('b'), 1],
    ])
    assert.equal(labels(half).at?.(20), 'b')
  })

  it('with half each are the one that is a workload, whichever container comes later', () => {
    const half = two(0.7).concat([
      [20, id('a'), 1],
      [20, id('zz', 'zz', 'kube-system'), 1],
    ])
    assert.equal(labels(half).at?.(20), 'a')
  })

  it('are none where nobody dominates, however often that is', () => {
    const three: Usage = Array.from({ length: 10 }, (_, i) =>
      [...'bcd'].map((name) => [5 + i, id(name), 1] as const),
    ).flat()
    assert.equal(labels([...two(0.7).filter(([time]) => time < 5), ...three]).at, undefined)
  })

  it('are none where nobody uses anything', () => {
    const idle: Usage = two(0.7).flatMap(([time, of]) => (of === id(time < 5 ? 'a' : 'b') ? [[time, of, 0]] : []))
    assert.equal(labels(idle).at, undefined)
  })

  it('of a guest are found by what its own Kepler measures, by the first usage that there is', () => {
    const metric = 'kepler_process_cpu_instructions_total'
    assert.equal(labels(two(0.7), {}, metric).at, undefined)
    assert.deepEqual(labels(two(0.7), {}, metric, { vm: true }).asked, ['cpu_instructions'])
    assert.deepEqual(labels(two(0.7), {}, 'kepler_container_cpu_cycles_total').asked, ['cpu_cycles'])
  })

  it('need five times each, and two of them', () => {
    assert.equal(labels(two(0.7).slice(0, -2)).at, undefined)
    assert.equal(labels(two(0.7).filter(([, container]) => container !== id('b'))).at, undefined)
  })

  it('are no system containers, and none that the rule calls background', () => {
    const renamed = (container: string): Usage =>
      two(0.7).map(([time, of, use]) => [time, of === id('b') ? container : of, use])
    for (const system of [
      id('etcd', 'etcd', 'kube-system'),
      id('router', 'router', 'openshift-ingress'),
      id('x', 'x', 'system'),
      id('kernel_processes'),
    ]) {
      assert.equal(labels(renamed(system)).at, undefined, system)
    }
    assert.ok(labels(renamed(id('b', 'b', 'systems'))).at)
    assert.equal(labels(two(0.7), { bgHints: ['b'] }).at, undefined)
  })

  it('are pods where there is one container only', () => {
    const pods: Usage = two(0.7).map(([time, of, use]) => [
      time,
      of === id('a') ? id('same', 'one') : id('same', 'two'),
      use,
    ])
    const { at } = labels(pods)
    assert.deepEqual([at?.(0), at?.(9)], ['one', 'two'])
  })

  it('are not known without usage', () => {
    assert.equal(labels(two(0.7), {}, 'kepler_node_platform_joules_total').at, undefined)
    assert.equal(labels(two(0, 0)).at, undefined)
  })
})
