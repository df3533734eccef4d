import type { Registry } from 'prom-client'
import { addModelCacheMetrics, countLoads, estimateMetrics, timed } from '../src/metrics/estimate-metrics.js'
import { addJobMetrics } from '../src/metrics/job-metrics.js'
import { keplerFamilies, meterFamilies } from '../src/metrics/meter-families.js'
import { addOnlineMetrics } from '../src/metrics/online-metrics.js'
import { addPipelineMetrics } from '../src/metrics/pipeline-metrics.js'
import { createRequestMetrics } from '../src/metrics/request-metrics.js'
import { addWeightMetrics } from '../src/metrics/weight-metrics.js'

export interface DescribedMetric {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly labels: readonly string[]
}

/** Registration reads nothing of what it will show: whoever scrapes would find nobody behind these. */
const nothing = undefined as never

/** Every metric of our own that each program has at `/metrics`. */
export function programMetrics(): ReadonlyMap<string, readonly DescribedMetric[]> {
  const server = createRequestMetrics('kepler_model_server_').metricsRegistry
  addWeightMetrics(server, nothing)
  addPipelineMetrics(server, nothing)
  const estimator = createRequestMetrics('kepler_estimator_').metricsRegistry
  estimateMetrics(estimator)
  timed(estimator, nothing)
  countLoads(estimator)
  addModelCacheMetrics(estimator, nothing)
  const offline = createRequestMetrics('kepler_offline_trainer_').metricsRegistry
  addJobMetrics(offline, nothing)
  const online = createRequestMetrics('kepler_online_trainer_').metricsRegistry
  addOnlineMetrics(online, nothing)
  const meter = createRequestMetrics('kepler_meter_').metricsRegistry
  return new Map([
    ['Model server', described(server)],
    ['Estimator', described(estimator)],
    ['Offline trainer', described(offline)],
    ['Online trainer', described(online)],
    ['Power meter', [...Object.values(keplerFamilies), ...Object.values(meterFamilies), ...described(meter)]],
  ])
}

/** What every Node process has besides: `process_resident_memory_bytes` and such. */
export function processMetrics(): readonly DescribedMetric[] {
  const all = createRequestMetrics('x_').metricsRegistry
  return metricsOf(all).filter(({ name }) => !name.startsWith('x_'))
}

function described(metricsRegistry: Registry): readonly DescribedMetric[] {
  return metricsOf(metricsRegistry).filter(({ name }) => name.startsWith('kepler_'))
}

function metricsOf(metricsRegistry: Registry): readonly DescribedMetric[] {
  // `labelNames` is there, but not among prom-client's types.
  const metrics = metricsRegistry.getMetricsAsArray() as unknown as {
    readonly name: string
    readonly help: string
    readonly labelNames?: readonly string[]
    readonly constructor: { readonly name: string }
  }[]
  return metrics.map((metric) => ({
    name: metric.name,
    help: metric.help,
    labels: (metric.labelNames ?? []).filter((label) => label !== 'le' && label !== 'quantile'),
    type: metric.constructor.name.toLowerCase(),
  }))
}
