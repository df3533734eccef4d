import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testModel } from '../../test/support/test-model.js'
import { ModelError } from '../core/errors.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelCache, type ModelCache } from './model-cache.js'
import type { LoadedModel, ModelQuery, ModelSource } from './model-source.js'

const query: ModelQuery = {
  source: 'rapl-sysfs',
  outputType: 'AbsPower',
  metrics: ['bpf_cpu_time_ms'],
  trainerName: '',
  filter: '',
}

/** A source whose answers the test decides, and that counts how often it is asked. */
function scripted(
  answer: (call: number, query: ModelQuery) => LoadedModel | Promise<LoadedModel>,
): ModelSource & { calls: number } {
  const source = {
    name: 'scripted',
    calls: 0,
    async load(asked: ModelQuery) {
      return answer(++source.calls, asked)
    },
  }
  return source
}

describe('the model cache', () => {
  let now = 0
  const keep = (sources: readonly ModelSource[], more = {}): ModelCache => {
    now = 1_000_000
    return createModelCache({
      sources,
      log: silentLogger,
      clock: () => now,
      monotonic: () => now,
      random: () => 1,
      ...more,
    })
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('loads a model once while others wait for it', async () => {
    let give = (_model: LoadedModel): void => undefined
    const source = scripted(
      () =>
        new Promise((resolve) => {
          give = resolve
        }),
    )
    const models = keep([source])
    const waiting = [models.get(query), models.get(query), models.get({ ...query })]
    await settled()
    give(testModel())
    const [first, ...rest] = await Promise.all(waiting)
    assert.equal(source.calls, 1)
    assert.ok(rest.every((model) => model === first))
    assert.equal(models.get(query), first, 'from now on without a promise')
  })

  it('keeps apart whatever decides a model', async () => {
    const source = scripted(() => testModel())
    const models = keep([source])
    const others: Partial<ModelQuery>[] = [
      {},
      { source: 'acpi' },
      { outputType: 'DynPower' },
      { metrics: ['bpf_cpu_time_ms', 'cpu_cycles'] },
      { trainerName: 'SGDRegressorTrainer' },
      { filter: 'mae:5' },
    ]
    for (const other of others) await models.get({ ...query, ...other })
    for (const other of others) await models.get({ ...query, ...other })
    assert.equal(source.calls, others.length)
  })

  it('asks its sources in order and goes back to the first soon', async () => {
    const first = scripted((call) => {
      if (call === 1) throw new ModelError('UNAVAILABLE', 'away')
      return testModel({ name: 'LinearRegressionTrainer_1' })
    })
    const second = scripted(() => testModel({ name: 'LinearRegressionTrainer_2' }))
    const models = keep([first, second])
    assert.equal((await models.get(query)).provenance.model_name, 'LinearRegressionTrainer_2')
    now += 30_000
    models.get(query)
    await settled()
    assert.equal((await models.get(query)).provenance.model_name, 'LinearRegressionTrainer_1')
  })

  it('remembers a failure and tries again later, ever later', async () => {
    const source = scripted(() => {
      throw new ModelError('UNAVAILABLE', 'the network is away')
    })
    const models = keep([source])
    await assert.rejects(async () => models.get(query), { code: 'NO_MODEL', message: /scripted: the network is away/ })
    for (let i = 0; i < 100; i++) assert.throws(() => models.get(query), /the network is away/)
    assert.equal(source.calls, 1)
    now += 5_000
    await assert.rejects(async () => models.get(query), /away/)
    assert.equal(source.calls, 2)
    now += 5_000
    assert.throws(() => models.get(query), /away/)
    assert.equal(source.calls, 2, 'the second wait is twice the first')
    now += 5_000
    await assert.rejects(async () => models.get(query), /away/)
    assert.equal(source.calls, 3)
  })

  it('refreshes behind the back of requests and keeps the old model when that fails', async () => {
    const source = scripted((call) => {
      if (call === 2) throw new ModelError('UNAVAILABLE', 'away')
      return testModel({ name: `LinearRegressionTrainer_${call}` })
    })
    const models = keep([source], { refreshEvery: 1000 })
    await models.get(query)
    const nameNow = async (): Promise<string> => (await models.get(query)).provenance.model_name
    now += 1000
    assert.equal(await nameNow(), 'LinearRegressionTrainer_1')
    await settled()
    assert.equal(await nameNow(), 'LinearRegressionTrainer_1')
    assert.equal(source.calls, 2)
    now += 5_000
    await nameNow()
    await settled()
    assert.equal(await nameNow(), 'LinearRegressionTrainer_3')
  })

  it('gives up on a source that hangs, and asks the next with time of its own', { timeout: 10_000 }, async () => {
    const hanging: ModelSource = { name: 'hanging', load: () => new Promise(() => undefined) }
    const asked: boolean[] = []
    const next: ModelSource = {
      name: 'next',
      async load(_, signal) {
        asked.push(signal.aborted)
        return testModel()
      },
    }
    const models = keep([hanging, next], { loadTimeout: 20 })
    assert.equal((await models.get(query)).provenance.model_name, 'LinearRegressionTrainer_1')
    assert.deepEqual(asked, [false])
    await assert.rejects(async () => keep([hanging], { loadTimeout: 20 }).get(query), /no answer within 20 ms/)
  })

  it('does not lose the model of a source that is away to a later source', async () => {
    const first = scripted((call) => {
      if (call > 1) throw new ModelError('UNAVAILABLE', 'away')
      return testModel({ name: 'LinearRegressionTrainer_1' })
    })
    const second = scripted(() => testModel({ name: 'LinearRegressionTrainer_2' }))
    const models = keep([first, second], { refreshEvery: 1000 })
    await models.get(query)
    now += 1000
    models.get(query)
    await settled()
    assert.equal((await models.get(query)).provenance.model_name, 'LinearRegressionTrainer_1')
    assert.deepEqual([first.calls, second.calls], [2, 0])
  })

  it('keeps a bounded number and lets the least recently used go', async () => {
    const source = scripted(() => testModel())
    const models = keep([source], { maxEntries: 2 })
    const ask = (filter: string) => models.get({ ...query, filter })
    await ask('mae:1')
    await ask('mae:2')
    await ask('mae:1')
    await ask('mae:3')
    assert.deepEqual(
      models.status().map(({ filter }) => filter),
      ['mae:1', 'mae:3'],
    )
  })

  it('keeps no more bytes than it may, and counts what requests share once', async () => {
    const [small, large] = [testModel({ bytes: 40 }), testModel({ bytes: 50 })]
    const source = scripted((_, { filter }) => (filter.startsWith('small') ? small : large))
    const models = keep([source], { maxBytes: 80 })
    for (const filter of ['small 1', 'small 2', 'small 3']) await models.get({ ...query, filter })
    assert.equal(models.status().length, 3)
    await models.get({ ...query, filter: 'large' })
    assert.deepEqual(
      models.status().map(({ filter }) => filter),
      ['large'],
    )
  })

  it('says what it has and what it could not get', async () => {
    const models = keep([
      scripted((_, { filter }) => {
        if (filter !== '') throw new ModelError('NO_MODEL', 'nothing passes')
        return testModel()
      }),
    ])
    await models.get(query)
    await assert.rejects(async () => models.get({ ...query, filter: 'mae:0' }))
    const [ready, failed] = models.status()
    assert.deepEqual(
      [ready?.state, ready?.model?.model_name, ready?.error],
      ['ready', 'LinearRegressionTrainer_1', null],
    )
    assert.deepEqual([failed?.state, failed?.model], ['failed', null])
    assert.match(failed?.error ?? '', /nothing passes/)
  })
})
