import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { errorCode, type ModelError } from '../core/errors.js'
import { startExporter } from './exporter.js'
import { defaultMachine } from './machine.js'
import { defaultCurve } from './power-curve.js'
import { scenarioNamed } from './scenario.js'
import { type RunningExporter, serveSimulation } from './serve-simulation.js'

const begin = 1_700_000_000

describe('the exporter of a simulated node', () => {
  let seconds = 0
  let exporter: RunningExporter
  const start = (port = 0, host?: string) =>
    startExporter({
      ...{ scenario: scenarioNamed('idle'), port, clock: () => 1000 * begin, monotonic: () => 5000 + 1000 * seconds },
      ...(host !== undefined && { host }),
    })
  before(async () => {
    exporter = await start()
  })
  after(() => exporter.close())
  const ask = async (path: string, body?: string) => {
    const answer = await fetch(
      `http://127.0.0.1:${exporter.port}${path}`,
      body === undefined ? {} : { method: 'POST', body },
    )
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
  }
  const times = async (): Promise<readonly number[]> =>
    JSON.parse((await ask('/truth')).text).samples.map(({ time }: { time: number }) => time)

  it('tells the true watts by the second, without containers, of the last hour', async () => {
    assert.deepEqual(await times(), [])
    seconds = 2.9
    assert.deepEqual(await times(), [begin + 1, begin + 2])
    const { components, samples } = JSON.parse((await ask('/truth?since=1')).text)
    assert.deepEqual(components, ['package', 'core', 'uncore', 'dram', 'platform'])
    assert.deepEqual(Object.keys(samples[0]).sort(), ['background', 'idle', 'time', 'total', 'workload'])
    for (const { idle } of samples) {
      assert.ok(Math.abs(idle[0] - defaultMachine.spec.chips * defaultCurve.packageIdle) < 1e-6, String(idle))
    }
    seconds = 3601
    const hour = await times()
    assert.deepEqual([hour.length, hour[0], hour.at(-1)], [3600, begin + 2, begin + 3601])
  })

  it('is scraped as text', async () => {
    const { status, type, text } = await ask('/metrics')
    assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8'])
    assert.match(text, /^kepler_node_package_joules_total\{.*\} \d/m)
  })

  it('has a curve that may be changed', async () => {
    assert.deepEqual(JSON.parse((await ask('/curve')).text), defaultCurve)
    const { status, type, text } = await ask('/curve', '{"noise": 0.25}')
    assert.deepEqual([status, type], [200, 'application/json; charset=utf-8'])
    assert.deepEqual(JSON.parse(text), { ...defaultCurve, noise: 0.25 })
    assert.deepEqual(JSON.parse((await ask('/curve')).text), JSON.parse(text))
  })

  it('refuses a body that is none, and one that is too large', async () => {
    const message = async (body: string) => {
      const { status, text } = await ask('/curve', body)
      return [status, JSON.parse(text).message]
    }
    const [status, said] = await message('{')
    assert.deepEqual([status, /^the body is not JSON: /.test(said)], [400, true])
    assert.match((await message('{"noise": 7}'))[1], /^power curve, noise: /)
    assert.match((await message('7'))[1], /^power curve: /)
    const padded = (bytes: number) => '{"noise": 0}'.padEnd(bytes)
    assert.equal((await ask('/curve', padded(65_536))).status, 200)
    assert.deepEqual(await message(padded(65_537)), [400, 'the body is larger than 65536 bytes'])
  })

  it('says which routes there are', async () => {
    for (const [path, body, route] of [
      ['/', undefined, 'GET /'],
      ['/metrics?x=1', '', 'POST /metrics'],
      ['/curve/', undefined, 'GET /curve/'],
    ] as const) {
      const { status, text } = await ask(path, body)
      assert.deepEqual([status, JSON.parse(text).message], [404, `no ${route}; there are /metrics, /truth and /curve`])
    }
  })

  it('says what failed on its side', async () => {
    const answer = () => Promise.reject(new Error('no reason'))
    const failing = await serveSimulation({ answer, catchUp() {}, port: 0, host: '127.0.0.1' })
    const { status, ...rest } = await fetch(`http://127.0.0.1:${failing.port}/`).then(async (got) => ({
      ...{ status: got.status, body: await got.json() },
    }))
    await failing.close()
    assert.deepEqual([status, rest.body], [500, { message: 'no reason' }])
  })

  it('says why it cannot listen', async () => {
    await assert.rejects(start(exporter.port), (error: ModelError) => {
      assert.match(error.message, /^cannot listen on 127\.0\.0\.1:\d+: another program listens there/)
      assert.deepEqual([error.code, errorCode(error.cause)], ['UNAVAILABLE', 'EADDRINUSE'])
      return true
    })
    // An address that is nobody's, for documentation.
    await assert.rejects(start(0, '192.0.2.1'), {
      code: 'UNAVAILABLE',
      message: /^cannot listen on 192\.0\.2\.1:0: (?!another)/,
    })
  })
})
