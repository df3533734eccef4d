import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testArchive, testModel } from '../../test/support/test-model.js'
import { ModelError } from '../core/errors.js'
import { silentLogger } from '../runtime/ports.js'
import { createEstimator, type Estimator } from './estimator.js'
import { initialModelSource } from './initial-model-source.js'
import { createModelCache } from './model-cache.js'
import type { ModelQuery, ModelSource } from './model-source.js'
import { parsePowerRequest } from './power-request.js'

const silentObserver = { estimated() {}, failed() {}, oversized() {}, shortened() {} }

function estimatorOf(sources: readonly ModelSource[], machineCores: number | null = 8): Estimator {
  const models = createModelCache({ sources, log: silentLogger, clock: Date.now, random: Math.random })
  return createEstimator({
    models,
    machineCores: machineCores ?? undefined,
    observer: silentObserver,
    log: silentLogger,
  })
}

const source = (load: (query: ModelQuery) => ReturnType<typeof testModel>): ModelSource => ({
  name: 'test',
  load: async (query) => load(query),
})
const linear = source(() => testModel({ metadata: { machine_spec: { cores: 16 } } }))

const ask = async (estimator: Estimator, request: unknown): Promise<Record<string, unknown>> =>
  JSON.parse(await estimator.answer(typeof request === 'string' ? request : JSON.stringify(request)))

const request = { metrics: ['bpf_cpu_time_ms'], values: [[0], [1.5]], output_type: 'AbsPower', source: 'rapl-sysfs' }

