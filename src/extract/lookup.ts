import { ModelError } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'

/** The series of a metric. @throws ModelError `INVALID_DATA` that says which metric is missing and what is there */
export function seriesOf(response: PrometheusResponse, metric: string): readonly Series[] {
  const series = response.series.get(metric)
  if (series !== undefined && series.length > 0) return series
  if (response.metrics.has(metric)) {
    throw new ModelError('INVALID_DATA', `metric ${metric} is in the response, but has no series`, { field: metric })
  }
  throw new ModelError('INVALID_DATA', `metric ${metric} is missing; the response has ${present(response)}`, {
    field: metric,
  })
}

function present({ metrics }: PrometheusResponse): string {
  if (metrics.size === 0) return 'no metrics at all'
  const names = [...metrics.keys()].sort()
  return names.length > 40 ? `${names.slice(0, 40).join(', ')} and ${names.length - 40} more` : names.join(', ')
}
