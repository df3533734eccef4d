import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { metricValues } from '../../test/support/metric-values.js'
import { weightModel } from '../../test/support/model-selector.js'
import type { Job, JobState } from '../jobs/job.js'
import { parseTrainRequest } from '../jobs/train-request.js'
import type { OnlineStatus } from '../online/status.js'
import type { SelectorStatus } from '../selection/model-selector.js'
import { addJobMetrics } from './job-metrics.js'
import { addOnlineMetrics } from './online-metrics.js'
import { addPipelineMetrics } from './pipeline-metrics.js'
import { createRequestMetrics, emptyMetrics } from './request-metrics.js'
import { addWeightMetrics } from './weight-metrics.js'

describe('metrics of requests', () => {
  const prefix = 'kepler_x_http_'

  it('count answers by route, method and status, with their times and bytes', async () => {
    const metrics = createRequestMetrics('kepler_x_')
    for (const bytes of [100, 0]) {
      metrics.started()
      metrics.finished('/model', 'POST', 200, 0.03, bytes)
    }
    metrics.started()
    metrics.finished('none', 'GET', 404, 0.0001, 0)
    const values = await metricValues(metrics.metricsRegistry, prefix)
    const has = (line: string) => assert.ok(values.includes(line), `${line}\nin\n${values.join('\n')}`)
    has('kepler_x_http_requests_total{route="/model",method="POST",status="200"} 2')
    has('kepler_x_http_requests_total{route="none",method="GET",status="404"} 1')
    has('kepler_x_http_request_body_bytes_total 100')
    has('kepler_x_http_requests_in_flight 0')
    has('kepler_x_http_requests_aborted_total 0')
    has('kepler_x_http_request_duration_seconds_sum{route="/model"} 0.06')
    has('kepler_x_http_request_duration_seconds_bucket{le="0.025",route="/model"} 0')
    has('kepler_x_http_request_duration_seconds_bucket{le="0.05",route="/model"} 2')
    const bounds = values.filter((line) => /_bucket.*"none"/.test(line)).map((line) => /le="([^"]+)"/.exec(line)?.[1])
    const expected = ['0.0005', '0.001', '0.0025', '0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '1', '10', '+Inf']
    assert.deepEqual(new Set(bounds), new Set(expected))
  })

  it('count what runs, and clients that leave', async () => {
    const metrics = createRequestMetrics('kepler_x_')
    metrics.started()
    metrics.started()
    metrics.aborted()
    const values = await metricValues(metrics.metricsRegistry, prefix)
    assert.ok(values.includes('kepler_x_http_requests_in_flight 1'))
    assert.ok(values.includes('kepler_x_http_requests_aborted_total 1'))
  })

  it('come with those of the process', async () => {
    const { metricsRegistry } = createRequestMetrics('kepler_x_', { eventLoopPrecision: 100 })
    assert.equal((await metricValues(metricsRegistry, 'process_resident_memory_bytes')).length, 1)
    // These are the sums of others, and no counters, as their names say.
    assert.deepEqual(await metricValues(metricsRegistry, 'nodejs_active_handles_total'), [])
    assert.ok(!metricsRegistry.getMetricsAsArray().some(({ name }) => /^nodejs_active_\w+_total$/.test(name)))
  })
})

describe('metrics of pipelines', () => {
  it('are models, times in seconds, and how many cannot be read; what is gone leaves no series', async () => {
    const registry = emptyMetrics()
    const pipeline = { origin: '', sources: [], damaged: 0, nodeTypes: 1, models: 3, loadedAt: 1_700_000_000_500 }
    let status: SelectorStatus = {
      pipelines: [
        { name: 'a', ...pipeline },
        { name: 'b', ...pipeline, models: 0 },
      ],
      models: 3,
      unreadable: undefined,
      errors: [{ pipeline: 'c', code: 'UNAVAILABLE', message: 'gone', at: 0 }] as unknown as SelectorStatus['errors'],
    }
    addPipelineMetrics(registry, { status: () => status })
    assert.deepEqual(await metricValues(registry, 'kepler_model_server_pipeline'), [
      'kepler_model_server_pipeline_errors 1',
      'kepler_model_server_pipeline_loaded_timestamp_seconds{pipeline="a"} 1700000000.5',
      'kepler_model_server_pipeline_loaded_timestamp_seconds{pipeline="b"} 1700000000.5',
      'kepler_model_server_pipeline_models{pipeline="a"} 3',
      'kepler_model_server_pipeline_models{pipeline="b"} 0',
    ])
    status = { ...status, pipelines: status.pipelines.slice(1), errors: [] }
    assert.deepEqual(await metricValues(registry, 'kepler_model_server_pipeline'), [
      'kepler_model_server_pipeline_errors 0',
      'kepler_model_server_pipeline_loaded_timestamp_seconds{pipeline="b"} 1700000000.5',
      'kepler_model_server_pipeline_models{pipeline="b"} 0',
    ])
  })
})

