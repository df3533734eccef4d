import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { readHistory } from '../support/read-history.js'
import { download } from '../../src/registry/download.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { faultyPrometheus } from '../support/faulty-prometheus.js'
import { startProgram } from '../support/program.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { noSmallDisk, smallDisk } from '../support/small-disk.js'
import { until } from '../support/until.js'

async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

/** Names of all files below a folder. */
const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
const half = /\.(tmp|partial|part)$|\.\d+$/

describe('a full disk', { skip: noSmallDisk }, () => {
  it('stops the online trainer from nothing but writing, until there is room', async () => {
    const disk = smallDisk(8)
    const metric = 'kepler_node_package_joules_total'
    const start = Math.floor(Date.now() / 1000) - 120
    const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start, duration: 720, step: 1 })
    const prometheus = await faultyPrometheus(simulatedPrometheus(response))
    const [modelPath, historyPath] = [join(disk.path, 'models'), join(disk.path, 'history')]
    const program = startProgram('online-trainer', ['--host', '127.0.0.1', '--port', '0'], {
      PROM_SERVER: prometheus.url,
      PROM_QUERY_STEP: '1',
      PROM_QUERY_INTERVAL: '60',
      SAMPLING_INTERVAL: '1',
      MODEL_PATH: modelPath,
      ONLINE_HISTORY_PATH: historyPath,
      ONLINE_TRAINERS: 'SGDRegressorTrainer',
    })
    after(async () => {
      program.signal('SIGKILL')
      await program.ended
      await prometheus.close()
    })
    const [, url = ''] = await program.waitFor(/"online-trainer","url":"(http[^"]+)"/)
    const online = (name: string) => figure(url, `kepler_online_trainer_${name}`)
    await until('a version is served', async () => (await online('served_version')) > 0, program)

    disk.fill()
    const failures = () => online('failures_total{reason="disk"}')
    await until('two failures in a row', async () => (await online('consecutive_failures')) >= 2, program)
    assert.ok((await failures()) >= 2)
    assert.match(program.stderr(), /"level":"error".*"reason":"disk".*ENOSPC/)
    const version = await online('served_version')
    const kept = readFileSync(join(modelPath, '.versions', 'std_v0.7.11', `${String(version).padStart(6, '0')}.zip`))
    assert.deepEqual(readFileSync(join(modelPath, 'std_v0.7.11.zip')), kept)

    disk.empty()
    const published = () => online('rounds_total{outcome="published"}')
    const good = async () => (await online('rounds_total{outcome="kept"}')) + (await published())
    const before = await good()
    await until('two good rounds', async () => (await good()) > before + 1, program)
    assert.equal(await online('consecutive_failures'), 0)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)

    assert.deepEqual(
      filesIn(disk.path).filter((name) => half.test(name)),
      [],
    )
    const segments = readdirSync(historyPath).filter((name) => /^\d+-\d+\.json$/.test(name))
    const { response: history, damaged } = await readHistory(segments.sort().map((name) => join(historyPath, name)))
    assert.deepEqual(damaged, [])
    const times = [...(history.series.get(metric)?.[0]?.timestamps ?? [])]
    assert.ok(times.length >= 120)
    // One second after the other: nothing is missing.
    assert.equal(times.at(-1)! - times[0]!, times.length - 1)
  })

  it('refuses a job, or fails it, and tells who waits; the next one has room', async () => {
    const disk = smallDisk(8)
    const args = ['--host', '127.0.0.1', '--port', '0', '--jobs-path', join(disk.path, 'jobs')]
    const program = startProgram('offline-trainer', args, { MODEL_PATH: join(disk.path, 'models') })
    after(async () => {
      program.signal('SIGKILL')
      await program.ended
    })
    const [, url = ''] = await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
    const measured = [...responseChunks({ scenario: scenarioNamed('mixed'), duration: 120 })].join('')
    const trainers = ['SGDRegressorTrainer']
    const trainer = { abs_trainers: trainers, dyn_trainers: trainers, isolator: 'MinIdleIsolator', isolator_args: {} }
    const request = JSON.stringify({
      name: 'small',
      energy_source: 'acpi',
      trainer,
      prom_response: JSON.parse(measured),
    })
    const train = () => fetch(`${url}/train`, { method: 'POST', body: request })

    disk.fill()
    const refused = await train()
    assert.equal(refused.status, 503)
    assert.match(await refused.text(), /cannot be kept: ENOSPC/)
    assert.equal((await fetch(`${url}/healthz`)).status, 200)

    // The request fits, what is trained does not.
    disk.empty()
    disk.fill(Buffer.byteLength(request) + 16_384)
    const failed = await train()
    assert.ok(failed.status >= 500, `${failed.status}`)
    assert.match(await failed.text(), /ENOSPC/)
    assert.match(program.stderr(), /job failed/)

    disk.empty()
    const done = await train()
    assert.equal(done.status, 200, await done.clone().text())
    assert.ok((await done.arrayBuffer()).byteLength > 0)
    assert.deepEqual(
      filesIn(disk.path).filter((name) => half.test(name)),
      [],
    )
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })

  it('stops a download, which goes on from there when there is room', async () => {
    const disk = smallDisk(4)
    const content = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => i % 251))
    const ranges: (string | undefined)[] = []
    const server: Server = createServer((request, response) => {
      if (request.url?.endsWith('.sha256')) return response.writeHead(404).end()
      const { range } = request.headers
      ranges.push(range)
      const from = Number(/\d+/.exec(range ?? '')?.[0] ?? 0)
      const headers = { etag: '"one"', 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }
      return response.writeHead(range ? 206 : 200, headers).end(content.subarray(from))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.zip`
    const path = join(disk.path, 'file.zip')
    disk.fill(500_000)
    await assert.rejects(download(url, path, { retryDelay: 1 }), {
      code: 'UNAVAILABLE',
      message: /cannot be kept: ENOSPC/,
    })
    assert.equal(ranges.length, 1)
    assert.ok(!readdirSync(disk.path).includes('file.zip'))
    disk.empty()
    await download(url, path, { retryDelay: 1 })
    assert.deepEqual(readFileSync(path), content)
    assert.match(ranges[1] ?? '', /^bytes=\d{6}-$/)
  })
})
