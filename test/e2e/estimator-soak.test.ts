import assert from 'node:assert/strict'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { silentLogger } from '../../src/runtime/ports.js'
import { createEstimator } from '../../src/estimate/estimator.js'
import { createModelCache } from '../../src/estimate/model-cache.js'
import { listenOnUnixSocket, type UnixSocketServer } from '../../src/socket/unix-socket.js'
import { seeded } from '../support/mutate.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { testModel } from '../support/test-model.js'

const path = join(temporaryFolder(), 'soak.sock')
const metricSets = [
  ['cpu_cycles'],
  ['bpf_cpu_time_ms'],
  ['cache_miss', 'cpu_cycles'],
  ['cache_miss', 'cpu_cycles', 'cpu_instructions'],
]

/** Sends a text in the given pieces, does not end its side, and resolves with all that came until the server's end. */
function exchange(pieces: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const socket = createConnection(path, async () => {
      for (const piece of pieces) {
        socket.write(piece)
        if (pieces.length > 1) await new Promise(setImmediate)
      }
    })
    socket.on('data', (bytes) => parts.push(bytes))
    socket.on('end', () => {
      resolve(Buffer.concat(parts).toString())
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

describe('estimator under load', () => {
  let server: UnixSocketServer
  let swaps = 0

  before(async () => {
    // Each load gives the other one of two models, and every millisecond it is time to look for a better one.
    const models = createModelCache({
      sources: [
        {
          name: 'two models',
          async load({ metrics }) {
            swaps++
            await new Promise((resolve) => setTimeout(resolve, 1))
            return testModel({ features: metrics, idle: swaps % 2 ? 10 : 20, slope: swaps % 2 ? 2 : 3 })
          },
        },
      ],
      log: silentLogger,
      clock: Date.now,
      random: Math.random,
      refreshEvery: 1,
    })
    const observer = { estimated() {}, failed() {}, oversized() {}, shortened() {} }
    const handler = createEstimator({ models, machineCores: 4, observer, log: silentLogger })
    server = await listenOnUnixSocket({
      path,
      handler,
      log: silentLogger,
      limits: { maxRequestBytes: 1 << 20, timeout: 2000 },
    })
  })
  after(() => server.close(0))

  it('answers 10,000 requests of 50 clients rightly while models are swapped', async () => {
    const random = seeded(3)
    let answered = 0
    const client = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        const metrics = metricSets[Math.floor(random() * metricSets.length)]!
        const values = Array.from({ length: 1 + Math.floor(random() * 20) }, () =>
          metrics.map(() => Math.floor(random() * 1000)),
        )
        const text = JSON.stringify({ metrics, values, output_type: 'AbsPower', source: 'rapl-sysfs' })
        const cut = Math.floor(random() * text.length)
        const { powers, msg } = JSON.parse(await exchange(i % 5 === 0 ? [text.slice(0, cut), text.slice(cut)] : [text]))
        const sums = values.map((row) => row.reduce((sum, value) => sum + value, 0))
        const expected = [sums.map((sum) => 10 + 2 * sum), sums.map((sum) => 20 + 3 * sum)]
        assert.equal(msg, '')
        // All of an answer comes from one model, whichever it was.
        const model = expected.find((watts) => watts[0] === powers.package[0])
        assert.deepEqual(powers, { package: model, dram: model })
        answered++
      }
    }
    await Promise.all(Array.from({ length: 50 }, client))
    assert.equal(answered, 10_000)
    assert.ok(swaps > 20, `${swaps} swaps`)
  })

  it('answers or closes 10,000 mutated requests, and then the same request as before', async () => {
    const random = seeded(4)
    const valid = JSON.stringify({
      metrics: ['cpu_cycles'],
      values: [[1], [2.5]],
      output_type: 'AbsPower',
      source: 'intel_rapl',
      system_features: ['cpu_architecture'],
      system_values: ['é'],
      filter: 'mae:100',
    })
    const rowsOf = async (): Promise<number> => JSON.parse(await exchange([valid])).powers.package.length
    const memory = process.memoryUsage().rss
    assert.equal(await rowsOf(), 2)
    const mutated = async (): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        const bytes = Buffer.from(valid)
        for (let k = 0; k < 3; k++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 128)
        // The closing brace stays, and one more follows: a request that never ends would wait for its time-out.
        const text = `${bytes.toString('latin1')}}"}]}`
        const answer = await Promise.race([
          exchange([text]),
          new Promise<string>((resolve) => setTimeout(resolve, 50, '')),
        ])
        if (answer === '') continue
        const { powers, msg } = JSON.parse(answer)
        assert.ok(Array.isArray(powers) ? msg.length > 0 : msg === '', answer)
      }
    }
    await Promise.all(Array.from({ length: 50 }, mutated))
    assert.equal(await rowsOf(), 2)
    const grown = (process.memoryUsage().rss - memory) / 2 ** 20
    assert.ok(grown < 300, `${grown.toFixed()} MB more than before`)
  })

  it('refuses 100 MB and a depth of 100,000 at the bound and goes on', async () => {
    const large = `{"metrics": ["${'x'.repeat(100 * 2 ** 20)}`
    const first = await exchange([large]).catch((error: NodeJS.ErrnoException) => error.code ?? '')
    assert.match(first, /larger than 1048576 bytes|EPIPE|ECONNRESET/)
    assert.match(await exchange([`{"values":${'['.repeat(100_000)}`]), /nested deeper than 32/)
    const request = { metrics: ['cpu_cycles'], values: [[1]], output_type: 'AbsPower' }
    assert.equal(JSON.parse(await exchange([JSON.stringify(request)])).msg, '')
  })
})