describe('metrics of weights', () => {
  it('are all that a client needs to compute watts; what is no longer served leaves no series', async () => {
    const registry = emptyMetrics()
    let models = [weightModel]
    addWeightMetrics(registry, () => models)
    const of =
      'pipeline="test-0.1",source="rapl-sysfs",output_type="AbsPower",feature_group="BPFOnly",model_name="SGDRegressorTrainer_0"'
    const prefix = 'kepler_model_server_model_'
    assert.deepEqual(await metricValues(registry, prefix), [
      `${prefix}bias_watts{${of},component="package"} 40`,
      `${prefix}curve_fit_coefficient{${of},component="dram",position="0"} 1`,
      `${prefix}curve_fit_coefficient{${of},component="dram",position="1"} 2`,
      `${prefix}curve_fit_coefficient{${of},component="dram",position="2"} 3`,
      `${prefix}error{${of},error="mae"} 1.5`,
      `${prefix}error{${of},error="package_mae"} 1.5`,
      `${prefix}scale{${of},component="dram",feature="cache_miss"} 7`,
      `${prefix}scale{${of},component="package",feature="bpf_cpu_time_ms"} 5000`,
      `${prefix}weight_watts{${of},component="package",feature="bpf_cpu_time_ms"} 60`,
    ])
    models = []
    assert.deepEqual(await metricValues(registry, prefix), [])
  })
})

describe('metrics of jobs', () => {
  const job = (state: JobState): Job => ({
    ...{ id: '1b671a64-40d5-491e-99b0-da01ff1f3341', state, createdAt: '', startedAt: null, finishedAt: null },
    ...{ attempts: 1, progress: { stage: '', done: 0, total: 0 }, log: [], scores: null, error: null },
    ...{ resultBytes: null, parts: { response: { start: 0, end: 0 } } },
    request: parseTrainRequest({ name: 'a', energy_source: 'acpi', trainer: {} }),
  })

  it('are jobs by state, zeros included, bytes, and how long they took', async () => {
    const registry = emptyMetrics()
    const states: JobState[] = ['done', 'running', 'done']
    const { ended } = addJobMetrics(registry, { list: () => states.map(job), bytes: () => 4321 })
    ended(job('failed'), 20)
    ended(job('failed'), 61)
    const values = await metricValues(registry, 'kepler_offline_trainer_')
    assert.deepEqual(
      values.filter((line) => !line.includes('duration')),
      [
        'kepler_offline_trainer_jobs{state="cancelled"} 0',
        'kepler_offline_trainer_jobs{state="done"} 2',
        'kepler_offline_trainer_jobs{state="failed"} 0',
        'kepler_offline_trainer_jobs{state="queued"} 0',
        'kepler_offline_trainer_jobs{state="running"} 1',
        'kepler_offline_trainer_store_bytes 4321',
      ],
    )
    const prefix = 'kepler_offline_trainer_job_duration_seconds'
    const below = Object.fromEntries(
      values.flatMap((line) => {
        const [, bound, count] = /_bucket\{le="([^"]+)",state="failed"\} (\d+)/.exec(line) ?? []
        return bound === undefined ? [] : [[bound, Number(count)]]
      }),
    )
    assert.deepEqual(below, { '1': 0, '5': 0, '15': 0, '60': 1, '300': 2, '1800': 2, '7200': 2, '+Inf': 2 })
    assert.ok(values.includes(`${prefix}_sum{state="failed"} 81`))
  })
})

