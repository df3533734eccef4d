import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fakeSystem } from '../support/fake-proc.js'
import { startProgram } from '../support/program.js'
import { freePort } from '../support/prometheus.js'
import { messages, protobufFields } from '../support/protobuf.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Name, unit, and points of each metric of an `ExportMetricsServiceRequest` (opentelemetry/proto/metrics/v1). */
function metricsOf(body: Buffer) {
  const text = (bytes: Buffer, field: number) => messages(bytes, field)[0]?.toString() ?? ''
  const attributes = (point: Buffer) =>
    Object.fromEntries(
      messages(point, 7).map((attribute) => {
        const value = messages(attribute, 2)[0] ?? Buffer.alloc(0)
        const [first] = protobufFields(value)
        return [text(attribute, 1), Buffer.isBuffer(first?.value) ? first.value.toString() : first?.value]
      }),
    )
  return messages(body, 1, 2, 2).map((metric) => {
    // 5: gauge, 7: sum; in both 1 are the points, of which 4 is the double.
    const points = [...messages(metric, 5, 1), ...messages(metric, 7, 1)].map((point) => ({
      value: Number(protobufFields(point).find(({ field }) => field === 4)?.value),
      attributes: attributes(point),
    }))
    return { name: text(metric, 1), unit: text(metric, 3), points }
  })
}

describe('power-meter --otlp', () => {
  it('sends energy and power as the semantic conventions name them, and says when it cannot', {
    timeout: 60_000,
  }, async () => {
    const id = 'ab'.repeat(32)
    const system = fakeSystem(temporaryFolder())
    system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\n')
    let ticks = 0
    const step = () => {
      ticks += 10
      system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
      system.process({ pid: 7, comm: 'nginx', ticks, cgroup: `0::/docker/${id}\n` })
    }
    step()
    const timer = setInterval(step, 100)
    after(() => clearInterval(timer))

    const bodies: Buffer[] = []
    let types = ''
    let status = 503
    const collector = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(Buffer.from(chunk))
      types = `${request.method} ${request.url} ${request.headers['content-type']}`
      if (status === 200) bodies.push(Buffer.concat(chunks))
      response.statusCode = status === 200 ? 200 : 400
      response.end()
    })
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
    after(() => collector.close())
    const { port } = collector.address() as AddressInfo
    const program = startProgram('power-meter', [
      ...['--procfs', system.proc, '--sysfs', system.sys, '--port', '0', '--interval', '0.2'],
      ...['--otlp', `http://127.0.0.1:${port}/v1/metrics`, '--otlp-interval', '1', '--node-name', 'worker-1'],
    ])
    after(() => program.signal('SIGKILL'))
    while (!program.stderr().includes('metrics could not be sent')) await wait(100)
    status = 200
    while (bodies.length < 3) await wait(100)
    assert.match(program.stderr(), /metrics are sent again/)
    assert.equal(types, 'POST /v1/metrics application/x-protobuf')

    const metrics = metricsOf(bodies.at(-1)!)
    const points = (name: string) => metrics.find((metric) => metric.name === name)?.points ?? []
    assert.deepEqual(
      ['hw.energy', 'hw.power'].map((name) => metrics.find((metric) => metric.name === name)?.unit),
      ['J', 'W'],
    )
    const wall = points('hw.power').find(
      ({ attributes }) => attributes['hw.id'] === 'psys' && attributes['power.estimate'],
    )
    assert.ok(wall && wall.value > 1)
    assert.equal(wall.attributes['hw.type'], 'enclosure')
    const lower = points('hw.power.lower').find(({ attributes }) => attributes['hw.id'] === 'psys')
    assert.ok(lower && lower.value <= wall.value)
    const ofPsys = ({ attributes }: { attributes: Record<string, unknown> }) => attributes['hw.id'] === 'psys'
    const process = points('hw.energy')
      .filter(ofPsys)
      .find(({ attributes }) => attributes['process.pid'] === 7)
    assert.deepEqual(
      [process?.attributes['process.executable.name'], process?.attributes['container.id']],
      ['nginx', id],
    )
    const container = points('hw.energy')
      .filter(ofPsys)
      .find(({ attributes }) => attributes['container.id'] === id && attributes['process.pid'] === undefined)
    assert.ok(container && Math.abs(container.value - process!.value) < 1e-9)
    assert.equal(container.attributes['container.runtime.name'], 'docker')

    // The SDK sends a last time before it ends.
    const before = bodies.length
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
    assert.ok(bodies.length > before)
  })

  it('ends as it should when the collector is away', { timeout: 60_000 }, async () => {
    const program = startProgram(
      'power-meter',
      ['--port', '0', '--otlp', `http://127.0.0.1:${await freePort()}/v1/metrics`],
      { SHUTDOWN_TIMEOUT: '1' },
    )
    after(() => program.signal('SIGKILL'))
    const [, url] = await program.waitFor(/(http:\S+)\/metrics/)
    while ((await fetch(`${url}/readyz`)).status !== 200) await wait(100)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0, program.stderr())
    assert.match(program.stderr(), /metrics could not be sent/)
  })
})
