import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testModel, type TestModelOptions } from '../../test/support/test-model.js'
import { ModelError } from '../core/errors.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelCache, type LoadOutcome, type ModelCacheOptions } from './model-cache.js'
import type { LoadedModel, ModelQuery, ModelSource } from './model-source.js'

const query: ModelQuery = {
  ...{ source: 'rapl-sysfs', outputType: 'AbsPower', metrics: ['bpf_cpu_time_ms'], trainerName: '', filter: '' },
}
const away = () => new ModelError('UNAVAILABLE', 'away')
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** A cache over one source whose answers are these, the last one for ever. */
function scene(answers: readonly (LoadedModel | Error)[], more: Partial<ModelCacheOptions> = {}) {
  let now = 1_000_000
  let asked = 0
  const outcomes: LoadOutcome[] = []
  const lines: (readonly [level: string, message: string, fields: Record<string, unknown>])[] = []
  const note = (level: string) => (fields: object, message: string) =>
    lines.push([level, message, fields as Record<string, unknown>])
  const source: ModelSource = {
    name: 'here',
    async load() {
      const answer = answers[Math.min(asked++, answers.length - 1)]!
      if (answer instanceof Error) throw answer
      return answer
    },
  }
  const cache = createModelCache({
    sources: [source],
    log: { ...silentLogger, debug: note('debug'), info: note('info'), warn: note('warn') },
    clock: () => now + 5_000_000,
    monotonic: () => now,
    random: () => 1,
    onLoad: (outcome) => outcomes.push(outcome),
    ...more,
  })
  const get = async (wanted = query) => {
    const found = await Promise.resolve()
      .then(() => cache.get(wanted))
      .catch((error: Error) => error)
    await settled()
    return found
  }
  return { cache, get, outcomes, lines, asked: () => asked, pass: (milliseconds: number) => (now += milliseconds) }
}
const model = (mae: number, more: TestModelOptions = {}) => testModel({ ...more, metadata: { mae } })

describe('renewing a model', () => {
  it('happens after five minutes, not before, and tells what came of it', async () => {
    const { get, outcomes, lines, pass, asked } = scene([model(1), model(1), model(2)])
    await get()
    pass(299_999)
    await get()
    assert.equal(asked(), 1)
    pass(1)
    await get()
    pass(300_000)
    await get()
    assert.deepEqual(outcomes, ['loaded', 'same', 'changed'])
    assert.deepEqual(
      lines.map(([level, message]) => [level, message]),
      [
        ['info', 'model loaded'],
        ['info', 'another model was loaded'],
      ],
    )
    const common = { model: 'LinearRegressionTrainer_1', pipeline: 'test', from: 'a test' }
    assert.deepEqual(lines[0]?.[2], { ...common, source: 'rapl-sysfs', outputType: 'AbsPower', more: 0 })
    assert.deepEqual(lines[1]?.[2], { ...common, mae: 2, before: 'LinearRegressionTrainer_1' })
  })

  it('that fails keeps the model, and is tried again ever later, logged ever less', async () => {
    const { get, outcomes, lines, pass, cache } = scene([model(1), away()])
    const first = await get()
    pass(300_000)
    for (const wait of [5_000, 10_000, 20_000, 40_000]) {
      assert.equal(await get(), first)
      pass(wait - 1)
      assert.equal(await get(), first)
      pass(1)
    }
    assert.deepEqual(outcomes, ['loaded', 'failed', 'failed', 'failed', 'failed'])
    const failures = lines.slice(1)
    assert.deepEqual(
      failures.map(([level]) => level),
      ['warn', 'warn', 'debug', 'warn'],
    )
    assert.deepEqual(failures[1], [
      'warn',
      'the model cannot be renewed and stays',
      { ...{ source: 'rapl-sysfs', outputType: 'AbsPower', error: 'away', failures: 2 }, retryInMs: 10_000 },
    ])
    const [status] = cache.status()
    assert.deepEqual([status?.state, status?.error, status?.failures, status?.refreshes], ['ready', 'away', 4, 4])
  })

  it('after failures begins to count anew', async () => {
    const { get, cache, pass } = scene([away(), away(), model(1)])
    for (const wait of [5_000, 10_000]) {
      assert.ok((await get()) instanceof ModelError)
      pass(wait)
    }
    await get()
    const [{ failures, error, next_try, state } = {}] = cache.status()
    assert.deepEqual([failures, error, state], [0, null, 'ready'])
    assert.equal(next_try, new Date(1_015_000 + 300_000 + 5_000_000).toISOString())
  })

  it('is sooner where it is to be renewed often', async () => {
    const { get, pass, asked } = scene([away(), model(1)], { refreshEvery: 1000 })
    await get()
    pass(1000)
    await get()
    assert.equal(asked(), 2)
  })
})

