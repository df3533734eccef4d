import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { outsideGroups } from '../estimate/outside-inputs.js'
import type { EstimateObserver } from '../estimate/estimator.js'
import type { ModelCache, LoadOutcome } from '../estimate/model-cache.js'

/** Counts estimates and failures of the sockets and of HTTP. */
export function estimateMetrics(metricsRegistry: Registry): EstimateObserver {
  const registers = [metricsRegistry]
  const estimates = new Counter({
    name: 'kepler_estimator_estimates_total',
    help: 'Requests answered with powers, by the model that made them.',
    labelNames: ['pipeline', 'model_name', 'feature_group'],
    registers,
  })
  const rows = new Counter({ name: 'kepler_estimator_rows_total', help: 'Rows estimated.', registers })
  const failures = new Counter({
    name: 'kepler_estimator_failures_total',
    help: 'Requests answered with a failure, by its code.',
    labelNames: ['code'],
    registers,
  })
  const oversized = new Counter({
    name: 'kepler_estimator_oversized_answers_total',
    help: 'Answers longer than the 4096 bytes that Kepler reads.',
    registers,
  })
  const shortened = new Counter({
    name: 'kepler_estimator_shortened_answers_total',
    help: 'Answers without some of their components, so that they fit the 4096 bytes that Kepler reads.',
    registers,
  })
  const outsideRange = new Counter({
    name: 'kepler_estimator_rows_outside_range_total',
    help: 'Rows with an input outside the range that the model was trained on, by feature: above it, below it, or impossible (negative, or more than the machine could do).',
    labelNames: ['pipeline', 'model_name', 'feature', 'kind'],
    registers,
  })
  return {
    estimated({ provenance, outside }, count) {
      const { pipeline, model_name, feature_group } = provenance
      estimates.inc({ pipeline: pipeline ?? '', model_name, feature_group: feature_group ?? '' })
      rows.inc(count)
      for (const { first, kind, rows: outsideRows } of outsideGroups(outside)) {
        outsideRange.inc({ pipeline: pipeline ?? '', model_name, feature: first.feature, kind }, outsideRows)
      }
    },
    failed: ({ code }) => failures.inc({ code }),
    oversized: () => oversized.inc(),
    shortened: () => shortened.inc(),
  }
}

/** Measures the time from a complete request to its answer, without the time on the socket. */
export function timed<Request>(
  metricsRegistry: Registry,
  answer: (request: Request) => string | Promise<string>,
): (request: Request) => string | Promise<string> {
  const duration = new Histogram({
    name: 'kepler_estimator_answer_duration_seconds',
    help: 'Seconds to answer a request of the unix socket.',
    buckets: [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1, 10],
    registers: [metricsRegistry],
  })
  return (request) => {
    const started = performance.now()
    const observe = () => duration.observe((performance.now() - started) / 1000)
    const text = answer(request)
    if (typeof text === 'string') {
      observe()
      return text
    }
    return text.finally(observe)
  }
}

/** Counts attempts to load or refresh a model, by outcome. */
export function countLoads(metricsRegistry: Registry): (outcome: LoadOutcome) => void {
  const loads = new Counter({
    name: 'kepler_estimator_model_loads_total',
    help: 'Attempts to load or refresh a model, by outcome: the first model, another one, the same again, or a failure.',
    labelNames: ['outcome'],
    registers: [metricsRegistry],
  })
  return (outcome) => loads.inc({ outcome })
}

/** The models in the cache, by kind of request, and whether they could be loaded. */
export function addModelCacheMetrics(metricsRegistry: Registry, modelCache: ModelCache): void {
  new Gauge({
    name: 'kepler_estimator_model_info',
    help: 'Models in use; 1 when one is loaded, 0 when it could not be.',
    labelNames: ['source', 'output_type', 'trainer_name', 'pipeline', 'model_name', 'loaded_from'],
    registers: [metricsRegistry],
    collect() {
      this.reset()
      for (const { source, output_type, trainer_name, model } of modelCache.status()) {
        const labels = { source, output_type, trainer_name }
        const { pipeline, model_name, loaded_from } = model ?? { pipeline: '', model_name: '', loaded_from: '' }
        this.set({ ...labels, pipeline: pipeline ?? '', model_name, loaded_from }, model ? 1 : 0)
      }
    },
  })
  new Gauge({
    name: 'kepler_estimator_model_load_failures',
    help: 'Consecutive failed attempts to load or refresh a model, the most of any kind of request; 0 without failures.',
    labelNames: ['source', 'output_type'],
    registers: [metricsRegistry],
    collect() {
      this.reset()
      const most = new Map<string, number>()
      for (const { source, output_type, failures } of modelCache.status()) {
        const key = `${source}\n${output_type}`
        const count = Math.max(failures, most.get(key) ?? 0)
        most.set(key, count)
        this.set({ source, output_type }, count)
      }
    },
  })
}
