import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { silentLogger } from '../../src/runtime/ports.js'
import { createEstimator } from '../../src/estimate/estimator.js'
import { createModelCache } from '../../src/estimate/model-cache.js'
import { listenOnUnixSocket, type UnixSocketServer } from '../../src/socket/unix-socket.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { testModel } from '../support/test-model.js'

const hasGo = spawnSync('go', ['version']).status === 0
const folder = temporaryFolder()
const socket = join(folder, 'estimator.sock')
const client = join(folder, 'client')
const run = promisify(execFile)

/** 100 W idle and 0.1 W a millisecond, with core and uncore at zero throughout, as on most servers. */
function raplModel() {
  const model = testModel({
    components: ['package', 'core', 'uncore', 'dram'],
    idle: 100,
    slope: 0.1,
    metadata: { machine_spec: { cores: 16 } },
  })
  return {
    ...model,
    archive: {
      ...model.archive,
      estimate: (...asked: Parameters<typeof model.archive.estimate>) => {
        const estimate = model.archive.estimate(...asked)
        const { package: watts = [] } = estimate.powers
        const zeros = watts.map(() => 0)
        const powers = { package: watts, core: zeros, uncore: zeros, dram: watts.map((value) => value / 10) }
        return { ...estimate, powers }
      },
    },
  }
}

describe("Kepler's Go client", { skip: hasGo ? false : 'go is not installed' }, () => {
  let server: UnixSocketServer

  before(async () => {
    const models = createModelCache({
      sources: [
        {
          name: 'test',
          async load() {
            return raplModel()
          },
        },
      ],
      log: silentLogger,
      clock: Date.now,
      random: Math.random,
    })
    const observer = { estimated() {}, failed() {}, oversized() {}, shortened() {} }
    const handler = createEstimator({ models, machineCores: 8, observer, log: silentLogger })
    server = await listenOnUnixSocket({ path: socket, handler, log: silentLogger })
    const source = fileURLToPath(new URL('go-client/main.go', import.meta.url))
    const built = spawnSync('go', ['build', '-o', client, source], {
      encoding: 'utf8',
      env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off' },
    })
    assert.equal(built.status, 0, built.stderr)
  })
  after(() => server.close(0))

  for (const rows of [1, 2, 100, 200, 350]) {
    it(`understands the watts of ${rows} processes`, async () => {
      const { stdout } = await run(client, [socket, String(rows)])
      const [count, sum, ratio] = stdout.trim().split(' ').map(Number)
      const expected = Array.from({ length: rows }, (_, i) => 100 + 1.05 * i).reduce((total, watts) => total + watts, 0)
      assert.deepEqual([count, ratio], [rows, 0.5])
      const tolerance = rows <= 200 ? 0.001 : 0.1
      assert.ok(Math.abs(sum! - expected) <= tolerance * rows, `${sum} W instead of ${expected} W`)
    })
  }

  it('takes a failure for a failure', async () => {
    await server.close(0)
    const models = createModelCache({ sources: [], log: silentLogger, clock: Date.now, random: Math.random })
    const observer = { estimated() {}, failed() {}, oversized() {}, shortened() {} }
    const handler = createEstimator({ models, machineCores: 8, observer, log: silentLogger })
    server = await listenOnUnixSocket({ path: socket, handler, log: silentLogger })
    await assert.rejects(run(client, [socket, '1']), /cannot unmarshal array into Go struct field/)
  })
})