describe('metrics of the online trainer', () => {
  const prefix = 'kepler_online_trainer_'
  const slot = { source: 'rapl-sysfs', outputType: 'DynPower', group: 'BPFOnly', nodeType: 4 } as const
  const status: OnlineStatus = {
    pipeline: 'std',
    rounds: { published: 1, kept: 2, waiting: 3, failed: 4 },
    failures: { unavailable: 5, refused: 0, invalid: 0, disk: 6, pipeline: 0, round: 0 },
    consecutiveFailures: 2,
    lastFailure: undefined,
    lastRound: '',
    lastRoundAt: 1500,
    lastPublishAt: undefined,
    history: { seconds: 90, bytes: 1024 },
    machines: { metered: 2, no_meter: 7 },
    guests: { joined: 5, not_joined: 3, no_label: 0 },
    findings: { gap: 3 },
    served: [
      { slot, model: 'A_4', watts: 1.5, percent: 3, ratio: 1.25 } as unknown as OnlineStatus['served'][number],
      {
        slot: { ...slot, nodeType: 5 },
        model: 'B_5',
        watts: 2,
        percent: 4,
      } as unknown as OnlineStatus['served'][number],
    ],
    servedVersion: 12,
    pinned: true,
    verdicts: { published: 3 } as unknown as OnlineStatus['verdicts'],
  }

  it('are what its status says, each by its name', async () => {
    const registry = emptyMetrics()
    let now = status
    addOnlineMetrics(registry, () => now)
    const values = async () =>
      (await metricValues(registry, prefix)).filter((line) => !/duration|mended|notices/.test(line))
    const of = (nodeType: number, model: string) =>
      `{source="rapl-sysfs",output_type="DynPower",feature_group="BPFOnly",node_type="${nodeType}",model="${model}"}`
    assert.deepEqual(await values(), [
      `${prefix}candidates_total{verdict="published"} 3`,
      `${prefix}consecutive_failures 2`,
      `${prefix}failures_total{reason="disk"} 6`,
      `${prefix}failures_total{reason="invalid"} 0`,
      `${prefix}failures_total{reason="pipeline"} 0`,
      `${prefix}failures_total{reason="refused"} 0`,
      `${prefix}failures_total{reason="round"} 0`,
      `${prefix}failures_total{reason="unavailable"} 5`,
      `${prefix}findings{kind="gap"} 3`,
      `${prefix}guests{state="joined"} 5`,
      `${prefix}guests{state="no_label"} 0`,
      `${prefix}guests{state="not_joined"} 3`,
      `${prefix}history_bytes 1024`,
      `${prefix}history_seconds 90`,
      `${prefix}last_round_timestamp_seconds 1.5`,
      `${prefix}machines{state="metered"} 2`,
      `${prefix}machines{state="no_meter"} 7`,
      `${prefix}pinned 1`,
      `${prefix}rounds_total{outcome="failed"} 4`,
      `${prefix}rounds_total{outcome="kept"} 2`,
      `${prefix}rounds_total{outcome="published"} 1`,
      `${prefix}rounds_total{outcome="waiting"} 3`,
      `${prefix}served_model_drift_ratio${of(4, 'A_4')} 1.25`,
      `${prefix}served_model_error_percent${of(4, 'A_4')} 3`,
      `${prefix}served_model_error_percent${of(5, 'B_5')} 4`,
      `${prefix}served_model_error_watts${of(4, 'A_4')} 1.5`,
      `${prefix}served_model_error_watts${of(5, 'B_5')} 2`,
      `${prefix}served_version 12`,
    ])
    now = { ...status, pinned: false, served: [], findings: {}, lastPublishAt: 2000, verdicts: status.verdicts }
    const later = await values()
    assert.ok(later.includes(`${prefix}pinned 0`))
    assert.ok(later.includes(`${prefix}last_publish_timestamp_seconds 2`))
    assert.ok(!later.some((line) => /served_model|findings/.test(line)), later.join('\n'))
  })

  it('count rounds by how long they took, samples that were mended, and notices', async () => {
    const registry = emptyMetrics()
    const metrics = addOnlineMetrics(registry, () => status)
    metrics.observeRound(7)
    metrics.recovered('sorted', 5)
    metrics.notice('warnings')
    const values = await metricValues(registry, prefix)
    assert.ok(values.includes(`${prefix}mended_samples_total{kind="sorted"} 5`))
    assert.ok(values.includes(`${prefix}prometheus_notices_total{kind="warnings"} 1`))
    assert.ok(values.includes(`${prefix}prometheus_notices_total{kind="infos"} 0`))
    const below = values.flatMap((line) => /duration_seconds_bucket\{le="([^"]+)"\} 0/.exec(line)?.[1] ?? [])
    assert.deepEqual(
      below.map(Number).sort((a, b) => a - b),
      [0.5, 1, 2, 5],
    )
    assert.ok(values.includes(`${prefix}round_duration_seconds_bucket{le="10"} 1`))
    assert.ok(values.includes(`${prefix}round_duration_seconds_sum 7`))
  })
})
