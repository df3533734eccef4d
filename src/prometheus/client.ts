import { STATUS_CODES } from 'node:http'
import * as z from 'zod'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { askServer, type HttpAnswer } from '../net/http-client.js'
import { createNetwork } from '../net/network.js'
import { type RetryOptions, Transient, withRetries } from '../net/retry.js'
import { retryAfter } from '../net/retry-after.js'
import { withDeadline } from '../runtime/deadline.js'
import { type Clock, type MonotonicClock, monotonicClock } from '../runtime/ports.js'
import { mergeNotices, type NoticeKind, type Notices, noticeKinds, partialAnswer } from './notices.js'
import { readResponse } from './read.js'
import type { Series } from './response.js'
import { type LabelMatcher, selectorText } from './selector.js'
import { addressOf, type PrometheusServer } from './server.js'
import { sortedByTime } from './sort-samples.js'
import type { TimeRange } from './time-range.js'

/** Samples of one answer that were not as a Prometheus gives them. */
export interface Recovered {
  readonly metric: string
  /** Sorted by time; all but the last of a time left out; kept as NaN. */
  readonly kind: 'out of order' | 'duplicate time' | 'not a number'
  readonly count: number
}

/** Told of a text that came with an answer, and of what was asked; the names of metrics where that is undefined. */
export type NoticeListener = (kind: NoticeKind, text: string, metric: string | undefined) => void

export interface ClientOptions extends RetryOptions {
  /** Take answers that come with a warning, in which something may be missing. @default false */
  readonly allowPartial?: boolean
  readonly onNotice?: NoticeListener
  readonly onRecovered?: (mended: Recovered) => void
  /** The time, for dates that a server gives. */
  readonly clock?: Clock
  /** For pauses. */
  readonly monotonic?: MonotonicClock
}

/** Asks one Prometheus. Owns connections: close it. */
export interface PrometheusClient {
  /** Names of all metrics that have samples in the range. */
  metricNames(range: TimeRange, onNotice?: NoticeListener): Promise<readonly string[]>
  /** @throws ModelError with the reason `range_too_large` when the server may answer for a shorter range */
  series(metric: string, range: TimeRange, onNotice?: NoticeListener): Promise<readonly Series[]>
  close(): Promise<void>
}

/** The client of a real server, which also evaluates expressions. */
export interface PrometheusServerClient extends PrometheusClient {
  /** The series that an expression of PromQL gives, as `series` does those of a metric. */
  evaluate(expression: string, range: TimeRange, onNotice?: NoticeListener): Promise<readonly Series[]>
}

const texts = z.array(z.string()).optional()
const namesSchema = z.object({
  status: z.literal('success'),
  data: z.array(z.string().max(1024)),
  warnings: texts,
  infos: texts,
  isPartial: z.boolean().optional(),
})
const errorSchema = z.object({ status: z.literal('error'), error: z.string(), errorType: z.string().optional() })
const maxNamesBytes = 64 << 20
const maxProblemBytes = 1 << 16
const longestRetryAfter = 300_000
const headers = { accept: 'application/json' }

const plainAccess = {
  field: 'PROM_BEARER_TOKEN',
  hint: 'set PROM_BEARER_TOKEN or PROM_BEARER_TOKEN_FILE, or PROM_USERNAME and PROM_PASSWORD',
}
const signedAccess = {
  field: 'PROM_SIGV4_REGION',
  hint: 'is it the region of the workspace, and may the key or role do aps:QueryMetrics and aps:GetLabels?',
}
/** A server that sends a byte now and then is never idle: this often the idle time a whole answer may take. */
const wholeAnswer = 10
/** Milliseconds by which a timer may end before its time. */
const timerError = 2

/**
 * @throws ModelError `UNAVAILABLE` when the server cannot be reached or keeps failing, `INVALID_CONFIG` when it refuses
 *   the credentials, `INVALID_REQUEST` when it refuses the question, `INVALID_DATA` when its answer is none
 */
