import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { writeFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { silentLogger } from '../runtime/ports.js'
import { meterPowerSource } from './meter-source.js'
import { prometheusSigner } from './prometheus-signer.js'
import { startEstimator } from './start-estimator.js'
import { startModelServer } from './start-model-server.js'
import { startOnlineTrainer } from './start-online-trainer.js'

/** Another server, which keeps connections open and has nothing, and programs that ask it. */
async function scene(environment: Record<string, string> = {}) {
  let connections = 0
  let opened = 0
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    request.resume()
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  })
  server.on('connection', (socket) => {
    connections++
    opened++
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
      ...{ ONLINE_TRAINER_HOST: '127.0.0.1', ONLINE_TRAINER_PORT: '0', MODEL_SERVER_HOST: '127.0.0.1' },
      ...{ MODEL_SERVER_PORT: '0', ...environment },
    },
  })
  const deps = { logger: silentLogger, version: 'test' }
  return {
    folder,
    other,
    config,
    opened: () => opened,
    connected: () => connections > 0,
    connects: once(server, 'connection'),
    deps,
  }
}

const estimateBody = JSON.stringify({
  ...{ metrics: ['bpf_cpu_time_ms'], values: [[1]], output_type: 'AbsPower', source: 'rapl-sysfs' },
  ...{ system_features: [], system_values: [], trainer_name: '', filter: '' },
})

/** Files below a folder that this process has open. */
function openFiles(folder: string): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', descriptor))
      return path.startsWith(folder) ? [path] : []
    } catch {
      return []
    }
  })
}

async function leavePipeline(folder: string): Promise<void> {
  const model = await testArchive({ name: 'SGDRegressorTrainer_0', components: ['package'] })
  writeFiles(folder, {
    'mine.zip': zipOf({
      'metadata.json': '{"name":"mine"}',
      'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_0.zip': model,
    }),
  })
}

describe('a program that stops', () => {
  it('lets go of the connections of an estimator', async () => {
    const { config, connected, deps } = await scene()
    const estimator = await startEstimator(config, deps)
    await fetch(`${estimator.url}/estimate`, { method: 'POST', body: estimateBody })
    await until('it is connected', connected)
    await estimator.stop()
    await until('it is not any more', () => !connected())
  })

  it('uses a connection to where initial models are again, and lets go of it', async () => {
    const { other, config, connected, opened, deps } = await scene({ MODEL_SERVER_ENABLE: 'false', UNIVERSAL: 'false' })
    const estimator = await startEstimator({ ...config, MODEL_TOPURL: other }, deps)
    after(() => estimator.stop())
    for (const body of [estimateBody, estimateBody.replace('AbsPower', 'DynPower')])
      await fetch(`${estimator.url}/estimate`, { method: 'POST', body })
    assert.equal(opened(), 1)
    await estimator.stop()
    await until('it is not connected any more', () => !connected())
  })

  it('lets go of the connections and pipelines of a model server', async () => {
    const { folder, other, config, connected, deps } = await scene({ INITIAL_PIPELINE_URL: 'file:///nowhere.zip' })
    await leavePipeline(config.MODEL_PATH)
    const server = await startModelServer({ ...config, PAGE_METER_URL: other }, deps)
    await fetch(`${server.url}/api/v1/live`)
    assert.ok(connected() && openFiles(folder).length > 0)
    await server.stop()
    await until('it is not connected any more', () => !connected())
    assert.deepEqual(openFiles(folder), [])
    await assert.rejects(fetch(server.url))
  })

  it('lets go of the pipelines of an estimator that is offline', async () => {
    const { folder, config, deps } = await scene({ OFFLINE: 'true' })
    await leavePipeline(config.MODEL_PATH)
    const estimator = await startEstimator(config, deps)
    assert.ok(openFiles(folder).some((path) => path.endsWith('mine.zip')))
    await estimator.stop()
    assert.deepEqual(openFiles(folder), [])
  })

  it('lets go of the connections to where trained models could be', async () => {
    const { other, config, connected, connects } = await scene()
    const source = await meterPowerSource({ ...config, METER_MODEL_SERVER: other })
    assert.equal(source.provenance.kind, 'universal')
    await connects
    await until('it is not connected any more', () => !connected())
  })

  it('lets go of the connections that credentials are asked on', async () => {
    const { other, config, connected, connects } = await scene()
    const sign = prometheusSigner(
      { ...config, PROM_SIGV4_REGION: 'eu-central-1', AWS_CONTAINER_CREDENTIALS_FULL_URI: other },
      {},
    )
    await assert.rejects(Promise.resolve(sign?.(new URL('http://prometheus/api'))))
    await connects
    await until('it is not connected any more', () => !connected())
  })

  it('lets go of the connections of an online trainer', async () => {
    const { config, connected, deps } = await scene()
    const trainer = await startOnlineTrainer(config, deps)
    await until('it is connected', connected)
    await trainer.stop()
    await until('it is not any more', () => !connected())
  })
})
