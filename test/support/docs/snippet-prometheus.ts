import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { simulateResponseText } from '../../../src/index.js'
import type { Block } from './blocks.js'

const hour = 3600
const step = 15

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [time: number, value: string])[]
}
type Families = Map<string, Series[]>

/**
 * Gives a clone a Prometheus that has the last hour of three machines: Kepler's metrics, those of a node_exporter, and
 * other meters. It is the one that the pages ask at localhost:9090.
 *
 * @returns the block that starts it
 */
export function putPrometheus(clone: string, now: number): Block {
  const folder = join(clone, '.prometheus')
  mkdirSync(folder)
  writeFileSync(join(folder, 'prometheus.yml'), 'scrape_configs: []\n')
  const samples = join(folder, 'samples.txt')
  writeFileSync(samples, openMetrics(threeMachines(Math.floor(now / 1000) - hour)))
  const made = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', samples, join(folder, 'tsdb')])
  assert.equal(made.status, 0, String(made.stderr))
  rmSync(samples)
  const text = 'prometheus --config.file=.prometheus/prometheus.yml --storage.tsdb.path=.prometheus/tsdb\n'
  const marks = new Map([['serves', 'http://localhost:9090/-/ready']])
  return { page: 'test/support/docs/snippet-prometheus.ts', line: 1, language: 'sh', marks, text }
}

function threeMachines(start: number): Families {
  const families: Families = new Map()
  const add = (name: string, series: Series) => {
    const all = families.get(name) ?? []
    families.set(name, all)
    all.push(series)
  }
  for (const number of [1, 2, 3]) {
    const node = `worker-${number}`
    const simulated = { scenario: 'bursty', seed: number, start, duration: hour, step } as const
    const response = JSON.parse([...simulateResponseText(simulated)].join('')) as Record<string, Series[]>
    for (const [name, all] of Object.entries(response)) {
      for (const { metric, values } of all) {
        const where = { instance: `${node}:9102`, node, cluster: number < 3 ? 'east' : 'west' }
        const { __name__: _, ...labels } = metric
        add(name, { metric: { ...labels, ...where }, values })
      }
    }
    addOtherExporters(add, number, node, response)
  }
  return families
}

/** What an IPMI exporter, a PDU and a node_exporter would say of the same machine. */
function addOtherExporters(
  add: (name: string, series: Series) => void,
  number: number,
  node: string,
  response: Readonly<Record<string, readonly Series[]>>,
): void {
  const platform = sum(response.kepler_node_platform_joules_total ?? [])
  const dram = sum(response.kepler_node_dram_joules_total ?? [])
  const busy = sum(response.kepler_container_bpf_cpu_time_ms_total ?? [])
  const own = (job: string) => ({ instance: node, job })
  const watts = rate(platform).map(([time, value]) => [time, value.toFixed(1)] as const)
  add('ipmi_dcmi_power_consumption_watts', { metric: own('ipmi'), values: watts })
  add('ipmi_dram_joules_total', { metric: own('ipmi'), values: dram.map(([time, joules]) => [time, String(joules)]) })
  const outlet = { instance: 'pdu-1', job: 'pdu', rack: 'r1', outlet: String(number + 2) }
  add('pdu_outlet_watts', { metric: outlet, values: watts })
  const user = busy.map(([time, ms]) => [time, String(ms / 1000)] as const)
  add('node_cpu_seconds_total', { metric: { ...own('node_exporter'), mode: 'user' }, values: user })
  const load = rate(busy).map(([time, ms]) => [time, (ms / 1000).toFixed(2)] as const)
  add('node_load1', { metric: own('node_exporter'), values: load })
}

function sum(all: readonly Series[]): readonly (readonly [number, number])[] {
  const totals = new Map<number, number>()
  for (const { values } of all) {
    for (const [time, value] of values) totals.set(time, (totals.get(time) ?? 0) + Number(value))
  }
  return [...totals].sort(([a], [b]) => a - b)
}

function rate(totals: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] {
  return totals.slice(1).map(([time, total], i) => {
    const [before, earlier] = totals[i]!
    return [time, Math.max(0, (total - earlier) / (time - before))]
  })
}

function openMetrics(families: Families): string {
  const text = [...families].map(([name, all]) => {
    const lines = all.flatMap(({ metric, values }) => {
      const labels = Object.entries(metric).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      return values.map(([time, value]) => `${name}{${labels.join(',')}} ${value} ${time}`)
    })
    const type = name.endsWith('_total') ? 'counter' : 'gauge'
    return `# TYPE ${name.replace(/_total$/, '')} ${type}\n${lines.join('\n')}\n`
  })
  return `${text.join('')}# EOF\n`
}
