import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { hasIpv6 } from '../../test/support/has-ipv6.js'
import { fakeOnlineStatus } from '../../test/support/online-status.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { loadConfig } from '../config/config.js'
import { pipelineVersions } from '../online/versions/versions.js'
import { createModelSelector } from '../selection/create-model-selector.js'
import type { Running } from './running.js'
import { startEstimator } from './start-estimator.js'
import { startModelServer } from './start-model-server.js'
import { startOfflineTrainer } from './start-offline-trainer.js'
import { startOnlineTrainer } from './start-online-trainer.js'

const nobody = 'http://127.0.0.1:1'

/** Settings that reach nobody, in a folder of the test's own. */
function scene(environment: Record<string, string> = {}) {
  const folder = temporaryFolder()
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', MNT_PATH: folder, MODEL_TOPURL: nobody, MODEL_SERVER_URL: nobody },
      ...{ MODEL_SERVER_HOST: '127.0.0.1', MODEL_SERVER_PORT: '0', ESTIMATOR_SOCKETS: join(folder, 'e.sock') },
      ...{ ESTIMATOR_HTTP_HOST: '127.0.0.1', ESTIMATOR_HTTP_PORT: '0', PROM_SERVER: nobody },
      ...{ OFFLINE_TRAINER_HOST: '127.0.0.1', OFFLINE_TRAINER_PORT: '0' },
      ...{ ONLINE_TRAINER_HOST: '127.0.0.1', ONLINE_TRAINER_PORT: '0', ...environment },
    },
  })
  return { folder, config, deps: { logger: recordedLog(), version: '9.9.9' } }
}

function stopped<T extends Running>(running: T): T {
  after(() => running.stop())
  return running
}

/** What `/`, `/info` and `/status` say that is looked at here. */
interface About {
  readonly program: string
  readonly version: string
  readonly machine_spec_from: string
  readonly sockets: readonly string[]
  readonly model_sources: readonly string[]
}

async function json(url: string): Promise<About> {
  return JSON.parse(await (await fetch(url)).text())
}

/** One power request on a socket. */
function onSocket(path: string, request: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(path, () => socket.write(JSON.stringify(request)))
    socket.on('data', (chunk) => (text += chunk.toString()))
    socket.on('error', reject)
    socket.on('close', () => resolve(JSON.parse(text)))
  })
}

const powerRequest = {
  ...{ metrics: ['bpf_cpu_time_ms'], values: [[100]], output_type: 'AbsPower', source: 'rapl-sysfs' },
  ...{ system_features: [], system_values: [], trainer_name: '', filter: '' },
}

describe('startModelServer', () => {
  it('answers with the universal model, the page and curves, and says what it downloads', async () => {
    const { folder, config, deps } = scene({ INITIAL_PIPELINE_URL: `${nobody}/mine.zip` })
    const server = stopped(await startModelServer(config, deps))
    assert.equal(server.name, 'model server')
    assert.equal(server.folder, join(folder, 'models'))
    assert.deepEqual(server.urls, [`${nobody}/mine.zip`])
    assert.equal(server.hasCurves, true)
    assert.notEqual(server.universal, undefined)
    const model = await fetch(`${server.url}/model`, {
      method: 'POST',
      body: JSON.stringify({ metrics: ['bpf_cpu_time_ms'], output_type: 'AbsPower', source: 'rapl-sysfs' }),
    })
    assert.equal(model.status, 200)
    assert.equal((await fetch(`${server.url}/curve`)).status, 200)
    assert.equal((await fetch(`${server.url}/healthz`)).status, 200)
    assert.ok((await fetch(`${server.url}/metrics`)).ok)
  })

  it('names its machine, and has the answers of an online trainer where one is beside it', async () => {
    const spec = join(temporaryFolder(), 'spec.json')
    writeFileSync(spec, '{"processor":"amd_epyc_9654","cores":192}')
    const { folder, config, deps } = scene({ OFFLINE: 'true', MACHINE_SPEC_PATH: spec })
    const online = {
      status: () => fakeOnlineStatus({ pipeline: 'mine' }),
      metrics: async () => 'online_metric 7\n',
      versions: pipelineVersions(folder, 'mine', 5),
    }
    const server = stopped(await startModelServer(config, { ...deps, online }))
    const text = async (path: string) => (await fetch(server.url + path)).text()
    assert.deepEqual(JSON.parse(await text('/api/v1/overview')).machine, { processor: 'amd_epyc_9654', cores: 192 })
    assert.equal(JSON.parse(await text('/status')).pipeline, 'mine')
    assert.match(await text('/metrics'), /^online_metric 7$/m)
  })

  it('has no curves, no page and no live watts where they are turned off', async () => {
    const { config, deps } = scene({ UNIVERSAL: 'false', PAGE: 'false', OFFLINE: 'true' })
    const server = stopped(await startModelServer(config, deps))
    assert.equal(server.hasCurves, false)
    assert.equal(server.universal, undefined)
    assert.notEqual((await fetch(`${server.url}/curve`)).status, 200)
  })

  it('refuses a body that is larger than the settings allow', async () => {
    const { config, deps } = scene({ OFFLINE: 'true', MODEL_SERVER_MAX_BODY: '1024' })
    const server = stopped(await startModelServer(config, deps))
    const status = async (length: number) =>
      (await fetch(`${server.url}/model`, { method: 'POST', body: ' '.repeat(length) })).status
    assert.equal(await status(1025), 413)
    assert.equal(await status(1024), 400)
  })

  it('takes down what it started when the port is taken', async () => {
    const first = scene({ OFFLINE: 'true' })
    const server = stopped(await startModelServer(first.config, first.deps))
    const second = scene({ OFFLINE: 'true', MODEL_SERVER_PORT: String(server.port) })
    await assert.rejects(startModelServer(second.config, second.deps), { code: 'UNAVAILABLE', message: /model server/ })
    const names = second.deps.logger.lines.map(({ fields }) => fields.service)
    assert.deepEqual(names.filter(Boolean), ['pipelines', 'connections'])
  })
})