describe('estimator', () => {
  it('answers watts of every component, one a row, and the core ratio', async () => {
    assert.deepEqual(await ask(estimatorOf([linear]), request), {
      powers: { package: [10, 13], dram: [10, 13] },
      msg: '',
      core_ratio: 0.5,
    })
  })

  it('gives the core ratio every time (the original: only the first time)', async () => {
    const estimator = estimatorOf([linear])
    for (let i = 0; i < 3; i++) assert.equal((await ask(estimator, request)).core_ratio, 0.5)
  })

  it('takes a core ratio of 1 where a number of cores is not known', async () => {
    assert.equal((await ask(estimatorOf([source(() => testModel())]), request)).core_ratio, 1)
    assert.equal((await ask(estimatorOf([linear], null), request)).core_ratio, 1)
  })

  it('serves a second client with other metrics (the original: an error)', async () => {
    const estimator = estimatorOf([source(({ metrics }) => testModel({ features: metrics }))])
    await ask(estimator, request)
    const second = await ask(estimator, { ...request, metrics: ['cache_miss', 'cpu_cycles'], values: [[1, 2]] })
    assert.deepEqual(second.powers, { package: [16], dram: [16] })
    assert.deepEqual((await ask(estimator, request)).powers, { package: [10, 13], dram: [10, 13] })
  })

  it('takes what Kepler sends: null lists, fields of other versions, its own names of sources', async () => {
    const kepler = {
      ...request,
      source: 'intel_rapl',
      system_features: ['cpu_architecture'],
      system_values: ['Sandy Bridge'],
      trainer_name: '',
      filter: '',
      a_field_of_tomorrow: { x: 1 },
    }
    assert.equal((await ask(estimatorOf([linear]), kepler)).msg, '')
    const nulls = { ...kepler, system_features: null, system_values: null, trainer_name: null, values: null }
    assert.deepEqual((await ask(estimatorOf([linear]), nulls)).powers, { package: [], dram: [] })
  })

  it('says how sure it is and which inputs are outside, where that is asked for', async () => {
    const estimator = estimatorOf([source(() => testModel())])
    const far = { ...request, values: [[100], [-5], [2 ** 22], [1e300]] }
    const { interval, outside, powers } = await estimator.estimate(parsePowerRequest(far), { interval: true })
    assert.equal(interval?.method, 'published error')
    assert.equal(interval?.coverage, 0.9)
    const { lower = [], upper = [] } = interval?.powers.package ?? {}
    // A mean absolute error of 1 W, of errors that are normally distributed.
    assert.ok(Math.abs(upper[0]! - 212.0615) < 1e-9 && Math.abs(lower[0]! - 207.9385) < 1e-9, `${lower[0]} ${upper[0]}`)
    assert.ok(upper[2]! - lower[2]! > upper[0]! - lower[0]!, 'it widens outside')
    assert.deepEqual(
      outside.map(({ row, clampedTo }) => [row, clampedTo]),
      [
        [1, 0],
        [2, undefined],
        [3, 10 * 2 ** 20],
      ],
    )
    assert.equal(outside[1]?.by, 3)
    for (const watts of [...(powers.package ?? []), ...lower, ...upper]) {
      assert.ok(Number.isFinite(watts) && watts >= 0, String(watts))
    }
    assert.equal((await estimator.estimate(parsePowerRequest(request))).interval, undefined)
  })

  it('refuses inputs that cannot be where that is asked for, and names the first', async () => {
    const estimator = estimatorOf([linear])
    const estimate = async (value: number) =>
      estimator.estimate(parsePowerRequest({ ...request, values: [[1], [value]] }), { strict: true })
    await assert.rejects(estimate(-5), {
      code: 'INVALID_REQUEST',
      field: 'values[1][0]',
      message: /bpf_cpu_time_ms of -5 cannot be: a rate is not negative/,
    })
    // Sixteen cores have sixteen seconds a second, and a tenth more for counters that are read late.
    const spec = source(() => testModel({ largest: 1000, metadata: { machine_spec: { cores: 16 } } }))
    const strict = async (value: number) =>
      estimatorOf([spec]).estimate(parsePowerRequest({ ...request, values: [[value]] }), { strict: true })
    assert.equal((await strict(17_000)).outside[0]?.by, 16)
    await assert.rejects(strict(18_000), { message: /the machine can do 17600/ })
  })

  it('tells of rows outside the range through the socket only in metrics and a throttled log', async () => {
    const lines: string[] = []
    let outside = 0
    const estimator = createEstimator({
      models: createModelCache({
        sources: [source(() => testModel())],
        log: silentLogger,
        clock: () => 0,
        random: Math.random,
      }),
      machineCores: 8,
      observer: {
        ...silentObserver,
        estimated(estimate) {
          outside += estimate.outside.length
        },
      },
      log: { ...silentLogger, warn: (_fields: object, message: string) => void lines.push(message) },
      clock: () => 0,
    })
    const far = { ...request, values: Array.from({ length: 100 }, () => [2 ** 22]) }
    const answer = await ask(estimator, far)
    assert.deepEqual(Object.keys(answer), ['powers', 'msg', 'core_ratio'])
    await ask(estimator, far)
    assert.equal(outside, 200)
    assert.deepEqual(lines, ['an input is outside the range that the model was trained on'])
  })

  it('logs one refusal and one long answer a minute, with the number of those between', async () => {
    let now = 0
    const lines: [string, unknown][] = []
    const note = (fields: object, message: string) => lines.push([message.slice(0, 15), { ...fields }])
    const estimator = createEstimator({
      models: createModelCache({
        sources: [linear],
        log: silentLogger,
        clock: () => now,
        monotonic: () => now,
        random: Math.random,
      }),
      machineCores: 8,
      observer: silentObserver,
      log: { ...silentLogger, info: note, warn: note },
      clock: () => now,
    })
    const long = { ...request, values: Array.from({ length: 3000 }, () => [1.23456]) }
    for (let i = 0; i < 100; i++) {
      await ask(estimator, long)
      await ask(estimator, '{}')
    }
    assert.deepEqual(
      lines.map(([message]) => message),
      ['an answer is lo', 'request refused'],
    )
    now += 60_000
    await ask(estimator, '{}')
    assert.deepEqual(lines.at(-1)?.[1], { ...(lines[1]?.[1] as object), more: 99 })
  })

  it('answers the very first, all-zero request', async () => {
    assert.deepEqual((await ask(estimatorOf([linear]), { ...request, values: [[0]] })).powers, {
      package: [10],
      dram: [10],
    })
  })

  it('gives a model the system features that it wants, where they are numbers', async () => {
    const wants = source(() => testModel({ features: ['bpf_cpu_time_ms', 'cpu_scaling_frequency_hertz'] }))
    const withFrequency = { ...request, system_features: ['cpu_scaling_frequency_hertz'], system_values: ['100'] }
    assert.deepEqual((await ask(estimatorOf([wants]), withFrequency)).powers, { package: [210, 213], dram: [210, 213] })
  })

  it('never answers negative watts', async () => {
    const negative = source(() => testModel({ idle: -5 }))
    assert.deepEqual((await ask(estimatorOf([negative]), request)).powers, { package: [0, 0], dram: [0, 0] })
  })

  const failures: [string, unknown, RegExp][] = [
    ['what can be no source', { ...request, source: 'fu sion' }, /source: no name of an energy source.*"fu sion"/],
    ['an unknown output type', { ...request, output_type: 'Horsepower' }, /output_type: expected AbsPower or DynPower/],
    ['a missing output type', { ...request, output_type: undefined }, /output_type/],
    ['a row of another length', { ...request, values: [[0], [1, 2]] }, /values\[1\] has 2 values for 1 metrics/],
    [
      'a value that is no number',
      { ...request, values: [['1']] },
      /values\[0\]\[0\]: expected a finite number, got "1"/,
    ],
    ['rows that are no lists', { ...request, values: [7] }, /values\[0\]: expected a list of numbers, got 7/],
    ['metrics that are no list', { ...request, metrics: 'bpf_cpu_time_ms' }, /metrics: expected a list of names/],
    ['a filter that cannot be read', { ...request, filter: 'mae' }, /"mae"/],
    ['NaN', '{"metrics":["a"],"values":[[NaN]],"output_type":"AbsPower"}', /not JSON/],
    ['no object', '[]', /expected a JSON object/],
    ['no JSON', '{', /not JSON/],
  ]
  for (const [what, bad, message] of failures) {
    it(`answers ${what} with an empty list and why, and goes on`, async () => {
      const estimator = estimatorOf([linear])
      const answer = await ask(estimator, bad)
      assert.deepEqual(answer.powers, [])
      assert.match(String(answer.msg), message)
      assert.equal((await ask(estimator, request)).msg, '')
    })
  }

  it('survives a failed download (the original: dies) and says what failed', async () => {
    const estimator = estimatorOf([
      initialModelSource({
        urlFor: () => 'https://models.example/ec2/rapl-sysfs/AbsPower/BPFOnly/X_1.zip',
        fetchBytes: async () => {
          throw new ModelError('UNAVAILABLE', 'getaddrinfo ENOTFOUND models.example')
        },
        log: silentLogger,
        clock: Date.now,
      }),
    ])
    for (let i = 0; i < 2; i++) {
      const answer = await ask(estimator, request)
      assert.deepEqual(answer.powers, [])
      assert.match(String(answer.msg), /initial model: getaddrinfo ENOTFOUND models.example/)
    }
  })
})

