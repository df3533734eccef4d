import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive, type TestModelOptions } from '../../test/support/test-model.js'
import { loadConfig } from '../config/config.js'
import { trainedModels } from './trained-models.js'

/** What a model server says of an energy source: a model, or why it has none. */
type Answer = { readonly model: Buffer; readonly match?: string } | { readonly status: number; readonly why: string }

const none: Answer = { status: 400, why: 'it has none' }
const pipeline = 'guests/rapl-sysfs/AbsPower/NodeOS/LinearRegressionTrainer_0'

/** A model of the processors' user time: 10 W and 40 W more when all are busy. */
const model = async (options: TestModelOptions = {}) =>
  testArchive({ features: ['node_cpu_user_ratio'], idle: 10, slope: 40, largest: 1, ...options })

/** The source that a meter takes of a model server, which answers so for each energy source. */
async function scene(answers: Readonly<Partial<Record<string, Answer>>>) {
  const asked: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const query = JSON.parse(body)
      asked.push(query)
      const answer = answers[String(query.source)] ?? none
      if ('why' in answer) {
        return response.writeHead(answer.status).end(JSON.stringify({ error: { message: answer.why } }))
      }
      const headers = { 'x-kepler-model': pipeline, ...(answer.match && { 'x-kepler-match': answer.match }) }
      return response.writeHead(200, headers).end(answer.model)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const system = fakeSystem(temporaryFolder())
  const environment = { CONFIG_PATH: '/nonexistent', METER_SYSFS: system.sys, METER_MODEL_SERVER: url }
  const models = await trainedModels(loadConfig({ environment }))
  after(async () => {
    await models?.close()
    server.closeAllConnections()
    server.close()
  })
  return { asked, name: models?.name, url, load: () => models!.load(new AbortController().signal) }
}

const busy = (user: number, system: number) => ({
  ...{ seconds: 1, utilisation: user, steal: 0, onlineCpus: 1 },
  system: { node_cpu_user_ratio: user, node_cpu_system_ratio: system },
})

describe('models of a model server', () => {
  it('have the zones of both energy sources, each of its own model', async () => {
    const { load, asked, name, url } = await scene({
      'rapl-sysfs': { model: await model({ name: 'SGDRegressorTrainer_3', components: ['package', 'uncore', 'gpu'] }) },
      acpi: { model: await model({ name: 'LinearRegressionTrainer_0', idle: 100, components: ['platform'] }) },
    })
    const source = await load()
    assert.equal(name, url)
    assert.deepEqual(source.zones, ['package', 'uncore', 'psys'])
    assert.equal(source.provenance.model, 'guests/SGDRegressorTrainer_3 and guests/LinearRegressionTrainer_0')
    const powers = source.power(busy(0.5, 0))
    assert.deepEqual(
      powers.map(({ zone, watts, idleWatts }) => [zone, watts, idleWatts]),
      [
        ['package', 30, 10],
        ['uncore', 30, 10],
        ['psys', 120, 100],
      ],
    )
    // An absolute error of 1 W in the mean: nine of ten are within 2.06 W where errors are normal.
    for (const { watts, low, high } of powers) {
      assert.deepEqual(
        [watts - low, high - watts].map((width) => width.toFixed(2)),
        ['2.06', '2.06'],
      )
    }
    assert.deepEqual(
      asked.map(({ source: of, output_type: output }) => [of, output]),
      [
        ['rapl-sysfs', 'AbsPower'],
        ['acpi', 'AbsPower'],
      ],
    )
    assert.ok(asked.every(({ metrics }) => Array.isArray(metrics) && metrics.includes('node_cpu_user_ratio')))
  })

  it('have no interval where no error was measured', async () => {
    const { load } = await scene({ 'rapl-sysfs': { model: await model({ metadata: { mae: undefined } }) } })
    const powers = (await load()).power(busy(0.5, 0))
    assert.deepEqual(
      powers.map(({ watts, low, high }) => [watts, low, high]),
      [
        [30, 30, 30],
        [30, 30, 30],
      ],
    )
  })

  it('say a name once, where it is the same for both', async () => {
    const { load } = await scene({
      'rapl-sysfs': { model: await model() },
      acpi: { model: await model({ components: ['platform'] }) },
    })
    assert.equal((await load()).provenance.model, 'guests/LinearRegressionTrainer_1')
  })

  it('say when the machine is busier than any that the model was trained on', async () => {
    const { load } = await scene({ 'rapl-sysfs': { model: await model({ largest: 0.5, slope: 40 }) } })
    const source = await load()
    assert.deepEqual(source.zones, ['package', 'dram'])
    const outside = (user: number) => source.power(busy(user, 0)).map(({ outOfRange }) => outOfRange)
    assert.deepEqual(outside(0.5), [false, false])
    assert.deepEqual(outside(5), [true, true])
  })

  it('have the error that was held out: on workloads, else on blocks of time, else none', async () => {
    const errorOf = async (metadata: Readonly<Record<string, unknown>>) => {
      const { load } = await scene({ 'rapl-sysfs': { model: await model({ metadata }) } })
      return (await load()).provenance.error
    }
    assert.deepEqual(await errorOf({ workload_mape: 4, cv_mape: 3 }), { metric: 'workload_mape', value: 4 })
    assert.deepEqual(await errorOf({ workload_mape: -1, cv_mape: 0 }), { metric: 'cv_mape', value: 0 })
    assert.deepEqual(await errorOf({ workload_mape: '4', cv_mape: 3 }), { metric: 'cv_mape', value: 3 })
    assert.equal(await errorOf({ cv_mape: -1 }), undefined)
  })

  it('say where the machine is only like those of the training', async () => {
    const assumed = async (match: string) => {
      const { load } = await scene({ 'rapl-sysfs': { model: await model(), match } })
      return (await load()).provenance
    }
    const exact = await assumed('exact;node-type=1;uncertainty=0;looseness=0')
    assert.deepEqual(exact.assumptions, [])
    assert.deepEqual([exact.calibrationPoints, exact.share.fraction], [0, 1])
    const { assumptions } = await assumed('fallback;node-type=258;wanted=999')
    assert.equal(assumptions.length, 1)
    assert.match(assumptions[0] ?? '', /LinearRegressionTrainer_1/)
  })

  it('are none where the server has one of all machines, or one that needs what a meter does not count', async () => {
    const universal = 'universal;node-type=-1;known=family;machine=spec'
    const { load } = await scene({
      'rapl-sysfs': { model: await model(), match: universal },
      acpi: { model: await model({ features: ['node_cpu_user_ratio', 'bpf_cpu_time_ms'], components: ['platform'] }) },
    })
    await assert.rejects(load(), {
      code: 'NO_MODEL',
      message:
        /^no model of NodeOS for this machine: model server http\S+ has no trained model of rapl-sysfs; .*no trained model of acpi$/,
    })
  })

  it('are none where the server has none, and unknown where it does not work', async () => {
    const { load } = await scene({})
    await assert.rejects(load(), { code: 'NO_MODEL', message: /it has none; .*it has none/ })
    const broken = await scene({ 'rapl-sysfs': { model: await model() }, acpi: { status: 500, why: 'it starts' } })
    await assert.rejects(broken.load(), { code: 'UNAVAILABLE', message: /it starts/ })
  })
})

describe('trainedModels', () => {
  it('are none without a setting', async () => {
    assert.equal(await trainedModels(loadConfig({ environment: { CONFIG_PATH: '/nonexistent' } })), undefined)
  })
})