describe('startEstimator', () => {
  it('answers on its socket and on HTTP, and says where its models come from', async () => {
    const { folder, config, deps } = scene({ MODEL_SERVER_ENABLE: 'true', OFFLINE: 'true' })
    const estimator = stopped(await startEstimator(config, deps))
    assert.deepEqual(estimator.sockets, [join(folder, 'e.sock')])
    const info = await json(`${estimator.url}/info`)
    assert.deepEqual([info.version, info.machine_spec_from, info.sockets], ['9.9.9', 'discovered', estimator.sockets])
    assert.equal(info.model_sources.length, 3)
    assert.ok(info.model_sources[0]?.includes(nobody), String(info.model_sources))
    const answer = await onSocket(join(folder, 'e.sock'), powerRequest)
    assert.equal(answer.msg, '')
    const metrics = await (await fetch(`${estimator.url}/metrics`)).text()
    assert.match(metrics, /^kepler_estimator_\w+\{.*\} 1$/m)
  })

  it('takes what the operator names, then the universal model, then the default of a similar machine', async () => {
    const { config, deps } = scene()
    const estimator = stopped(await startEstimator(config, deps))
    const { model_sources: names } = await json(`${estimator.url}/info`)
    assert.equal(names.length, 4)
    assert.equal(names[1], 'universal model')
    assert.equal(names[3], 'universal model')
    assert.equal(names[0], names[2])
  })

  it('has the default models alone where the universal one is turned off', async () => {
    const { config, deps } = scene({ UNIVERSAL: 'false' })
    const estimator = stopped(await startEstimator(config, deps))
    assert.equal((await json(`${estimator.url}/info`)).model_sources.length, 1)
  })

  it('estimates with the model that the operator names, without HTTP', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'SGDRegressorTrainer_0.zip')
    writeFileSync(file, await testArchive({ idle: 10, slope: 2, components: ['package'] }))
    const { config, deps } = scene({ NODE_COMPONENTS_INIT_URL: pathToFileURL(file).href })
    const { ESTIMATOR_HTTP_PORT: _, ...withoutPort } = config
    const estimator = stopped(await startEstimator({ ...withoutPort, ESTIMATOR_HTTP_PORT: undefined }, deps))
    assert.equal(estimator.url, undefined)
    const { powers } = await onSocket(estimator.sockets[0]!, powerRequest)
    assert.deepEqual(powers, { package: [210] })
  })

  it('asks the selector of the same process first, and needs no model server', async () => {
    const { config, deps } = scene({ MODEL_SERVER_ENABLE: 'true' })
    const selector = createModelSelector({ preference: { defaults: {}, local: '' } })
    const estimator = stopped(await startEstimator(config, { ...deps, selector }))
    const { model_sources: names } = await json(`${estimator.url}/info`)
    assert.equal(names.length, 2)
    assert.ok(names.every((name) => !name.includes(nobody)))
  })

  it('opens no pipelines of its own beside a selector', async () => {
    const { config, deps } = scene({ OFFLINE: 'true' })
    const selector = createModelSelector({ preference: { defaults: {}, local: '' } })
    const estimator = await startEstimator(config, { ...deps, selector })
    await estimator.stop()
    const names = deps.logger.lines.map(({ fields }) => fields.service)
    assert.deepEqual(names.filter(Boolean), ['estimator', `socket ${estimator.sockets[0]}`, 'models', 'connections'])
    await assert.rejects(fetch(estimator.url ?? ''))
    assert.equal(existsSync(estimator.sockets[0]!), false)
  })

  it('takes bodies of 16 MiB', async () => {
    const { config, deps } = scene({ OFFLINE: 'true' })
    const estimator = stopped(await startEstimator(config, deps))
    const status = async (length: number) =>
      (await fetch(`${estimator.url}/estimate`, { method: 'POST', body: ' '.repeat(length) })).status
    assert.equal(await status(16_777_217), 413)
    assert.equal(await status(16_777_216), 400)
  })

  it('lets what is asked on its socket finish when it stops', async () => {
    const { config, deps } = scene({ OFFLINE: 'true' })
    const estimator = await startEstimator(config, deps)
    let text = ''
    const socket = connect(estimator.sockets[0]!)
    socket.on('data', (chunk) => (text += chunk.toString()))
    const request = JSON.stringify(powerRequest)
    await new Promise<void>((resolve) => socket.write(request.slice(0, 10), () => resolve()))
    const answered = once(socket, 'close')
    const stop = estimator.stop()
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.write(request.slice(10))
    await Promise.all([answered, stop])
    assert.equal(JSON.parse(text).msg, '')
  })

  it('refuses settings that name no socket, and takes its socket away when the port is taken', async () => {
    const { config, deps } = scene()
    await assert.rejects(startEstimator({ ...config, ESTIMATOR_SOCKETS: [] }, deps), {
      code: 'INVALID_CONFIG',
      field: 'ESTIMATOR_SOCKETS',
    })
    const estimator = stopped(await startEstimator(config, deps))
    const port = new URL(estimator.url ?? '').port
    const second = scene({ ESTIMATOR_HTTP_PORT: port })
    await assert.rejects(startEstimator(second.config, second.deps), { code: 'UNAVAILABLE', message: /estimator/ })
    assert.equal(existsSync(join(second.folder, 'e.sock')), false)
  })
})