describe('initial model', () => {
  const url = 'https://models.example/v0.7/ec2-0.7.11/rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_1.zip'
  const index = JSON.stringify({ '1': { attrs: { processor: 'x', cores: 16 }, members: ['a'] } })
  const initial = (files: (path: string) => Promise<Uint8Array>) =>
    estimatorOf([initialModelSource({ urlFor: () => url, fetchBytes: files, log: silentLogger, clock: Date.now })])
  const served = (path: string): Promise<Uint8Array> =>
    path.endsWith('.zip') ? testArchive() : Promise.resolve(Buffer.from(index))

  it('finds the machine that the model was trained on beside it', async () => {
    const fetched: string[] = []
    const estimator = initial((path) => {
      fetched.push(path)
      return served(path)
    })
    assert.equal((await ask(estimator, request)).core_ratio, 0.5)
    assert.deepEqual(fetched, [url, 'https://models.example/v0.7/ec2-0.7.11/node_type_index.json'])
  })

  it('does without that machine where there is none', async () => {
    const estimator = initial((path) => (path.endsWith('.zip') ? testArchive() : Promise.reject(new Error('404'))))
    const answer = await ask(estimator, request)
    assert.deepEqual([answer.msg, answer.core_ratio], ['', 1])
  })

  for (const [what, change, message] of [
    ['other metrics', { metrics: ['cpu_cycles'], values: [[1]] }, /needs bpf_cpu_time_ms/],
    ['another trainer', { trainer_name: 'SVRRegressorTrainer' }, /was not made by "SVRRegressorTrainer"/],
    ['a filter that it does not pass', { filter: 'mae:0.5' }, /does not pass the filter "mae:0.5"/],
  ] as const) {
    it(`is refused for ${what}, and still serves the others`, async () => {
      const estimator = initial(served)
      const answer = await ask(estimator, { ...request, ...change })
      assert.deepEqual(answer.powers, [])
      assert.match(String(answer.msg), message)
      assert.equal(
        (await ask(estimator, { ...request, filter: 'mae:1', trainer_name: 'LinearRegressionTrainer' })).msg,
        '',
      )
    })
  }
})
