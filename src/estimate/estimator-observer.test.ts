import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { testModel, type TestModelOptions } from '../../test/support/test-model.js'
import { ModelError } from '../core/errors.js'
import { createEstimator, type EstimatorOptions } from './estimator.js'
import type { ModelCache } from './model-cache.js'
import { parsePowerRequest } from './power-request.js'

const request = { metrics: ['bpf_cpu_time_ms'], values: [[0], [1.5]], output_type: 'AbsPower' }

/** An estimator with a model at hand, and what its observer is told. */
function scene(options: TestModelOptions = {}, more: Partial<EstimatorOptions> = {}) {
  const told: (readonly [string, ...unknown[]])[] = []
  const log = recordedLog()
  const model = testModel(options)
  const models: ModelCache = { get: () => model, status: () => [], close() {} }
  const estimator = createEstimator({
    models,
    machineCores: 8,
    log,
    clock: () => 0,
    observer: {
      estimated: ({ powers, outside }, rows) => told.push(['estimated', Object.keys(powers), outside.length, rows]),
      failed: ({ code, message }) => told.push(['failed', code, message]),
      oversized: (bytes) => told.push(['oversized', bytes]),
      shortened: () => told.push(['shortened']),
    },
    ...more,
  })
  const ask = (given: unknown) => estimator.answer(typeof given === 'string' ? given : JSON.stringify(given))
  return { estimator, ask, told, lines: log.lines }
}

const rowsOf = (count: number, value: number) => ({ ...request, values: Array.from({ length: count }, () => [value]) })

describe('who observes an estimator', () => {
  it('is told of each estimate and its rows', () => {
    const { ask, told, lines } = scene()
    assert.equal(typeof ask(request), 'string', 'at once, where the model is there')
    assert.deepEqual(told, [['estimated', ['package', 'dram'], 0, 2]])
    assert.deepEqual(lines, [])
  })

  it('is told why a request fails, also of an error that is none of ours', async () => {
    const { ask, told, lines } = scene(
      {},
      {
        models: {
          get() {
            throw new TypeError('odd')
          },
          status: () => [],
          close() {},
        },
      },
    )
    assert.deepEqual(JSON.parse(await ask(request)), { powers: [], msg: 'odd' })
    await ask({ ...request, output_type: 'Power' })
    const [odd, wrong] = told
    assert.deepEqual(odd, ['failed', 'INVALID_DATA', 'odd'])
    assert.equal(wrong?.[1], 'INVALID_REQUEST')
    assert.deepEqual(
      lines.map(({ level, fields, message }) => [level, message, fields.code, fields.field, fields.more]),
      [
        ['info', 'request refused', 'INVALID_DATA', undefined, 0],
        ['info', 'request refused', 'INVALID_REQUEST', 'output_type', 0],
      ],
    )
    assert.equal(lines[0]?.fields.error, 'odd')
  })

  it('is told of a failure while the model is loaded', async () => {
    const failing = Promise.reject(new ModelError('NO_MODEL', 'none'))
    const { ask, told } = scene({}, { models: { get: () => failing, status: () => [], close() {} } })
    assert.deepEqual(JSON.parse(await ask(request)), { powers: [], msg: 'none' })
    assert.deepEqual(told, [['failed', 'NO_MODEL', 'none']])
  })

  it('is told when components are left out of an answer, which the log names', () => {
    const { ask, told, lines } = scene({ components: ['package', 'core'], idle: 10.5 })
    ask(rowsOf(700, 1))
    assert.deepEqual(
      told.map(([what]) => what),
      ['estimated', 'shortened'],
    )
    const [line] = lines
    assert.deepEqual(line?.fields, { omitted: ['core'], model: 'LinearRegressionTrainer_1', more: 0 })
    assert.deepEqual([line?.level, lines.length], ['warn', 1])
  })

  it('is told how long an answer is that Kepler cannot read', async () => {
    const { ask, told, lines } = scene({ components: ['package'] })
    const text = await ask(rowsOf(3000, 1))
    assert.deepEqual(told[1], ['oversized', text.length])
    assert.deepEqual(lines[0]?.fields, {
      ...{ bytes: text.length, limit: 4096, model: 'LinearRegressionTrainer_1', more: 0 },
    })
  })

  it('is told of a refusal that came from elsewhere', () => {
    const { estimator, told } = scene()
    const error = new ModelError('LIMIT_EXCEEDED', 'too long')
    assert.deepEqual(JSON.parse(estimator.refuse(error)), { powers: [], msg: 'too long' })
    assert.deepEqual(told, [['failed', 'LIMIT_EXCEEDED', 'too long']])
  })
})

describe('the log of inputs outside the range', () => {
  it('has each kind of each feature, with the rows and what was used instead', () => {
    const { ask, lines } = scene({ largest: 10 })
    ask({ ...request, values: [[20], [30], [-1], [1000]] })
    assert.deepEqual(
      lines.map(({ level, fields, message }) => [level, fields.value, fields.rows, fields.clamped_to, message]),
      [
        ['warn', 20, 2, undefined, 'an input is outside the range that the model was trained on'],
        ['warn', -1, 2, 0, 'an input cannot be: the nearest that can is used'],
      ],
    )
    const { model, pipeline, feature, lower, upper, more } = lines[0]?.fields ?? {}
    assert.deepEqual(
      [model, pipeline, feature, lower, upper, more],
      ['LinearRegressionTrainer_1', 'test', 'bpf_cpu_time_ms', 0, 10, 0],
    )
  })
})

describe('an estimate', () => {
  it('has the ratio of cores where both are known, and 1 else', async () => {
    const ratio = async (machineCores: number | undefined, cores: number | undefined) => {
      const metadata = cores === undefined ? {} : { machine_spec: { cores } }
      const { estimator } = scene({ metadata }, { machineCores })
      return (await estimator.estimate(parsePowerRequest(request))).coreRatio
    }
    assert.equal(await ratio(8, 16), 0.5)
    assert.equal(await ratio(8, 2), 4)
    assert.equal(await ratio(undefined, 2), 1)
    assert.equal(await ratio(8, undefined), 1)
  })

  it('has an interval and is strict only where that is wanted', async () => {
    const { estimator } = scene()
    const far = parsePowerRequest({ ...request, values: [[-1]] })
    const plain = await estimator.estimate(far)
    assert.ok(!('interval' in plain) && plain.outside.length === 1)
    const { interval } = await estimator.estimate(far, { interval: true })
    assert.deepEqual([interval?.coverage, interval?.method], [0.9, 'published error'])
    assert.deepEqual(Object.keys(interval?.powers ?? {}), ['package', 'dram'])
    assert.throws(() => estimator.estimate(far, { strict: true }), { code: 'INVALID_REQUEST' })
  })
})
