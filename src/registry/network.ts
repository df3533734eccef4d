import type { Dispatcher } from 'undici'

export interface NetworkOptions {
  readonly httpProxy?: string | undefined
  readonly httpsProxy?: string | undefined
  /** Hosts that are reached without a proxy, comma-separated. */
  readonly noProxy?: string | undefined
  /** Seconds. @default 5 */
  readonly connectTimeout?: number | undefined
}

/** How this process reaches other servers. */
export interface Network {
  /** Made at the first use: loading undici takes a tenth of a second, which a start from disk does not pay. */
  dispatcher(): Promise<Dispatcher>
  close(): Promise<void>
}

/** A network that knows the proxies of the settings. The caller closes it. */
export function createNetwork({ httpProxy, httpsProxy, noProxy, connectTimeout = 5 }: NetworkOptions = {}): Network {
  let made: Promise<Dispatcher> | undefined
  const make = async () => {
    const { EnvHttpProxyAgent } = await import('undici')
    return new EnvHttpProxyAgent({
      ...(httpProxy ? { httpProxy } : {}),
      ...(httpsProxy ? { httpsProxy } : {}),
      ...(noProxy ? { noProxy } : {}),
      connect: { timeout: connectTimeout * 1000 },
    })
  }
  return {
    dispatcher() {
      made ??= make()
      return made
    },
    async close() {
      await (await made)?.destroy()
    },
  }
}
