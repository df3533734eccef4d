import type { PrometheusClient } from '../../src/prometheus/client.js'
import type { PrometheusResponse, Series } from '../../src/prometheus/response.js'
import type { TimeRange } from '../../src/prometheus/time-range.js'

/** A Prometheus without a network: it has the series of a response, and what it is made to fail with. */
export interface SimulatedPrometheus extends PrometheusClient {
  response: PrometheusResponse
  /** Thrown instead of an answer. */
  failure: Error | undefined
  /** Only what is newer is there: as after a Prometheus lost its disk. Unix seconds. */
  forgotBefore: number
  /** Nothing newer is there yet. Unix seconds. */
  newest: number
  /** Ranges of names that were asked for, the newest last. */
  readonly asked: TimeRange[]
}

export function simulatedPrometheus(response: PrometheusResponse): SimulatedPrometheus {
  const within = (series: Series, { start, end }: TimeRange): Series => {
    const { forgotBefore, newest } = prometheus
    const keep = [...series.timestamps.keys()].filter((i) => {
      const time = series.timestamps[i]!
      return time >= Math.max(start, forgotBefore) && time <= Math.min(end, newest)
    })
    return {
      ...series,
      timestamps: Float64Array.from(keep, (i) => series.timestamps[i]!),
      values: Float64Array.from(keep, (i) => series.values[i]!),
    }
  }
  const prometheus: SimulatedPrometheus = {
    response,
    failure: undefined,
    forgotBefore: 0,
    newest: Number.POSITIVE_INFINITY,
    asked: [],
    async metricNames(range) {
      prometheus.asked.push(range)
      if (prometheus.failure) throw prometheus.failure
      const there = (series: readonly Series[]) => series.some((one) => within(one, range).values.length > 0)
      return [...prometheus.response.series].flatMap(([name, series]) => (there(series) ? [name] : []))
    },
    async series(metric, range) {
      if (prometheus.failure) throw prometheus.failure
      const all = prometheus.response.series.get(metric) ?? []
      return all.map((one) => within(one, range)).filter(({ values }) => values.length > 0)
    },
    async close() {},
  }
  return prometheus
}
