import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { messageOf } from '../core/errors.js'
import { createNetwork } from '../net/network.js'
import { meterReadings } from './meter-readings.js'

const reading = {
  model: { kind: 'universal', name: 'spec', error: { metric: 'mape', value: 10 } },
  utilisation: 0.25,
  zones: [{ zone: 'psys', watts: 90, low: 70, high: 110, active_watts: 20, out_of_range: false }],
  rows: [{ id: '1', name: 'a program with a secret in its name', watts: 3 }],
}

/** A meter that answers `body`, and counts how often it is asked. */
async function scene(body: string, status = 200, below = '/') {
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    response.writeHead(request.url === '/reading' ? status : 404).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const network = createNetwork()
  after(async () => {
    server.close()
    await network.close()
  })
  let now = 0
  const { port } = server.address() as AddressInfo
  const readings = meterReadings(`http://127.0.0.1:${port}${below}`, network, () => now)
  return { readings, asked: () => asked, wait: (milliseconds: number) => (now += milliseconds) }
}

describe('meterReadings', () => {
  it('hands on the zones, and no program', async () => {
    const { readings } = await scene(JSON.stringify(reading))
    const answer = await readings.latest()
    assert.deepEqual(answer.zones, [{ zone: 'psys', watts: 90, low: 70, high: 110, out_of_range: false }])
    assert.deepEqual([answer.utilisation, answer.gap, answer.model.name], [0.25, null, 'spec'])
    assert.doesNotMatch(JSON.stringify(answer), /secret/)
  })

  it('asks the right path however the URL ends, and takes watts for in range unless they are not', async () => {
    for (const below of ['', '/', '//']) {
      const { readings } = await scene(JSON.stringify({ ...reading, gap: 'late' }), 200, below)
      assert.equal((await readings.latest()).gap, 'late')
    }
    const [{ out_of_range: _, ...zone }] = reading.zones as [(typeof reading.zones)[number]]
    const { readings } = await scene(JSON.stringify({ ...reading, utilisation: undefined, zones: [zone] }))
    const answer = await readings.latest()
    assert.deepEqual([answer.zones[0]?.out_of_range, answer.utilisation], [false, null])
  })

  it('asks the meter once a second, however many ask', async () => {
    const { readings, asked, wait } = await scene(JSON.stringify(reading))
    await Promise.all([readings.latest(), readings.latest(), readings.latest()])
    assert.equal(asked(), 1)
    wait(900)
    await readings.latest()
    assert.equal(asked(), 1)
    wait(1)
    await readings.latest()
    assert.equal(asked(), 2)
  })

  it('waits two seconds at most', async (t) => {
    const patience = t.mock.method(AbortSignal, 'timeout').mock
    const { readings } = await scene(JSON.stringify(reading))
    await readings.latest()
    assert.ok(patience.calls.some(({ arguments: [milliseconds] }) => milliseconds === 2000))
  })

  it('takes texts, zones and bytes up to their limits, and nothing longer', async () => {
    const [zone] = reading.zones
    const long = (length: number) => 'x'.repeat(length)
    const withModel = (kind: number, name: number) => ({ ...reading, model: { kind: long(kind), name: long(name) } })
    const withZone = (name: number) => ({ ...reading, zones: [{ ...zone, zone: long(name) }] })
    const most = { ...withModel(64, 256), gap: long(1024), zones: Array(16).fill({ ...zone, zone: long(64) }) }
    const { readings } = await scene(JSON.stringify(most))
    assert.equal((await readings.latest()).zones.length, 16)
    for (const more of [
      withModel(65, 256),
      withModel(64, 257),
      withZone(65),
      { ...reading, gap: long(1025) },
      { ...reading, zones: Array(17).fill(zone) },
    ]) {
      const { readings: refused } = await scene(JSON.stringify(more))
      await assert.rejects(refused.latest(), { code: 'UNAVAILABLE', message: /PAGE_METER_URL/ })
    }
    const padded = (bytes: number) => JSON.stringify(reading).padEnd(bytes)
    const { readings: full } = await scene(padded(4 * 1024 * 1024))
    assert.equal((await full.latest()).model.name, 'spec')
    const { readings: tooLong } = await scene(padded(4 * 1024 * 1024 + 1))
    await assert.rejects(tooLong.latest(), { code: 'LIMIT_EXCEEDED' })
  })

  it('says that there is no meter, or what answers is none', async () => {
    for (const [body, status] of [
      ['{}', 200],
      ['not JSON', 200],
      [JSON.stringify({ ...reading, zones: Array(17).fill(reading.zones[0]) }), 200],
      ['', 503],
    ] as const) {
      const { readings } = await scene(body, status)
      await assert.rejects(readings.latest(), {
        code: 'UNAVAILABLE',
        message: status === 503 ? /503/ : /no power meter/,
      })
    }
    const network = createNetwork()
    after(() => network.close())
    const nothing = meterReadings('http://127.0.0.1:1', network, () => 0)
    await assert.rejects(nothing.latest(), { code: 'UNAVAILABLE', message: 'no power meter answers' })
    await assert.rejects(nothing.latest(), ({ cause }: Error) => /127\.0\.0\.1:1/.test(messageOf(cause)))
  })
})
