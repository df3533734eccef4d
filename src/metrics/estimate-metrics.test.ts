import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { metricValues } from '../../test/support/metric-values.js'
import { ModelError } from '../core/errors.js'
import type { Estimate } from '../estimate/estimator.js'
import type { ModelCache } from '../estimate/model-cache.js'
import { addModelCacheMetrics, countLoads, estimateMetrics, timed } from './estimate-metrics.js'
import { isProgramMetric } from './program-prefixes.js'
import { emptyMetrics } from './request-metrics.js'

describe('metrics of estimates', () => {
  it('count answers by model, rows, failures by code, and answers that are too long', async () => {
    const registry = emptyMetrics()
    const observer = estimateMetrics(registry)
    const provenance = { pipeline: 'p', model_name: 'A_1', feature_group: 'BPFOnly' }
    const estimate = { powers: {}, coreRatio: 1, provenance, outside: [] } as unknown as Estimate
    observer.estimated(estimate, 3)
    observer.estimated({ ...estimate, provenance: { model_name: 'B_1' } } as unknown as Estimate, 1)
    observer.failed(new ModelError('NO_MODEL', ''))
    observer.oversized(5000)
    observer.shortened()
    observer.shortened()
    const outside = (feature: string, value: number, clampedTo?: number) => ({
      ...{ row: 0, feature, value, lower: 0, upper: 10, by: 1 },
      ...(clampedTo !== undefined && { clampedTo }),
    })
    const inputs = [outside('a', 20), outside('a', 30), outside('b', -1), outside('a', -5, 0)]
    observer.estimated({ ...estimate, outside: inputs } as unknown as Estimate, 2)
    const values = await metricValues(registry, 'kepler_estimator_')
    for (const line of [
      'kepler_estimator_estimates_total{pipeline="p",model_name="A_1",feature_group="BPFOnly"} 2',
      'kepler_estimator_estimates_total{pipeline="",model_name="B_1",feature_group=""} 1',
      'kepler_estimator_rows_total 6',
      'kepler_estimator_shortened_answers_total 2',
      'kepler_estimator_rows_outside_range_total{pipeline="p",model_name="A_1",feature="a",kind="above"} 2',
      'kepler_estimator_rows_outside_range_total{pipeline="p",model_name="A_1",feature="b",kind="below"} 1',
      'kepler_estimator_rows_outside_range_total{pipeline="p",model_name="A_1",feature="a",kind="impossible"} 1',
      'kepler_estimator_failures_total{code="NO_MODEL"} 1',
      'kepler_estimator_oversized_answers_total 1',
    ]) {
      assert.ok(values.includes(line), `${line}\nin\n${values.join('\n')}`)
    }
  })

  it('time answers, those that wait included', async () => {
    const registry = emptyMetrics()
    const answer = timed(registry, (request: string) => (request === 'now' ? 'a' : Promise.resolve('b')))
    assert.deepEqual([answer('now'), await answer('later')], ['a', 'b'])
    const values = await metricValues(registry, 'kepler_estimator_answer_duration_seconds_count')
    assert.deepEqual(values, ['kepler_estimator_answer_duration_seconds_count 2'])
    const failing = timed(emptyMetrics(), () => Promise.reject(new Error('no')))
    await assert.rejects(async () => failing(''), /no/)
  })

  it('are in seconds, in buckets from twenty to the millisecond on', async () => {
    const registry = emptyMetrics()
    const before = performance.now()
    await timed(registry, () => new Promise<string>((resolve) => setTimeout(resolve, 2, '')))(undefined)
    const elapsed = (performance.now() - before) / 1000
    const prefix = 'kepler_estimator_answer_duration_seconds'
    const values = await metricValues(registry, prefix)
    const sum = Number(/ (\S+)$/.exec(values.find((line) => line.startsWith(`${prefix}_sum`)) ?? '')?.[1])
    assert.ok(sum > 0 && sum <= elapsed, `${sum} of ${elapsed}`)
    const bounds = values.flatMap((line) => /le="([\d.e-]+)"/.exec(line)?.[1] ?? []).map(Number)
    assert.deepEqual(
      bounds.sort((a, b) => a - b),
      [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1, 10],
    )
  })

  it('say which models are loaded, and how often in a row none could be', async () => {
    const registry = emptyMetrics()
    countLoads(registry)('failed')
    const kind = { source: 'acpi', output_type: 'AbsPower', trainer_name: '' }
    const model = { pipeline: 'p', model_name: 'A_1', loaded_from: 'here' }
    const status = [
      { ...kind, model, failures: 1 },
      { ...kind, output_type: 'DynPower', model: null, failures: 4 },
      { ...kind, output_type: 'DynPower', model: null, failures: 2 },
    ]
    addModelCacheMetrics(registry, { status: () => status } as unknown as ModelCache)
    const of = (output: string) => `source="acpi",output_type="${output}"`
    assert.deepEqual(await metricValues(registry, 'kepler_estimator_'), [
      `kepler_estimator_model_info{${of('AbsPower')},trainer_name="",pipeline="p",model_name="A_1",loaded_from="here"} 1`,
      `kepler_estimator_model_info{${of('DynPower')},trainer_name="",pipeline="",model_name="",loaded_from=""} 0`,
      `kepler_estimator_model_load_failures{${of('AbsPower')}} 1`,
      `kepler_estimator_model_load_failures{${of('DynPower')}} 4`,
      'kepler_estimator_model_loads_total{outcome="failed"} 1',
    ])
  })

  it('have no series of models that are no longer held', async () => {
    const registry = emptyMetrics()
    const held = { source: 'acpi', output_type: 'AbsPower', trainer_name: '', model: null, failures: 0 }
    let status = [held]
    addModelCacheMetrics(registry, { status: () => status } as unknown as ModelCache)
    assert.equal((await metricValues(registry, 'kepler_estimator_')).length, 2)
    status = []
    assert.deepEqual(await metricValues(registry, 'kepler_estimator_'), [])
  })
})

describe('isProgramMetric', () => {
  it('tells the metrics of these programs from those of Kepler', () => {
    for (const name of ['kepler_meter_up', 'kepler_model_server_x', 'kepler_online_trainer_x']) {
      assert.equal(isProgramMetric(name), true, name)
    }
    for (const name of ['kepler_node_cpu_watts', 'x_kepler_meter_up', 'up'])
      assert.equal(isProgramMetric(name), false, name)
  })
})
