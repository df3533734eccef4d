import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { type Table, table } from '../table/table.js'
import { addTimelines, rowsOn, unionClock } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import { energyOf } from './energy.js'
import type { ExtractRequest } from './extractor.js'
import { findings } from './findings.js'
import { metricsOfFeature } from './usage-series.js'
import { vocabularyFor } from './vocabulary-for.js'

/**
 * What a dataset was made of: each metric as it was measured, added up over its series per time, before any rate. A metric
 * that has no sample at a time has an empty (0) value there, so this is for looking, not for training.
 */
export function rawTable(response: PrometheusResponse, request: ExtractRequest): Table {
  const { features, source, vm = false, thirdParty = [] } = request
  const mode = vm ? 'vm' : 'container'
  const unheard = findings()
  const vocabulary = vocabularyFor(response, request, unheard)
  const measured = new Map<string, readonly Series[]>()
  for (const feature of features) {
    const metrics = metricsOfFeature(feature, vocabulary, mode, thirdParty)
    const metric = metrics.find((name) => (response.series.get(name)?.length ?? 0) > 0)
    if (metric !== undefined) measured.set(metric, response.series.get(metric) ?? [])
  }
  for (const [component, series] of energyOf(response, vocabulary, source, mode, unheard)) {
    const metric = series[0]?.metric ?? component
    // Where one metric has all components, each is a column of its own.
    measured.set(measured.has(metric) ? `${metric}_${component}` : metric, series)
  }
  const sums = [...measured].map(([metric, series]) => ({
    metric,
    sum: addTimelines(series.map((one) => cleanSeries(one, unheard))),
  }))
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
