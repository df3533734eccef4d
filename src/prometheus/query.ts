import { ModelError } from '../core/errors.js'
import type { NoticeListener, PrometheusClient } from './client.js'
import { mergeParts } from './merge.js'
import { noticeCollector } from './notices.js'
import { openPartialFile } from './partial-file.js'
import type { Series } from './response.js'
import { maxPoints, splitRange, type TimeRange } from './time-range.js'
import { seriesChunks } from './write-response.js'

export interface QueryRequest {
  /** Metrics whose name contains this text. */
  readonly metricPrefix: string
  /** Further metrics, by name. */
  readonly metrics?: readonly string[]
  /** Of the metrics with that text, only these. @default all */
  readonly wants?: (metric: string) => boolean
  readonly range: TimeRange
  /** What makes two queries the same, for continuing one that was cut off; e.g. server and options as given. */
  readonly identity: string
}

export interface QueryOptions {
  readonly onProgress?: (done: number, total: number, metric: string) => void
  readonly signal?: AbortSignal
  /** Take up a query that was cut off. @default true */
  readonly resume?: boolean
}

export interface QueryResult {
  /** The range that was asked for: that of the query that was continued, if one was. */
  readonly range: TimeRange
  readonly metrics: readonly string[]
  /** Metrics that were there already, from a query that was cut off. */
  readonly resumed: number
  /** Samples of the others. */
  readonly samples: number
}

interface Plan {
  readonly identity: string
  readonly range: TimeRange
}

/** Where a query keeps what it has until it is complete. */
export function partialPathOf(path: string): string {
  return `${path}.partial`
}

/**
 * Saves all metrics of a range to `path`. What is finished is kept beside it, metric by metric, until everything is; a
 * query that is cut off goes on from there, with the same range.
 *
 * @throws ModelError `INVALID_DATA` when there is no such metric, and what the client throws
 */
export async function queryToFile(
  client: PrometheusClient,
  request: QueryRequest,
  path: string,
  options: QueryOptions = {},
): Promise<QueryResult> {
  const { signal, onProgress, resume = true } = options
  const plan: Plan = { identity: request.identity, range: request.range }
  const file = await openPartialFile(partialPathOf(path), JSON.stringify(plan), (text) => {
    return resume && planOf(text)?.identity === request.identity
  })
  try {
    const range = planOf(file.plan)?.range ?? request.range
    const said = noticeCollector()
    const metrics = await chosenMetrics(client, request, range, said.add)
    const resumed = metrics.filter((metric) => file.done.has(metric)).length
    let done = resumed
    let samples = 0
    for (const metric of metrics) {
      if (file.done.has(metric)) continue
      if (signal?.aborted) throw new ModelError('CANCELLED', 'the query was cancelled; run it again to go on')
      const series = await allParts(client, metric, range, said.add)
      // Before the metric that it is about: a query that goes on does not ask for that again.
      await file.note(said.notices)
      await file.add(metric, seriesChunks(series))
      for (const { values } of series) samples += values.length
      onProgress?.(++done, metrics.length, metric)
    }
    await file.finish(path)
    return { range, metrics, resumed, samples }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The metrics to ask for. @throws ModelError `INVALID_DATA` that says what the server has when there are none */
async function chosenMetrics(
  client: PrometheusClient,
  { metricPrefix, metrics = [], wants = () => true }: QueryRequest,
  range: TimeRange,
  note: NoticeListener,
): Promise<readonly string[]> {
  const names = await client.metricNames(range, note)
  const chosen = names.filter((name) => (name.includes(metricPrefix) && wants(name)) || metrics.includes(name)).sort()
  const missing = metrics.filter((name) => !names.includes(name))
  if (missing.length > 0) {
    throw new ModelError('INVALID_DATA', `Prometheus has no metric ${missing.join(', ')} in this time`, {
      field: 'thirdparty-metrics',
    })
  }
  if (chosen.length > 0) return chosen
  const there = names.slice(0, 10).join(', ')
  throw new ModelError(
    'INVALID_DATA',
    `Prometheus has no metric with "${metricPrefix}" in its name in this time; it has ${names.length} metrics${there && `: ${there}, ...`}`,
    { field: 'metric-prefix', reason: 'no_metrics' },
  )
}

/** One metric over the whole range, in parts as small as the server wants them. */
async function allParts(
  client: PrometheusClient,
  metric: string,
  range: TimeRange,
  note: NoticeListener,
  points = maxPoints,
): Promise<readonly Series[]> {
  const parts: (readonly Series[])[] = []
  for (const part of splitRange(range, points)) {
    try {
      parts.push(await client.series(metric, part, note))
    } catch (error) {
      const samples = Math.floor((part.end - part.start) / part.step) + 1
      if (!(error instanceof ModelError) || error.reason !== 'range_too_large' || samples < 100) throw error
      parts.push(await allParts(client, metric, part, note, Math.ceil(samples / 4)))
    }
  }
  return mergeParts(parts)
}

function planOf(text: string): Plan | undefined {
  try {
    const { identity, range } = JSON.parse(text)
    const whole = [range.start, range.end, range.step].every((value) => Number.isFinite(value))
    return whole && typeof identity === 'string' ? { identity, range } : undefined
  } catch {
    // A file of something else, or of a version with another plan: begin anew.
    return undefined
  }
}
