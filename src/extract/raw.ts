import { seriesFor } from './series-for.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { type Table, table } from '../table/table.js'
import { addTimelines, rowsOn, unionClock } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import type { ExtractRequest } from './extractor.js'
import { findings } from './findings.js'

/**
 * What a dataset was made of: each metric as it was measured, added up over its series per time, before any rate. A metric
 * that has no sample at a time has an empty (0) value there, so this is for looking, not for training.
 */
export function rawTable(response: PrometheusResponse, request: ExtractRequest): Table {
  const unheard = findings()
  const { machine, features } = seriesFor(response, request, unheard)
  const measured = new Map<string, readonly Series[]>()
  const add = (series: readonly Series[], name: string) => {
    const metric = series[0]?.metric ?? name
    // Where one metric has several of them, each is a column of its own.
    measured.set(measured.has(metric) ? `${metric}_${name}` : metric, series)
  }
  for (const [feature, series] of features) add(series, feature)
  for (const [component, series] of machine.energy) add(series, component)
  const sums = [...measured].map(([metric, series]) => ({
    metric,
    sum: addTimelines(series.map((one) => cleanSeries(one, unheard))),
  }))
  const clock = unionClock(sums.map(({ sum }) => sum.timestamps))
  return table([
    { name: 'timestamp', values: clock },
    ...sums.map(({ metric, sum: { timestamps, values: sum } }) => {
      const values = new Float64Array(clock.length)
      const rows = rowsOn(clock, timestamps)
      for (let i = 0; i < rows.length; i++) values[rows[i]!] = sum[i]!
      return { name: metric, values }
    }),
  ])
}
