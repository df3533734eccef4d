/**
 * `POST /model` with the two published pipelines loaded, beside an empty JSON route of the same server in the same run.
 * The server is a process of its own; rounds alternate between requests, so a noisy moment hits all of them. CPU is the
 * server's own, per request: it tells what the server costs where the load generator is what limits the rate. An archive is
 * large: the route that sends as many bytes and does nothing else tells how much of its cost is the kernel's copying.
 */
import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createModelServerApp } from '../src/http/model-server-app.js'
import { silentLogger } from '../src/runtime/ports.js'
import { openModelSelector } from '../src/selection/open-model-selector.js'
import { listen } from '../src/service/listen.js'
import { httpLoad } from './support/http-load.js'

const data = resolve('../shared/data/model-db')
const urls = ['ec2-0.7.11', 'specpower-0.7.11'].map((name) => `file://${data}/${name}.zip`)
const rounds = 9
const seconds = 0.5
const connections = 10

const all = [
  'bpf_block_irq',
  'bpf_cpu_time_ms',
  'bpf_net_rx_irq',
  'bpf_net_tx_irq',
  'bpf_page_cache_hit',
  'cache_miss',
  'cpu_cycles',
  'cpu_instructions',
]
const spec = { processor: 'intel_xeon_platinum_8259cl', cores: 96, chips: 2, memory: 377, frequency: 3500 }
const requests = [
  ['empty JSON route', '/empty', {}],
  ['as many bytes', '/bytes', {}],
  ['weights', '/model', { metrics: all, output_type: 'AbsPower', source: 'rapl-sysfs', weight: true }],
  ['archive', '/model', { metrics: all, output_type: 'AbsPower', source: 'rapl-sysfs' }],
  ['acpi, machine spec', '/model', { metrics: all, output_type: 'AbsPower', source: 'acpi', machine_spec: spec }],
  ['acpi, weights', '/model', { metrics: all, output_type: 'AbsPower', source: 'acpi', weight: true }],
] as const

if (process.argv.includes('--serve')) await serve()
else if (existsSync(data)) await measure()
else console.log(`skipped: no published pipelines in ${data}`)

async function serve(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  const selector = await openModelSelector({
    modelPath: folder,
    urls,
    preference: { defaults: { 'rapl-sysfs': 'ec2-0.7.11', acpi: 'specpower-0.7.11' }, local: 'std_v0.7.11' },
  })
  const limits = { maxBodyBytes: 1_048_576, requestTimeout: 10, idleTimeout: 65, maxConnections: 4096 }
  const app = createModelServerApp({ selector, logger: silentLogger, limits, version: '0' })
  app.post('/empty', (_request, reply) => reply.type('application/json; charset=utf-8').send('{}'))
  const bytes = Buffer.alloc(110_000, 'x')
  app.post('/bytes', (_request, reply) => reply.type('application/zip').send(bytes))
  const { port } = await listen('bench', app, { host: '127.0.0.1', port: 0, shutdownTimeout: 1 })
  process.on('disconnect', () => {
    rmSync(folder, { recursive: true })
    process.exit(0)
  })
  process.send?.(port)
}

async function measure(): Promise<void> {
  const server = fork(new URL(import.meta.url), ['--serve'], { execArgv: ['--import', 'tsx'] })
  const [port] = await once(server, 'message')
  const results = requests.map(([name, path, body]) => ({
    name,
    request: rawRequest(path, JSON.stringify(body)),
    rates: [] as number[],
    cpu: [] as number[],
    bytes: 0,
  }))
  for (let round = -1; round < rounds; round++) {
    for (const result of results) {
      const before = cpuSeconds(server)
      const load = await httpLoad({ port, request: result.request, connections, seconds })
      if (round < 0) continue
      result.rates.push(load.requestsPerSecond)
      result.cpu.push(((cpuSeconds(server) - before) / load.answers) * 1e6)
      result.bytes = load.bytesPerAnswer
    }
  }
  server.disconnect()
  const empty = results[0]!
  console.log(`${'POST'.padEnd(20)}${['bytes', 'requests/s', 'of empty', 'CPU µs', 'of empty'].map(cell).join('')}`)
  for (const { name, rates, cpu, bytes } of results) {
    const rate = median(rates)
    const cost = median(cpu)
    const columns = [
      Math.round(bytes),
      Math.round(rate),
      `${Math.round((100 * rate) / median(empty.rates))} %`,
      cost.toFixed(1),
      `${Math.round((100 * median(empty.cpu)) / cost)} %`,
    ]
    console.log(`${name.padEnd(20)}${columns.map(cell).join('')}`)
  }
  await measureStart()
}

/** From the start of the process to the line that names the address, on compiled code: first and later starts. */
async function measureStart(): Promise<void> {
  spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  console.log(`\n${'start, both pipelines'.padEnd(24)}${['ms', 'resident MB'].map(cell).join('')}`)
  for (const what of ['cold', 'again', 'again', 'again']) {
    const started = performance.now()
    const child = spawn(
      process.execPath,
      [
        'dist/bin/model-server.js',
        '--port',
        '0',
        '--host',
        '127.0.0.1',
        '--model-path',
        folder,
        '--log-level',
        'error',
      ].concat(urls.flatMap((url) => ['--pipeline-url', url])),
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let text = ''
    for await (const chunk of child.stdout) {
      text += chunk
      if (text.includes('"model-server"')) break
    }
    const elapsed = performance.now() - started
    const resident = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
    console.log(`${what.padEnd(24)}${[Math.round(elapsed), Math.round(resident)].map(cell).join('')}`)
    child.kill()
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
}

function rawRequest(path: string, body: string): Buffer {
  const head = ['Host: bench', 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}

function cpuSeconds(server: ChildProcess): number {
  const fields = readFileSync(`/proc/${server.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

function cell(value: string | number): string {
  return String(value).padStart(12)
}
