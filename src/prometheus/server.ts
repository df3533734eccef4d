import { ModelError, quote } from '../core/errors.js'
import type { NetworkOptions } from '../net/network.js'
import type { Signer } from '../net/sigv4.js'
import type { LabelMatcher } from './selector.js'

/** Where a Prometheus is and how it is reached. */
export interface PrometheusServer extends NetworkOptions {
  /** `http://host:9090`, with a path where Prometheus is not at the root. */
  readonly url: string
  /** A function is asked anew for each request, so that a token may change. */
  readonly bearerToken?: string | (() => Promise<string>)
  readonly username?: string
  readonly password?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Signs requests instead. */
  readonly sign?: Signer | undefined
  /** Only series with these labels. */
  readonly matchers?: readonly LabelMatcher[]
  /** Metrics that are asked for whatever labels they have. */
  readonly unmatched?: readonly string[]
  /** Seconds without a byte after which an answer counts as lost. @default 120 */
  readonly idleSeconds?: number
}

export interface ServerAddress {
  /** Without credentials. */
  readonly base: URL
  /** Headers for a request. @throws ModelError `INVALID_CONFIG` when there is no usable token now */
  credentialsFor(url: URL): Promise<Readonly<Record<string, string>>>
}

/** The address without credentials, which go into a header and are never shown. */
export function addressOf(server: PrometheusServer): ServerAddress {
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
  const headers: Record<string, string> = { ...server.headers }
  const { bearerToken } = server
  if (!bearerToken && username !== '') {
    headers.authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  }
  return {
    base,
    async credentialsFor(url) {
      if (server.sign) return { ...headers, ...(await server.sign(url)) }
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
