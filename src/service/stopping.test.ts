import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { silentLogger } from '../runtime/ports.js'
import { startEstimator } from './start-estimator.js'
import { startOnlineTrainer } from './start-online-trainer.js'

/** Another server, which keeps connections open and has nothing, and programs that ask it. */
async function scene() {
  let connections = 0
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    request.resume()
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  })
  server.on('connection', (socket) => {
    connections++
    socket.once('close', () => connections--)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const folder = temporaryFolder()
  const other = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', MNT_PATH: folder, MODEL_TOPURL: 'http://127.0.0.1:1', MODEL_SERVER_URL: other },
      ...{ MODEL_SERVER_ENABLE: 'true', PROM_SERVER: other },
      ...{ ESTIMATOR_SOCKETS: `${folder}/e.sock`, ESTIMATOR_HTTP_HOST: '127.0.0.1', ESTIMATOR_HTTP_PORT: '0' },
      ...{ ONLINE_TRAINER_HOST: '127.0.0.1', ONLINE_TRAINER_PORT: '0' },
    },
  })
  return { config, connected: () => connections > 0, deps: { logger: silentLogger, version: 'test' } }
}

describe('a program that stops', () => {
  it('lets go of the connections of an estimator', async () => {
    const { config, connected, deps } = await scene()
    const estimator = await startEstimator(config, deps)
    const body = JSON.stringify({
      ...{ metrics: ['bpf_cpu_time_ms'], values: [[1]], output_type: 'AbsPower', source: 'rapl-sysfs' },
      ...{ system_features: [], system_values: [], trainer_name: '', filter: '' },
    })
    await fetch(`${estimator.url}/estimate`, { method: 'POST', body })
    await until('it is connected', connected)
    await estimator.stop()
    await until('it is not any more', () => !connected())
  })

  it('lets go of the connections of an online trainer', async () => {
    const { config, connected, deps } = await scene()
    const trainer = await startOnlineTrainer(config, deps)
    await until('it is connected', connected)
    await trainer.stop()
    await until('it is not any more', () => !connected())
  })
})
