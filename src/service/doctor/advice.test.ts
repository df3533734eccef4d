import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { closeFolder } from '../../../test/support/closed-folder.js'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { loadConfig } from '../../config/config.js'
import { checkFolders } from './check-folders.js'
import { checkPipelines } from './check-pipelines.js'
import { checkPrometheus, checkSockets } from './check-surroundings.js'

const configOf = (environment: Record<string, string>) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })

describe('what the doctor says of folders', () => {
  it('that this user may not write, there or to be made', (t) => {
    const closed = temporaryFolder()
    const below = join(closed, 'a/b')
    const config = configOf({ MODEL_PATH: closed, JOBS_PATH: below, ONLINE_HISTORY_PATH: closed, DATAPATH: below })
    closeFolder(t, closed, [])
    const checks = checkFolders(config)
    assert.deepEqual(
      checks.map(({ name, state }) => [name, state]),
      ['MODEL_PATH', 'JOBS_PATH', 'ONLINE_HISTORY_PATH', 'DATAPATH'].map((name) => [name, 'warning']),
    )
    for (const { name, found, advice } of checks) {
      assert.ok(found.includes(closed) && /EACCES/.test(found), found)
      assert.ok(advice.includes(name), advice)
    }
  })

  it('that a file is in the way of', () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const [models, jobs] = checkFolders(configOf({ MODEL_PATH: file, JOBS_PATH: join(file, 'a/b') }))
    for (const [check, name] of [
      [models, 'MODEL_PATH'],
      [jobs, 'JOBS_PATH'],
    ] as const) {
      assert.deepEqual([check?.name, check?.state, check?.found], [name, 'problem', `${file} is a file`])
      assert.ok(check?.advice.includes(name), check?.advice)
    }
  })
})

describe('what the doctor says of pipelines', () => {
  it('names what answers while there are none', async () => {
    const advice = async (environment: Record<string, string>) => {
      const [check] = await checkPipelines(configOf({ MODEL_PATH: temporaryFolder(), ...environment }))
      return check?.advice ?? ''
    }
    assert.match(await advice({}), /the universal model answers$/)
    for (const environment of [{ UNIVERSAL: 'false' }, { DEMO: 'true' }] as Record<string, string>[])
      assert.match(await advice(environment), /demonstration/)
  })

  it('says nothing where all is well', async () => {
    const folder = temporaryFolder()
    writeFiles(join(folder, 'mine'), pipelineFiles([{ name: 'SGDRegressorTrainer_0' }]))
    const checks = await checkPipelines(configOf({ MODEL_PATH: folder }))
    assert.deepEqual(checks, [{ name: 'pipeline mine', state: 'ok', found: '1 model', advice: '' }])
  })
})

describe('what the doctor says of sockets', () => {
  it('tells a socket that somebody left from one that nobody made', async () => {
    const folder = temporaryFolder()
    const [path, left] = [join(folder, 'made'), join(folder, 'left')]
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path, resolve))
    renameSync(path, left)
    await new Promise((resolve) => server.close(resolve))
    const [absent, abandoned] = await checkSockets({ ESTIMATOR_SOCKETS: [path, left] })
    assert.deepEqual([absent?.state, abandoned?.state], ['ok', 'ok'])
    assert.match(absent?.found ?? '', /^nobody listens/)
    assert.match(abandoned?.found ?? '', /ended left it/)
  })

  it('says what to do about a file in the way', async () => {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, '')
    const [check] = await checkSockets({ ESTIMATOR_SOCKETS: [path] })
    assert.equal(check?.state, 'problem')
    assert.match(check?.advice ?? '', /remove it/)
  })
})

describe('what the doctor says of Prometheus', () => {
  const check = (environment: Record<string, string>) =>
    checkPrometheus(configOf(environment), 1_700_000_000_000, new AbortController().signal)

  it('is a warning that names the setting, where it does not answer or cannot be asked', async () => {
    for (const [environment, found] of [
      [{ PROM_SERVER: 'http://127.0.0.1:1' }, /127\.0\.0\.1:1/],
      [{ PROM_SERVER: 'http://127.0.0.1:1', CA_FILE: '/nowhere/ca.pem' }, /\/nowhere\/ca\.pem/],
    ] as const) {
      const { name, state, found: said, advice } = await check(environment)
      assert.deepEqual([name, state], ['Prometheus', 'warning'])
      assert.match(said, found)
      assert.match(advice, /PROM_SERVER/)
    }
  })

  it('counts one metric as one, leaves out those of our programs, and advises what is missing', async () => {
    let names = ['kepler_node_core_joules_total', 'kepler_estimator_up', 'my_kepler_metric']
    const server = createHttpServer((_, response) => response.end(JSON.stringify({ status: 'success', data: names })))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    const PROM_SERVER = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const found = await check({ PROM_SERVER, PROM_QUERY_INTERVAL: '60' })
    assert.deepEqual([found.state, found.found, found.advice], ['ok', '1 metric of Kepler in the last 60 s', ''])
    names = names.slice(1)
    const none = await check({ PROM_SERVER, PROM_QUERY_INTERVAL: '60' })
    assert.deepEqual([none.state, none.found], ['warning', 'no metric of Kepler among 2 in the last 60 s'])
    assert.notEqual(none.advice, '')
  })
})
