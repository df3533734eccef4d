import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { testModel } from '../../test/support/test-model.js'
import { ModelError } from '../core/errors.js'
import { createModelCache, type ModelCacheOptions } from './model-cache.js'
import type { LoadedModel, ModelQuery } from './model-source.js'

const query: ModelQuery = {
  ...{ source: 'rapl-sysfs', outputType: 'AbsPower', metrics: ['bpf_cpu_time_ms'], trainerName: '', filter: '' },
}
const away = new ModelError('UNAVAILABLE', 'away')
const none = new ModelError('NO_MODEL', 'it has none')
const [one, two] = [testModel({ name: 'LinearRegressionTrainer_1' }), testModel({ name: 'LinearRegressionTrainer_2' })]

type Answer = LoadedModel | Error

/** A cache over sources whose answers a test sets. */
function scene(answers: readonly Answer[], more: Partial<ModelCacheOptions> = {}) {
  let now = 1_000_000
  let given = answers
  const asked = answers.map(() => 0)
  const log = recordedLog()
  const sources = answers.map((_, index) => ({
    name: `source ${index}`,
    async load() {
      asked[index]!++
      const answer = given[index]!
      if (answer instanceof Error) throw answer
      return answer
    },
  }))
  const cache = createModelCache({
    ...{ sources, log, clock: () => now, monotonic: () => now, random: () => 1 },
    ...more,
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  /** The name of the model that is served, or why there is none; what is renewed meanwhile has been. */
  const served = async (wanted = query) => {
    const name = await Promise.resolve()
      .then(() => cache.get(wanted))
      .then(
        ({ provenance }) => provenance.model_name,
        (error: Error) => error.message,
      )
    await settled()
    return name
  }
  return {
    ...{ cache, log, served, asked },
    become: (...next: readonly Answer[]) => {
      given = next
    },
    pass: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

describe('a model of a later source', () => {
  it('serves half a minute before the first is asked again', async () => {
    const { served, become, pass, asked } = scene([away, two])
    assert.equal(await served(), 'LinearRegressionTrainer_2')
    become(one, two)
    pass(29_999)
    await served()
    assert.deepEqual(asked, [1, 1])
    pass(1)
    await served()
    assert.deepEqual(asked, [2, 1])
    assert.equal(await served(), 'LinearRegressionTrainer_1')
  })

  it('serves no longer than any model where all are renewed more often', async () => {
    const { served, pass, asked } = scene([none, two], { refreshEvery: 1000 })
    await served()
    pass(999)
    await served()
    assert.deepEqual(asked, [1, 1])
    pass(1)
    await served()
    assert.deepEqual(asked, [2, 2])
  })

  it('takes the place of one that its source does not have any more', async () => {
    const { served, become, pass } = scene([one, two], { refreshEvery: 1000 })
    await served()
    become(none, two)
    pass(1000)
    await served()
    assert.equal(await served(), 'LinearRegressionTrainer_2')
  })

  it('is renewed from its own while an earlier one is away', async () => {
    const { served, become, pass, asked, cache } = scene([none, one], { refreshEvery: 1000 })
    await served()
    become(away, two)
    pass(1000)
    await served()
    assert.equal(await served(), 'LinearRegressionTrainer_2')
    assert.deepEqual(asked, [2, 2])
    assert.equal(cache.status()[0]?.failures, 0)
  })
})

describe('a model that no source has', () => {
  it('is an error with what each source says, in their order', async () => {
    const { served } = scene([none, new Error('odd')])
    assert.equal(await served(), 'no AbsPower model for rapl-sysfs: source 0: it has none; source 1: odd')
  })

  it('is asked for again once its pause is over, by whoever comes first', async () => {
    const { served, become, pass, asked, cache } = scene([none])
    await served()
    become(one)
    pass(4999)
    assert.match(await served(), /it has none$/)
    pass(1)
    assert.deepEqual([await served(), asked], ['LinearRegressionTrainer_1', [2]])
    const [{ hits, failures, refreshes, error } = {}] = cache.status()
    assert.deepEqual([hits, failures, refreshes, error], [3, 0, 0, null])
  })
})

describe('what is kept', () => {
  it('is 64 MiB of models unless it is told', async () => {
    const names = async (bytes: number) => {
      const large = { ...one, bytes }
      const { served, cache, become } = scene([large])
      await served({ ...query, filter: 'mae:1' })
      // Another archive: models that are the same one count once.
      become(testModel({ bytes }))
      await served({ ...query, filter: 'mae:2' })
      return cache.status().map(({ filter }) => filter)
    }
    assert.deepEqual(await names(32 * 1024 * 1024), ['mae:1', 'mae:2'])
    assert.deepEqual(await names(32 * 1024 * 1024 + 1), ['mae:2'])
  })

  it('is told apart by each metric', async () => {
    const { served, asked } = scene([one])
    for (const metrics of [['a', 'b'], ['ab'], ['a b'], ['a']]) await served({ ...query, metrics })
    assert.deepEqual(asked, [4])
  })
})

describe('the log of models', () => {
  it('has each model once, however many filters lead to it, and again after a minute', async () => {
    const { served, log, pass } = scene([one])
    for (const filter of ['mae:1', 'mae:2', 'mae:3']) await served({ ...query, filter })
    pass(60_000)
    await served({ ...query, filter: 'mae:4' })
    await served({ ...query, filter: 'mae:4', outputType: 'DynPower' })
    assert.deepEqual(
      log.lines.map(({ fields }) => [fields.outputType, fields.more]),
      [
        ['AbsPower', 0],
        ['AbsPower', 2],
        ['DynPower', 0],
      ],
    )
  })

  it('says how often a model could not be had, and when it is tried again', async () => {
    const { served, log, pass } = scene([away])
    await served()
    pass(5000)
    await served()
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields.failures, fields.retryInMs, fields.source]),
      [
        ['warn', 1, 5000, 'rapl-sysfs'],
        ['warn', 2, 10_000, 'rapl-sysfs'],
      ],
    )
    assert.match(String(log.lines[0]?.fields.error), /source 0: away$/)
  })
})
