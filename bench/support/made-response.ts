import { closeSync, openSync, writeSync } from 'node:fs'

const counters: Readonly<Record<string, number>> = {
  bpf_cpu_time_ms: 3000,
  bpf_page_cache_hit: 500,
  bpf_block_irq: 5,
  bpf_net_rx_irq: 50,
  bpf_net_tx_irq: 60,
  cache_miss: 2e6,
  cpu_cycles: 9e9,
  cpu_instructions: 1.1e10,
}
const scrape = {
  container: 'kepler-exporter',
  endpoint: 'http',
  instance: 'node-1',
  job: 'kepler-exporter',
  namespace: 'kepler',
  pod: 'kepler-exporter-abcde',
  service: 'kepler-exporter',
}

/** Writes a response of a busy node, about 23 bytes a sample: 8 counters a container and RAPL energy. @returns bytes */
export function writeMadeResponse(path: string, containers: number, steps: number): number {
  const file = openSync(path, 'w')
  let bytes = 0
  let chunk = ''
  const put = (text: string) => {
    chunk += text
    if (chunk.length > 1 << 20) flush()
  }
  const flush = () => {
    bytes += writeSync(file, chunk)
    chunk = ''
  }
  const series = (labels: object, first: boolean, valueAt: (step: number) => string) => {
    put(`${first ? '' : ', '}{"metric": ${JSON.stringify({ ...scrape, ...labels })}, "values": [`)
    for (let i = 0; i < steps; i++) put(`${i === 0 ? '' : ', '}[${1700000000 + 3 * i}, "${valueAt(i)}"]`)
    put(']}')
  }
  put('{')
  for (const [name, rate] of Object.entries(counters)) {
    put(`${name === 'bpf_cpu_time_ms' ? '' : ', '}"kepler_container_${name}_total": [`)
    for (let c = 0; c < containers; c++) {
      const id = {
        container_id: c.toString(16).padStart(64, '0'),
        container_name: `app${c % 17}`,
        container_namespace: `ns${c % 5}`,
        pod_name: `pod-${c}`,
      }
      let sum = 0
      series(id, c === 0, (i) => {
        sum += (rate * (1 + Math.sin(i / 40 + c)) * 3) / containers
        return String(Math.trunc(sum))
      })
    }
    put(']')
  }
  for (const [component, watts] of Object.entries({ package: 100, core: 0, uncore: 0, dram: 15 })) {
    put(`, "kepler_node_${component}_joules_total": [`)
    for (const [k, mode] of ['idle', 'dynamic'].entries()) {
      let sum = 0
      series({ source: 'rapl-sysfs', mode, package: '0' }, k === 0, (i) => {
        sum += watts * (1 + k * Math.sin(i / 40) ** 2)
        return sum.toFixed(3)
      })
    }
    put(']')
  }
  put('}')
  flush()
  closeSync(file)
  return bytes
}
