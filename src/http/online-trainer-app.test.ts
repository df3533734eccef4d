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