export function prometheusClient(server: PrometheusServer, options: ClientOptions = {}): PrometheusServerClient {
  const {
    clock = Date.now,
    monotonic = monotonicClock,
    onRecovered,
    onNotice,
    allowPartial = false,
    ...retry
  } = options
  const { base, credentialsFor } = addressOf(server)
  const { idleSeconds = 120, matchers = [], unmatched = [] } = server
  const network = createNetwork(server)
  const name = `Prometheus at ${(base.origin + base.pathname).replace(/\/$/, '')}`
  /** In monotonic time: what the server said when it was too busy, for all questions. */
  let busyUntil = Number.NEGATIVE_INFINITY

  const deadline = {
    milliseconds: wholeAnswer * idleSeconds * 1000,
    signal: retry.signal,
    late: () => new ModelError('UNAVAILABLE', `${name} gave no whole answer within ${wholeAnswer * idleSeconds} s`),
  }

  async function ask<T extends { readonly notices: Notices }>(
    path: string,
    query: Record<string, string> | [string, string][],
    take: (answer: HttpAnswer, signal: AbortSignal) => Promise<T>,
    note: (kind: NoticeKind, text: string) => void,
  ): Promise<T> {
    const url = new URL(base)
    url.pathname = `${base.pathname.replace(/\/+$/, '')}/api/v1/${path}`
    // A space as %20: a plus is not one everywhere, least of all in what is signed.
    url.search = withParameters(base, query).toString().replaceAll('+', '%20')
    return withRetries(async () => {
      stayAway()
      return withDeadline(deadline, async (signal) => {
        const credentials = await credentialsFor(url)
        const asked = { headers, credentials, compressed: true, idleTimeout: idleSeconds * 1000, signal, name }
        const answer = await askServer(network, url.href, asked).catch((error: unknown) => {
          throw new Transient(error)
        })
        if (answer.status !== 200) return refuse(answer)
        const taken = await take(answer, signal).catch((error: unknown) => {
          throw brokenAnswer(answer, error)
        })
        heed(taken.notices, note)
        return taken
      })
    }, retry)
  }

  /** Asks nothing while the server wants to be left alone. Timers end early by a part of a millisecond, which is no reason to wait again. */
  function stayAway(): void {
    const left = busyUntil - monotonic()
    if (left <= timerError) return
    const seconds = Math.ceil(left / 1000)
    const why = new ModelError('UNAVAILABLE', `${name} asked to be left alone for ${seconds} s more`)
    throw new Transient(why, left)
  }

  /** A store that is away for a moment may be there for the next attempt. */
  function heed(notices: Notices, note: (kind: NoticeKind, text: string) => void): void {
    for (const kind of noticeKinds) for (const text of notices[kind]) note(kind, text)
    const [warning] = notices.warnings
    if (warning === undefined || allowPartial) return
    const message = `${name} warned that its answer may be incomplete: ${quote(warning, 300)} (PROM_ALLOW_PARTIAL, or --allow-partial, takes it)`
    throw new Transient(new ModelError('UNAVAILABLE', message, { field: 'PROM_ALLOW_PARTIAL' }))
  }

  async function refuse(answer: HttpAnswer): Promise<never> {
    const { status } = answer
    const { why, type } = await problemOf(answer)
    const said = why === '' ? answer.said : `${answer.said}: ${why}`
    if (status === 401 || status === 403) {
      const { field, hint } = server.sign ? signedAccess : plainAccess
      throw new ModelError('INVALID_CONFIG', `${said} (${hint})`, { field })
    }
    // Too many samples are an execution error (422), too many points a bad request: no type of error is for them alone.
    const reason = 'range_too_large'
    if (status === 422) throw new ModelError('LIMIT_EXCEEDED', said, { reason })
    if (type === 'bad_data') throw new ModelError('INVALID_REQUEST', said, { reason })
    if (status >= 500 || status === 429 || status === 408) {
      const after = retryAfter(answer.header('retry-after'), clock(), longestRetryAfter)
      if (after > 0) busyUntil = monotonic() + after
      throw new Transient(new ModelError('UNAVAILABLE', said), after)
    }
    throw new ModelError('INVALID_REQUEST', said)
  }

  /** An answer that broke off may be whole next time; one that is something else will not. */
  function brokenAnswer(answer: HttpAnswer, error: unknown): unknown {
    if (error instanceof ModelError && error.code !== 'INVALID_DATA') return error
    const type = answer.header('content-type') ?? 'no content type'
    if (!type.includes('json')) {
      return new ModelError(
        'INVALID_DATA',
        `${name} answered with ${quote(type)} instead of JSON: is the address right?`,
        { cause: error },
      )
    }
    const failure = new ModelError('UNAVAILABLE', `${name} broke off its answer: ${messageOf(error)}`, {
      cause: error,
    })
    return error instanceof ModelError && error.reason !== 'truncated' ? error : new Transient(failure)
  }

  function tell(listener: NoticeListener | undefined, metric: string | undefined) {
    return (kind: NoticeKind, text: string) => {
      onNotice?.(kind, text, metric)
      listener?.(kind, text, metric)
    }
  }

  async function evaluate(metric: string, expression: string, range: TimeRange, listener?: NoticeListener) {
    const { start, end, step } = range
    const query = { query: expression, start: String(start), end: String(end), step: String(step) }
    const take = (answer: HttpAnswer, signal: AbortSignal) =>
      readResponse(answer.body, { tolerant: true, signal, unnamed: metric })
    const { series, badSamples } = await ask('query_range', query, take, tell(listener, metric))
    const all = [...series.values()].flat().map(sortedByTime)
    const note = (kind: Recovered['kind'], count: number) => {
      if (count > 0) onRecovered?.({ metric, kind, count })
    }
    note(
      'out of order',
      all.reduce((sum, { outOfOrder }) => sum + outOfOrder, 0),
    )
    note(
      'duplicate time',
      all.reduce((sum, { duplicates }) => sum + duplicates, 0),
    )
    note('not a number', badSamples.length)
    return all.map((one) => one.series)
  }

  return {
    async metricNames({ start, end }, listener) {
      const query: [string, string][] = [
        ['start', String(start)],
        ['end', String(end)],
        ...matchSets(matchers, unmatched).map((match): [string, string] => ['match[]', match]),
      ]
      const take = async (answer: HttpAnswer) => {
        const document: unknown = JSON.parse((await answer.bytes(maxNamesBytes)).toString('utf8'))
        const parsed = namesSchema.safeParse(document)
        if (parsed.success) return { names: parsed.data.data, notices: noticesIn(parsed.data) }
        const failed = errorSchema.safeParse(document)
        const why = failed.success ? `: ${quote(failed.data.error, 300)}` : ''
        throw new ModelError('INVALID_DATA', `${name} gave no list of metrics${why}`)
      }
      return (await ask('label/__name__/values', query, take, tell(listener, undefined))).names
    },
    series: (metric, range, listener) =>
      evaluate(metric, queryOf(metric, unmatched.includes(metric) ? [] : matchers), range, listener),
    evaluate: (expression, range, listener) => evaluate(expression, expression, range, listener),
    close: () => network.close(),
  }
}

