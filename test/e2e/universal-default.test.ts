import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { keplerMilliwatts } from '../support/kepler-arithmetic.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const curve = z.array(z.number().nonnegative()).length(11)
const band = z.object({ watts: curve, low: curve, high: curve })
const sources = z.array(z.object({ name: z.string() })).min(1)
const power = z.object({ wall: band, package: band, dram: band, sources })

/** A folder that nobody used before, no network, no option but where to listen: as after `npm ci`. */
describe('kepler-model serve with nothing else', () => {
  const folder = temporaryFolder()
  const socket = join(folder, 'e.sock')
  const spec = { processor: 'AMD EPYC 9654', cores: 384, chips: 2, memory: 768 }
  let program: RunningProgram
  let server = ''
  let estimator = ''

  before(async () => {
    program = startProgram('kepler-model', [
      ...['serve', '--host', '127.0.0.1', '--port', '0', '--http', '0', '--socket', socket],
      ...['--offline', '--model-path', join(folder, 'models')],
    ])
    server = (await program.waitFor(/"model-server","url":"(http[^"]+)"/))[1]!
    estimator = (await program.waitFor(/"estimator","url":"(http[^"]+)"/))[1]!
  })
  after(async () => {
    program.signal('SIGKILL')
    await program.ended
  })

  const post = (url: string, body: object) => fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']

  it('announces the watts of this machine, with their interval and sources', async () => {
    const [line] = await program.waitFor(/^\{"program":"universal",.*\}$/m)
    const { wall, sources: from } = power.parse(JSON.parse(line))
    assert.ok(wall.low[0]! < wall.watts[0]! && wall.watts[10]! < wall.high[10]!)
    assert.match(from.map(({ name }) => name).join(), /SPECpower_ssj2008/)
    assert.doesNotMatch(program.stdout(), /demo/i)
  })

  it('answers the same at /curve, as weights, at the socket, and as an estimate', async () => {
    const curves = power.parse(await (await fetch(`${server}/curve`)).json())
    const near = (watts: number, expected: number, share: number) =>
      assert.ok(Math.abs(watts - expected) <= share * expected + 0.1, `${watts} W, not ${expected} W`)

    const weights = await (await post(`${server}/model`, { metrics, output_type: 'AbsPower', weight: true })).text()
    const { machine_spec: machine, universal } = JSON.parse(weights)
    assert.equal(universal.machine, 'this machine')
    assert.match(universal.sources.join(), /SPECpower_ssj2008/)
    const busy = { bpf_cpu_time_ms: machine.cores * 1000 }
    for (const component of ['package', 'dram'] as const) {
      const milliwatts = keplerMilliwatts(weights, component, busy, machine)
      near(Number(milliwatts) / 1000, curves[component].watts[10]!, 0.4)
    }

    const request = {
      metrics,
      values: [
        [0, 0],
        [busy.bpf_cpu_time_ms, 10],
      ],
      output_type: 'AbsPower',
      source: 'acpi',
    }
    const client = connect(socket)
    client.write(JSON.stringify(request))
    const { powers, core_ratio: ratio } = JSON.parse(await text(client))
    near(powers.platform[0], curves.wall.watts[0]!, 0.01)
    near(powers.platform[1], curves.wall.watts[10]!, 0.01)
    assert.equal(ratio, 1)

    const estimate = JSON.parse(await (await post(`${estimator}/estimate`, request)).text())
    assert.deepEqual(estimate.provenance.match, {
      how: 'universal',
      known: estimate.provenance.universal.known,
      machine: 'this machine',
    })
    assert.equal(estimate.interval.method, 'universal model')
    near(estimate.interval.powers.platform.upper[1], curves.wall.high[10]!, 0.01)
  })

  it('says in /readyz, /info and /metrics that it is the universal model', async () => {
    assert.deepEqual(JSON.parse(await (await fetch(`${server}/readyz`)).text()).pipelines, ['universal'])
    assert.match(await (await fetch(`${estimator}/info`)).text(), /"pipeline":"universal"/)
    assert.match(
      await (await fetch(`${server}/metrics`)).text(),
      /^kepler_model_server_model_weight_watts\{pipeline="universal",source="acpi",.*component="platform"/m,
    )
  })

  it('answers an estimator elsewhere with the watts of its machine', async () => {
    const file = join(folder, 'spec.json')
    writeFileSync(file, JSON.stringify(spec))
    const other = startProgram(
      'estimator',
      ['--socket', join(folder, 'o.sock'), '--http', '0', '--machine-spec', file],
      {
        MODEL_SERVER_ENABLE: 'true',
        MODEL_SERVER_URL: server,
        MODEL_PATH: join(folder, 'other'),
      },
    )
    try {
      const [, url = ''] = await other.waitFor(/"estimator","url":"(http[^"]+)"/)
      const request = { metrics, values: [[0, 0]], output_type: 'AbsPower', source: 'acpi' }
      const { powers, provenance } = JSON.parse(await (await post(`${url}/estimate`, request)).text())
      assert.ok(powers.platform[0] > 60 && powers.platform[0] < 300, `${powers.platform[0]} W`)
      assert.deepEqual(provenance.match, { how: 'universal', known: 'processor', machine: 'the spec' })
      assert.deepEqual(provenance.machine_spec, { ...spec })
    } finally {
      other.signal('SIGKILL')
      await other.ended
    }
  })
})
