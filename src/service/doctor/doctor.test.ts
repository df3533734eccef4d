import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { loadConfig } from '../../config/config.js'
import { checkFolders } from './check-folders.js'
import { checkPipelines } from './check-pipelines.js'
import { checkMeter, checkPrometheus, checkSockets } from './check-surroundings.js'

const configOf = (environment: Record<string, string>) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })

describe('checkFolders', () => {
  it('looks at each folder, and makes none', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'file')
    const jobs = join(folder, 'a/b/jobs')
    writeFileSync(file, '')
    const config = configOf({
      ...{ MODEL_PATH: folder, JOBS_PATH: jobs, ONLINE_HISTORY_PATH: file, DATAPATH: join(file, 'data') },
    })
    const checks = checkFolders(config)
    assert.deepEqual(checks.slice(0, 2), [
      { name: 'MODEL_PATH', state: 'ok', found: folder, advice: '' },
      { name: 'JOBS_PATH', state: 'ok', found: `${jobs} is made when it is needed`, advice: '' },
    ])
    assert.equal(existsSync(jobs), false)
    const [history, data] = checks.slice(2)
    assert.deepEqual(
      [history?.name, history?.state, history?.found],
      ['ONLINE_HISTORY_PATH', 'problem', `${file} is a file`],
    )
    // A folder cannot be made below a file.
    assert.deepEqual([data?.name, data?.state, data?.found], ['DATAPATH', 'problem', `${file} is a file`])
  })
})

describe('checkPipelines', () => {
  it('counts the models of each, and those that cannot be read', async () => {
    const folder = temporaryFolder()
    const files = pipelineFiles([{ name: 'SGDRegressorTrainer_0' }, { name: 'SGDRegressorTrainer_1' }])
    writeFiles(join(folder, 'whole'), files)
    writeFiles(join(folder, 'part'), { ...files, 'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_1.zip': 'no zip' })
    writeFileSync(join(folder, 'broken.zip'), 'no zip')
    const checks = await checkPipelines(configOf({ MODEL_PATH: folder }))
    const found = (name: string) => checks.find((check) => check.name === `pipeline ${name}`)
    assert.deepEqual([found('whole')?.state, found('whole')?.found], ['ok', '2 models'])
    assert.deepEqual([found('part')?.state, found('part')?.found], ['warning', '1 model, and 1 that cannot be read'])
    assert.equal(found('broken')?.state, 'problem')
    for (const name of ['part', 'broken']) assert.ok(found(name)?.advice.includes(join(folder, name)), name)
  })

  it('says how to get one where there is none', async () => {
    const folder = temporaryFolder()
    const [online] = await checkPipelines(configOf({ MODEL_PATH: folder }))
    const [offline, ...others] = await checkPipelines(configOf({ MODEL_PATH: folder, OFFLINE: 'true' }))
    assert.deepEqual([online?.state, online?.found], ['warning', `there are none in ${folder}`])
    assert.match(online?.advice ?? '', /`kepler-model serve` downloads/)
    assert.ok(offline?.advice.includes(folder))
    assert.deepEqual(others, [])
  })
})

describe('checkSockets', () => {
  it('tells a socket that answers, one that was left and a file in the way', async () => {
    const folder = temporaryFolder()
    const [live, none, file] = ['live', 'none', 'file'].map((name) => join(folder, name))
    writeFileSync(file!, '')
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(live, resolve))
    const checks = await checkSockets({ ESTIMATOR_SOCKETS: [live!, none!, file!] })
    assert.deepEqual(
      checks.map(({ name, state }) => [name, state]),
      [
        [`socket ${live}`, 'ok'],
        [`socket ${none}`, 'ok'],
        [`socket ${file}`, 'problem'],
      ],
    )
    assert.equal(checks[0]?.found, 'an estimator answers')
    assert.match(checks[1]?.found ?? '', /^nobody listens/)
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('checkPrometheus', () => {
  it('asks for the last interval, and counts metrics of Kepler alone', async () => {
    let names = ['kepler_node_core_joules_total', 'kepler_vm_package_joules_total', 'kepler_meter_up', 'up']
    const asked: URL[] = []
    const server = createHttpServer((request, response) => {
      asked.push(new URL(request.url ?? '', 'http://x'))
      response.end(JSON.stringify({ status: 'success', data: names }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const config = configOf({ PROM_SERVER: url, PROM_QUERY_INTERVAL: '300' })
    const check = () => checkPrometheus(config, 1_700_000_000_900, new AbortController().signal)
    const found = await check()
    assert.equal(found.state, 'ok')
    assert.match(found.found, /^2 metrics of Kepler in the last 300 s/)
    const time = (name: string) => new Date(asked[0]?.searchParams.get(name) ?? '').getTime() / 1000
    const plain = (name: string) => Number(asked[0]?.searchParams.get(name))
    const [start, end] = ['start', 'end'].map((name) => (Number.isNaN(plain(name)) ? time(name) : plain(name)))
    assert.deepEqual([start, end], [1_699_999_700, 1_700_000_000])
    names = ['kepler_meter_up', 'up', 'node_cpu_seconds_total']
    const none = await check()
    assert.equal(none.state, 'warning')
    assert.match(none.found, /among 3 in the last 300 s/)
  })
})

describe('checkMeter', () => {
  const zone = (sys: string, entry: string, files: Readonly<Record<string, string>>) => {
    const folder = join(sys, 'class/powercap', entry)
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  }

  it('tells what the machine measures', () => {
    const sys = temporaryFolder()
    assert.deepEqual([checkMeter(sys).state, checkMeter(sys).found], ['warning', 'this machine has none'])
    zone(sys, 'intel-rapl:0', { name: 'package-0\n', energy_uj: '', max_energy_range_uj: '100\n' })
    assert.match(checkMeter(sys).found, /may not read/)
    zone(sys, 'intel-rapl:0:0', { name: 'dram\n', energy_uj: '5\n', max_energy_range_uj: '100\n' })
    assert.deepEqual(checkMeter(sys), { name: 'power meter', state: 'ok', found: '1 zone: dram', advice: '' })
  })
})
