import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertDescribed, checkedOpenApi } from '../../test/support/openapi.js'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { fakeOnlineStatus } from '../../test/support/online-status.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { pipelineVersions } from '../online/versions/versions.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelServerApp } from './model-server-app.js'
import { createOnlineTrainerApp } from './online-trainer-app.js'

const limits = { maxBodyBytes: 65_536, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const status = () => fakeOnlineStatus({ lastFailure: 'Prometheus cannot be reached', lastRound: 'waiting' })

describe('createOnlineTrainerApp', () => {
  const metrics = createRequestMetrics('kepler_online_trainer_')
  const app = createOnlineTrainerApp({ status, metrics, logger: silentLogger, limits, version: '1.2.3' })

  it('describes its routes and what they answer', async () => {
    const document = await checkedOpenApi(app)
    assert.equal(document.info.version, '1.2.3')
    for (const path of ['/', '/status', '/healthz', '/readyz']) {
      assertDescribed(document, `GET ${path}`, (await app.inject(path)).json())
    }
  })

  it('is ready while Prometheus cannot be reached, and says so', async () => {
    const answer = await app.inject('/readyz')
    assert.equal(answer.statusCode, 200)
    assert.deepEqual(answer.json(), { ready: true, reasons: ['Prometheus cannot be reached'], lastRound: 'waiting' })
  })

  it('has its status, its metrics, and a list of what there is', async () => {
    assert.deepEqual((await app.inject('/status')).json(), JSON.parse(JSON.stringify(status())))
    const { program, version, routes } = (await app.inject('/')).json()
    assert.deepEqual([program, version], ['online-trainer', '1.2.3'])
    for (const route of routes) assert.equal((await app.inject(route)).statusCode, 200, route)
    assert.ok(routes.includes('/status') && routes.includes('/docs'))
    const answer = await app.inject('/metrics')
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/)
    assert.match(answer.body, /^kepler_online_trainer_http_requests_total/m)
    assert.deepEqual((await app.inject('/healthz')).json(), { status: 'ok' })
  })

  it('has no reasons when its last round did not fail', async () => {
    const quiet = createOnlineTrainerApp({
      ...{ metrics: createRequestMetrics('quiet_'), logger: silentLogger, limits, version: '1' },
      status: () => fakeOnlineStatus(),
    })
    assert.deepEqual((await quiet.inject('/readyz')).json(), { ready: true, reasons: [], lastRound: '' })
  })

  it('answers its status beside a model server, which describes it too', async () => {
    const versions = pipelineVersions(temporaryFolder(), 'std', 1)
    const online = { status, metrics: async () => 'more 1\n', versions }
    const server = createModelServerApp({
      selector: fakeModelSelector(),
      logger: silentLogger,
      limits,
      version: '1',
      online,
    })
    const document = await checkedOpenApi(server)
    assertDescribed(document, 'GET /status', (await server.inject('/status')).json())
    assertDescribed(document, 'GET /readyz', (await server.inject('/readyz')).json())
  })
})
