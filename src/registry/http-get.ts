import { ModelError, messageOf } from '../core/errors.js'
import type { Network } from './network.js'

export interface HttpGetOptions {
  /** Proxy, connect timeout, pool; undici's global one when absent. */
  readonly network?: Network | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds without a byte. @default 30,000 */
  readonly idleTimeout?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  header(name: string): string | undefined
  readonly body: AsyncIterable<Uint8Array>
  /** Gives the connection back without the body. */
  discard(): Promise<void>
}

const mostRedirects = 5
const defaultIdleTimeout = 30_000

/**
 * A GET that follows up to five redirects, to http and https only and never from https to http.
 *
 * @throws ModelError `UNAVAILABLE` when nothing answers or a redirect is refused, `CANCELLED` when `signal` aborts
 */
export async function httpGet(url: string, options: HttpGetOptions = {}): Promise<HttpAnswer> {
  let at = new URL(url)
  for (let redirects = 0; ; redirects++) {
    const answer = await get(at, options)
    const location = answer.header('location')
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer
    await answer.discard()
    if (redirects === mostRedirects) throw refused(url, `it redirects more than ${mostRedirects} times`)
    if (!URL.canParse(location, at.href)) throw refused(url, 'it redirects to what is no URL')
    const next = new URL(location, at.href)
    const allowed = next.protocol === 'https:' || (next.protocol === 'http:' && at.protocol === 'http:')
    if (!allowed) throw refused(url, `it redirects to ${next.protocol}`)
    at = next
  }
}

async function get(url: URL, options: HttpGetOptions): Promise<HttpAnswer> {
  const { network, headers = {}, idleTimeout = defaultIdleTimeout, signal } = options
  try {
    const { request } = await import('undici')
    const dispatcher = await network?.dispatcher()
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(url.href, {
      method: 'GET',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'kepler-model-server', ...headers },
      headersTimeout: idleTimeout,
      bodyTimeout: idleTimeout,
      ...(dispatcher ? { dispatcher } : {}),
      ...(signal ? { signal } : {}),
    })
    return {
      status: statusCode,
      header(name) {
        const value = answered[name]
        return Array.isArray(value) ? value[0] : value
      },
      body,
      async discard() {
        // An abort of a body that nobody reads is reported as an error.
        body.on('error', () => {})
        await body.dump()
      },
    }
  } catch (error) {
    if (signal?.aborted) throw new ModelError('CANCELLED', `download of ${url} was stopped`, { cause: error })
    throw new ModelError('UNAVAILABLE', `${url} does not answer: ${messageOf(error)}`, { cause: error })
  }
}

function refused(url: string, why: string): ModelError {
  return new ModelError('UNAVAILABLE', `${url} cannot be downloaded: ${why}`)
}