describe('startOfflineTrainer', () => {
  it('keeps jobs in its folder, and warns where whoever reaches it may train', async () => {
    for (const [environment, warns] of [
      [{ OFFLINE_TRAINER_HOST: '127.0.0.1' }, false],
      [{ OFFLINE_TRAINER_HOST: 'localhost' }, false],
      ...(hasIpv6() ? ([[{ OFFLINE_TRAINER_HOST: '::1' }, false]] as const) : []),
      [{ OFFLINE_TRAINER_HOST: '0.0.0.0' }, true],
      [{ OFFLINE_TRAINER_HOST: '0.0.0.0', OFFLINE_TRAINER_TOKEN: 'secret' }, false],
    ] as const) {
      const { folder, config, deps } = scene(environment)
      const trainer = stopped(await startOfflineTrainer(config, deps))
      assert.equal(trainer.folder, config.JOBS_PATH)
      assert.ok(trainer.folder.startsWith(folder) && existsSync(trainer.folder))
      const warnings = deps.logger.lines.filter(({ level }) => level === 'warn')
      assert.equal(warnings.length, warns ? 1 : 0, JSON.stringify(environment))
      assert.equal((await fetch(`${trainer.url}/readyz`)).status, 200)
    }
  })

  it('wants the token of the settings, and bodies no larger than they say', async () => {
    const { config, deps } = scene({ OFFLINE_TRAINER_TOKEN: 'secret', OFFLINE_TRAINER_MAX_BODY: '1048576' })
    const trainer = stopped(await startOfflineTrainer(config, deps))
    const train = async (token: string, body: string) =>
      (await fetch(`${trainer.url}/train`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body }))
        .status
    assert.equal(await train('wrong', '{}'), 401)
    assert.equal(await train('secret', '{}'), 400)
    assert.equal(await train('secret', ' '.repeat(1_048_577)), 413)
  })

  it('takes down what it started when the port is taken', async () => {
    const first = scene()
    const trainer = stopped(await startOfflineTrainer(first.config, first.deps))
    const second = scene({ OFFLINE_TRAINER_PORT: new URL(trainer.url).port })
    await assert.rejects(startOfflineTrainer(second.config, second.deps), { code: 'UNAVAILABLE' })
  })
})

describe('startOnlineTrainer', () => {
  it('answers with its status while no Prometheus does', async () => {
    const { folder, config, deps } = scene()
    const trainer = stopped(await startOnlineTrainer(config, deps))
    const about = await json(trainer.url)
    assert.deepEqual([about.program, about.version], ['online-trainer', '9.9.9'])
    assert.ok(existsSync(join(folder, 'history')))
    assert.equal((await fetch(`${trainer.url}/status`)).status, 200)
    assert.match(await (await fetch(`${trainer.url}/metrics`)).text(), /^kepler_online_trainer_/m)
  })

  it('refuses trainers and files that there are none of, and names the setting', async () => {
    const cases = [
      [{ ONLINE_TRAINERS: 'LinearRegressionTrainer,Unheard' }, 'ONLINE_TRAINERS', /unknown trainer "Unheard"/],
      [{ ONLINE_PROFILE: '/nowhere/profile.json' }, 'ONLINE_PROFILE', /\/nowhere\/profile\.json cannot be read/],
      [{ ONLINE_MACHINE_SPECS: '/nowhere/specs' }, 'ONLINE_MACHINE_SPECS', /\/nowhere\/specs cannot be read/],
    ] as const
    for (const [environment, field, message] of cases) {
      const { config, deps } = scene(environment)
      await assert.rejects(startOnlineTrainer(config, deps), { code: 'INVALID_CONFIG', field, message })
    }
    const { config, deps } = scene()
    await assert.rejects(startOnlineTrainer({ ...config, ONLINE_TRAINERS: [] }, deps), {
      field: 'ONLINE_TRAINERS',
      message: /no trainer is named/,
    })
  })
})
