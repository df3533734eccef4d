import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from 'undici'
import { z } from 'zod'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { retryAfter } from '../core/retry-after.js'
import { withDeadline } from '../runtime/deadline.js'
import type { Clock } from '../runtime/ports.js'
import { readResponse } from './read.js'
import type { Series } from './response.js'
import { type RetryOptions, Transient, withRetries } from './retry.js'
import { sortedByTime } from './sort-samples.js'
import type { TimeRange } from './time-range.js'

export interface PrometheusServer {
  /** `http://host:9090`, with a path where Prometheus is not at the root. */
  readonly url: string
  /** A function is asked anew for each request, so that a token may change. */
  readonly bearerToken?: string | (() => Promise<string>)
  readonly username?: string
  readonly password?: string
  readonly headers?: Readonly<Record<string, string>>
  /** PEM text of the authority that signed the server's certificate. */
  readonly ca?: string
  /** Take any certificate. */
  readonly insecure?: boolean
  readonly httpProxy?: string
  readonly httpsProxy?: string
  readonly noProxy?: string
  /** @default 10 */
  readonly connectSeconds?: number
  /** Seconds without a byte after which an answer counts as lost. @default 120 */
  readonly idleSeconds?: number
}

/** Samples of one answer that were not as a Prometheus gives them. */
export interface Recovered {
  readonly metric: string
  /** Sorted by time; all but the last of a time left out; kept as NaN. */
  readonly kind: 'out of order' | 'duplicate time' | 'not a number'
  readonly count: number
}

export interface ClientOptions extends RetryOptions {
  readonly onRecovered?: (mended: Recovered) => void
  readonly clock?: Clock
}

/** Asks one Prometheus. Owns connections: close it. */
export interface PrometheusClient {
  /** Names of all metrics that have samples in the range. */
  metricNames(range: TimeRange): Promise<readonly string[]>
  /** @throws ModelError with the reason `range_too_large` when the server may answer for a shorter range */
  series(metric: string, range: TimeRange): Promise<readonly Series[]>
  close(): Promise<void>
}

const namesSchema = z.object({ status: z.literal('success'), data: z.array(z.string().max(1024)) })
const errorSchema = z.object({ status: z.literal('error'), error: z.string(), errorType: z.string().optional() })
const maxNamesBytes = 64 << 20
const longestRetryAfter = 300_000
/** A server that sends a byte now and then is never idle: this often the idle time a whole answer may take. */
const wholeAnswer = 10

/**
 * @throws ModelError `UNAVAILABLE` when the server cannot be reached or keeps failing, `INVALID_CONFIG` when it refuses
 *   the credentials, `INVALID_REQUEST` when it refuses the question, `INVALID_DATA` when its answer is none
 */
