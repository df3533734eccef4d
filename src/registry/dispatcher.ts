import { type Dispatcher, EnvHttpProxyAgent } from 'undici'

export interface NetworkOptions {
  readonly httpProxy?: string | undefined
  readonly httpsProxy?: string | undefined
  /** Hosts that are reached without a proxy, comma-separated. */
  readonly noProxy?: string | undefined
  /** Seconds. @default 5 */
  readonly connectTimeout?: number | undefined
}

/** How this process reaches other servers. The caller closes it. */
export function createDispatcher({
  httpProxy,
  httpsProxy,
  noProxy,
  connectTimeout = 5,
}: NetworkOptions = {}): Dispatcher {
  return new EnvHttpProxyAgent({
    ...(httpProxy ? { httpProxy } : {}),
    ...(httpsProxy ? { httpsProxy } : {}),
    ...(noProxy ? { noProxy } : {}),
    connect: { timeout: connectTimeout * 1000 },
  })
}
