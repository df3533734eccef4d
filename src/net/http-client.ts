import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Dispatcher } from 'undici'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { Network } from './network.js'
import { shownUrl } from './shown-url.js'

export interface HttpRequest {
  /** @default 'GET' */
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Headers that no server but that of the URL gets: a redirect to another one goes without. */
  readonly credentials?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  /** Milliseconds without a byte. @default 30,000 */
  readonly idleTimeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Lets the server compress the body; what is read is what was compressed. @default false */
  readonly compressed?: boolean
  /** Who is asked, for messages. @default the URL */
  readonly name?: string | undefined
}

export interface HttpAnswer {
  readonly status: number
  /** `Prometheus at http://host through the proxy http://proxy: it answered 502` */
  readonly said: string
  header(name: string): string | undefined
  /** The body in chunks. Breaking off ends the connection. */
  readonly body: AsyncIterable<Uint8Array>
  /** The whole body. @throws ModelError `LIMIT_EXCEEDED` for more than `limit` bytes */
  bytes(limit: number): Promise<Buffer>
  /** Gives the connection back without the body. */
  discard(): Promise<void>
}

const mostRedirects = 5
const defaultIdleTimeout = 30_000
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Asks a server, through the proxy of the network where there is one for the URL. Up to five redirects of a GET are
 * followed, to http and https only and never from https to http. What has another method is asked of one URL only.
 *
 * @throws ModelError `UNAVAILABLE` when nothing answers or a redirect is refused; the reason of `signal` when it aborts
 */
export async function askServer(network: Network, url: string, request: HttpRequest = {}): Promise<HttpAnswer> {
  const name = request.name ?? shownUrl(new URL(url))
  const refused = (why: string) => new ModelError('UNAVAILABLE', `${name} cannot be asked: it redirects ${why}`)
  let at = new URL(url)
  for (let followed = 0; ; followed++) {
    const credentials = at.origin === new URL(url).origin ? request.credentials : undefined
    const answer = await askOnce(network, at, { ...request, name, credentials })
    const location = answer.header('location')
    if (!redirects.has(answer.status) || location === undefined) return answer
    await answer.discard()
    if (!URL.canParse(location, at.href)) throw refused(`to ${quote(location)}, which is no URL`)
    const next = new URL(location, at.href)
    const safe = next.protocol === 'https:' || (next.protocol === 'http:' && at.protocol === 'http:')
    if (!safe) throw refused(`to ${next.protocol}`)
    if ((request.method ?? 'GET') !== 'GET') throw refused(`to ${shownUrl(next)}: name that address instead`)
    if (followed === mostRedirects) throw refused(`more than ${mostRedirects} times`)
    at = next
  }
}

async function askOnce(network: Network, url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { method = 'GET', idleTimeout = defaultIdleTimeout, signal, compressed = false, name = '' } = request
  signal?.throwIfAborted()
  const route = await network.route(url)
  const through = route.proxy === undefined ? '' : ` through the proxy ${route.proxy}`
  try {
    const answer = await route.dispatcher.request({
      origin: route.origin,
      path: route.path,
      method,
      headers: {
        'accept-encoding': compressed ? 'gzip' : 'identity',
        'user-agent': 'kepler-model-server',
        ...request.headers,
        ...request.credentials,
        ...route.headers,
      },
      headersTimeout: idleTimeout,
      bodyTimeout: idleTimeout,
      ...(request.body !== undefined && { body: request.body }),
      ...(signal && { signal }),
    })
    const { statusCode } = answer
    const said = through === '' ? `${name} answered ${statusCode}` : `${name}${through}: it answered ${statusCode}`
    return httpAnswer(answer, said, compressed)
  } catch (error) {
    signal?.throwIfAborted()
    const message = `${name} does not answer${through}: ${whyNot(error)}`
    throw new ModelError('UNAVAILABLE', message, { cause: error })
  }
}

function httpAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  said: string,
  compressed: boolean,
): HttpAnswer {
  const header = (name: string) => {
    const value = headers[name]
    return Array.isArray(value) ? value[0] : value
  }
  const isGzip = compressed && /^(x-)?gzip$/i.test(header('content-encoding') ?? '')
  // The error reaches the reader of the stream; the callback only keeps it from being thrown a second time.
  const read = () => (isGzip ? pipeline(body, createGunzip(), () => {}) : body)
  return {
    status: statusCode,
    said,
    header,
    get body() {
      return read()
    },
    async bytes(limit) {
      const chunks: Uint8Array[] = []
      let length = 0
      for await (const chunk of read()) {
        length += chunk.length
        if (length > limit) throw new ModelError('LIMIT_EXCEEDED', `the answer is longer than ${limit} bytes`)
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    },
    async discard() {
      // An abort of a body that nobody reads is reported as an error.
      body.on('error', () => {})
      await body.dump()
    },
  }
}

/** Node says nothing of a host with several addresses but what it was told by each. */
function whyNot(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(messageOf))].join(', ')
  return messageOf(error)
}