describe('a model that cannot be loaded', () => {
  it('is an error that names what was wanted and who was asked', async () => {
    const failed = await scene([new Error('odd')]).get()
    assert.ok(failed instanceof ModelError)
    assert.deepEqual([failed.code, failed.message], ['NO_MODEL', 'no AbsPower model for rapl-sysfs: here: odd'])
    const nowhere = await scene([], { sources: [] }).get()
    assert.match((nowhere as Error).message, /there is nowhere to load a model from$/)
  })

  it('is logged once a source and output type, however clients ask', async () => {
    const { get, lines } = scene([away()])
    for (const filter of ['mae:1', 'mae:2', 'mae:3']) await get({ ...query, filter })
    assert.deepEqual(
      lines.map(([level, message, { more }]) => [level, message, more]),
      [['warn', 'no model could be loaded', 0]],
    )
  })

  it('tells nothing when the estimator stops meanwhile', async () => {
    const hanging: ModelSource = { name: 'slow', load: () => new Promise(() => {}) }
    const { cache, outcomes, lines } = scene([], { sources: [hanging] })
    const waiting = cache.get(query)
    await settled()
    assert.equal(cache.status()[0]?.state, 'loading')
    assert.equal(cache.status()[0]?.next_try, null)
    cache.close()
    await assert.rejects(async () => waiting, { message: /the estimator stops/ })
    assert.deepEqual([outcomes, lines], [[], []])
  })
})

describe('what is cached', () => {
  it('is told of each, the first first', async () => {
    const { get, cache } = scene([model(1)])
    for (const filter of ['mae:5', 'mae:6', 'mae:5']) await get({ ...query, filter, trainerName: 'T' })
    assert.deepEqual(
      cache
        .status()
        .map(({ filter, hits, trainer_name, source, output_type }) => [
          ...[filter, hits, trainer_name],
          ...[source, output_type],
        ]),
      [
        ['mae:6', 1, 'T', 'rapl-sysfs', 'AbsPower'],
        ['mae:5', 2, 'T', 'rapl-sysfs', 'AbsPower'],
      ],
    )
    const [{ uncertainty, model: provenance } = {}] = cache.status()
    assert.equal(provenance?.mae, 1)
    assert.ok(uncertainty && 'coverage' in uncertainty)
  })

  it('is 64 models at most', async () => {
    const { get, cache } = scene([model(1)])
    for (let i = 0; i < 65; i++) await get({ ...query, filter: `mae:${i}` })
    assert.equal(cache.status().length, 64)
  })

  it('takes as many bytes as it may, and the model just loaded in any case', async () => {
    const large = [1, 2, 3].map((mae) => model(mae, { bytes: 50 }))
    const { get, cache } = scene(large, { maxBytes: 100 })
    for (const filter of ['mae:10', 'mae:20']) await get({ ...query, filter })
    assert.equal(cache.status().length, 2)
    await get({ ...query, filter: 'mae:30' })
    assert.deepEqual(
      cache.status().map(({ filter }) => filter),
      ['mae:20', 'mae:30'],
    )
    const huge = scene([model(1, { bytes: 101 })], { maxBytes: 100 })
    await huge.get()
    assert.equal(huge.cache.status().length, 1)
  })
})