export function prometheusClient(server: PrometheusServer, options: ClientOptions = {}): PrometheusClient {
  const { clock = Date.now, onRecovered, ...retry } = options
  const { base, headersNow } = addressOf(server)
  const { idleSeconds = 120 } = server
  const dispatcher = dispatcherFor(server, idleSeconds)
  const shown = base.href.replace(/\/$/, '')
  /** What the server said when it was too busy, for all questions. */
  let busyUntil = 0

  const deadline = {
    milliseconds: wholeAnswer * idleSeconds * 1000,
    signal: retry.signal,
    late: () => new ModelError('UNAVAILABLE', `no whole answer within ${wholeAnswer * idleSeconds} s`),
  }

  async function ask<T>(
    path: string,
    query: Record<string, string>,
    take: (response: Response, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const url = new URL(base)
    url.pathname = `${base.pathname.replace(/\/+$/, '')}/api/v1/${path}`
    url.search = new URLSearchParams(query).toString()
    return withRetries(async () => {
      stayAway()
      return withDeadline(deadline, async (signal) => {
        const headers = await headersNow()
        const response = await fetch(url, { headers, dispatcher, signal }).catch((error: unknown) => {
          throw new Transient(unreachable(error))
        })
        if (!response.ok) return refuse(response)
        try {
          return await take(response, signal)
        } catch (error) {
          throw brokenAnswer(response, error)
        }
      })
    }, retry)
  }

  /** Asks nothing while the server wants to be left alone. */
  function stayAway(): void {
    const left = busyUntil - clock()
    if (left <= 0) return
    const seconds = Math.ceil(left / 1000)
    const why = new ModelError('UNAVAILABLE', `Prometheus at ${shown} asked to be left alone for ${seconds} s more`)
    throw new Transient(why, left)
  }

  function unreachable(error: unknown): ModelError {
    const why = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
    return new ModelError('UNAVAILABLE', `Prometheus at ${shown} does not answer: ${why}`, { cause: error })
  }

  async function refuse(response: Response): Promise<never> {
    const { status } = response
    const { why, type } = await problemOf(response)
    const said = `Prometheus at ${shown} answered ${status}: ${why}`
    if (status === 401 || status === 403) {
      throw new ModelError(
        'INVALID_CONFIG',
        `${said} (set PROM_BEARER_TOKEN or PROM_BEARER_TOKEN_FILE, or PROM_USERNAME and PROM_PASSWORD)`,
        {
          field: 'PROM_BEARER_TOKEN',
        },
      )
    }
    // Too many samples are an execution error (422), too many points a bad request: no type of error is for them alone.
    const reason = 'range_too_large'
    if (status === 422) throw new ModelError('LIMIT_EXCEEDED', said, { reason })
    if (type === 'bad_data') throw new ModelError('INVALID_REQUEST', said, { reason })
    if (status >= 500 || status === 429 || status === 408) {
      const after = retryAfter(response.headers.get('retry-after'), clock(), longestRetryAfter)
      if (after > 0) busyUntil = clock() + after
      throw new Transient(new ModelError('UNAVAILABLE', said), after)
    }
    throw new ModelError('INVALID_REQUEST', said)
  }

  /** An answer that broke off may be whole next time; one that is something else will not. */
  function brokenAnswer(response: Response, error: unknown): unknown {
    if (error instanceof ModelError && error.code !== 'INVALID_DATA') return error
    const type = response.headers.get('content-type') ?? 'no content type'
    if (!type.includes('json')) {
      return new ModelError(
        'INVALID_DATA',
        `Prometheus at ${shown} answered with ${quote(type)} instead of JSON: is the address right?`,
        { cause: error },
      )
    }
    const failure = new ModelError('UNAVAILABLE', `Prometheus at ${shown} broke off its answer: ${messageOf(error)}`, {
      cause: error,
    })
    return error instanceof ModelError && error.reason !== 'truncated' ? error : new Transient(failure)
  }

  return {
    async metricNames({ start, end }) {
      const names = await ask('label/__name__/values', { start: String(start), end: String(end) }, async (response) => {
        const document: unknown = JSON.parse(await boundedText(response, maxNamesBytes))
        const parsed = namesSchema.safeParse(document)
        if (parsed.success) return parsed.data.data
        const failed = errorSchema.safeParse(document)
        const why = failed.success ? `: ${quote(failed.data.error, 300)}` : ''
        throw new ModelError('INVALID_DATA', `Prometheus at ${shown} gave no list of metrics${why}`)
      })
      return names
    },
    async series(metric, { start, end, step }) {
      const query = { query: selectorOf(metric), start: String(start), end: String(end), step: String(step) }
      const { series, badSamples } = await ask('query_range', query, (answer, signal) =>
        readResponse(answer.body ?? [], { tolerant: true, signal }),
      )
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
    },
    close: () => dispatcher.close(),
  }
}

interface Address {
  readonly base: URL
  /** @throws ModelError `INVALID_CONFIG` when there is no usable token now */
  headersNow(): Promise<Readonly<Record<string, string>>>
}

/** The address without credentials, which go into a header and are never shown. */
function addressOf(server: PrometheusServer): Address {
  if (!URL.canParse(server.url) || !/^https?:/.test(server.url)) {
    throw new ModelError('INVALID_CONFIG', `PROM_SERVER ${quote(server.url)} is no http(s) address`, {
      field: 'PROM_SERVER',
    })
  }
  const base = new URL(server.url)
  const username = server.username ?? decodeURIComponent(base.username)
  const password = server.password ?? decodeURIComponent(base.password)
  base.username = ''
  base.password = ''
  const headers: Record<string, string> = { accept: 'application/json', ...server.headers }
  const { bearerToken } = server
  if (!bearerToken && username !== '') {
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }
  return {
    base,
    async headersNow() {
      if (!bearerToken) return headers
      return { ...headers, authorization: `Bearer ${usableToken(await tokenOf(bearerToken))}` }
    },
  }
}

async function tokenOf(token: NonNullable<PrometheusServer['bearerToken']>): Promise<string> {
  return typeof token === 'string' ? token : token()
}

/** What a header cannot take would be refused with a message that shows it. */
function usableToken(token: string): string {
  if (/^[\x21-\x7e]{1,65536}$/.test(token)) return token
  const message = 'PROM_BEARER_TOKEN is no token: expected printable characters on one line'
  throw new ModelError('INVALID_CONFIG', message, { field: 'PROM_BEARER_TOKEN' })
}

function dispatcherFor(server: PrometheusServer, idleSeconds: number): Dispatcher {
  const { ca, insecure = false, connectSeconds = 10, httpProxy, httpsProxy, noProxy } = server
  const tls = { rejectUnauthorized: !insecure, ...(ca !== undefined && { ca }) }
  const options = {
    connect: { ...tls, timeout: connectSeconds * 1000 },
    headersTimeout: idleSeconds * 1000,
    bodyTimeout: idleSeconds * 1000,
  }
  if (httpProxy === undefined && httpsProxy === undefined) return new Agent(options)
  return new EnvHttpProxyAgent({
    ...options,
    requestTls: tls,
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    ...(noProxy !== undefined && { noProxy }),
  })
}

/** A metric by its name, whatever characters it has. */
function selectorOf(metric: string): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric) ? metric : `{__name__=${JSON.stringify(metric)}}`
}

/** What the server says went wrong, and the type that Prometheus gives its errors. */
async function problemOf(response: Response): Promise<{ readonly why: string; readonly type?: string | undefined }> {
  const text = await boundedText(response, 1 << 16).catch(() => '')
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
  return { why: words === '' ? response.statusText : quote(words, 120) }
}

async function boundedText(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > limit) throw new ModelError('LIMIT_EXCEEDED', `an answer of Prometheus is longer than ${limit} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