/** The parameters of the address, e.g. `namespace` for a proxy that tells tenants apart, and those of a question. */
function withParameters(
  base: URL,
  query: Readonly<Record<string, string>> | readonly [string, string][],
): URLSearchParams {
  const parameters = new URLSearchParams(base.search)
  const asked = Array.isArray(query) ? query : Object.entries(query)
  asked.forEach(([name, value], i) => {
    // Those of a question count; one that it has several times has them all.
    if (asked.findIndex(([other]) => other === name) === i) parameters.set(name, value)
    else parameters.append(name, value)
  })
  return parameters
}

function noticesIn({ warnings = [], infos = [], isPartial }: z.infer<typeof namesSchema>): Notices {
  return mergeNotices([{ warnings: isPartial ? [...warnings, partialAnswer] : warnings, infos }])
}

/** A metric by its name, whatever characters it has, with further matchers. */
function queryOf(metric: string, matchers: readonly LabelMatcher[]): string {
  if (/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric)) return selectorText({ metric, matchers })
  const name: LabelMatcher = { label: '__name__', operator: '=', value: metric }
  return selectorText({ metric: undefined, matchers: [name, ...matchers] })
}

/** Which series names are asked of; Prometheus takes a series that fits any of them. None: all. */
function matchSets(matchers: readonly LabelMatcher[], unmatched: readonly string[]): readonly string[] {
  if (matchers.length === 0) return []
  return [
    selectorText({ metric: undefined, matchers: [anyName, ...matchers] }),
    ...unmatched.map((name) => queryOf(name, [])),
  ]
}

/** Any name: Prometheus wants a matcher that does not match the empty text. */
const anyName: LabelMatcher = { label: '__name__', operator: '=~', value: '.+' }

/** What the server says went wrong, and the type that Prometheus gives its errors. */
async function problemOf(answer: HttpAnswer): Promise<{ readonly why: string; readonly type?: string | undefined }> {
  const text = await answer.bytes(maxProblemBytes).then(String, () => '')
  try {
    const parsed = errorSchema.safeParse(JSON.parse(text))
    if (parsed.success) return { why: quote(parsed.data.error, 300), type: parsed.data.errorType }
  } catch {
    // Not JSON: a proxy's page, most likely. Its first words say enough.
  }
  const words = text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return { why: words === '' ? (STATUS_CODES[answer.status] ?? '') : quote(words, 120) }
}
