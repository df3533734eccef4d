import { componentsOf } from '../core/energy-source.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { type Table, table } from '../table/table.js'
import { addTimelines, rowsOn, unionClock } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import type { ExtractRequest } from './extractor.js'
import { findings } from './findings.js'
import { energyMetric, metricOf } from './metrics.js'

/**
 * What a dataset was made of: each metric as it was measured, added up over its series per time, before any rate. A metric
 * that has no sample at a time has an empty (0) value there, so this is for looking, not for training.
 */
export function rawTable(response: PrometheusResponse, request: ExtractRequest): Table {
  const { features, source, vm = false, thirdParty = [] } = request
  const mode = vm ? 'vm' : 'container'
  const metrics = [
    ...features.map((feature) => metricOf(feature, mode, thirdParty)),
    ...componentsOf(source).map((component) => energyMetric(component, mode)),
  ]
  const unheard = findings()
  const sums = metrics.flatMap((metric) => {
    const all = response.series.get(metric) ?? []
    const series = metric.includes('_joules_') && !vm ? all.filter(({ labels }) => labels.source === source) : all
    if (series.length === 0) return []
    return [{ metric, sum: addTimelines(series.map((one) => cleanSeries(one, unheard))) }]
  })
  const clock = unionClock(sums.map(({ sum }) => sum.timestamps))
  return table([
    { name: 'timestamp', values: clock },
    ...sums.map(({ metric, sum }) => {
      const values = new Float64Array(clock.length)
      const rows = rowsOn(clock, sum.timestamps)
      for (let i = 0; i < rows.length; i++) values[rows[i]!] = sum.values[i]!
      return { name: metric, values }
    }),
  ])
}
