import type { Dispatcher } from 'undici'
import type { Connections } from './connections.js'
import { proxyFor, type ProxySettings } from './proxies.js'
import type { TlsSettings } from './tls.js'

export interface NetworkOptions extends ProxySettings {
  /** Seconds until a server has accepted a connection. @default 5 */
  readonly connectTimeout?: number | undefined
  /** A function is asked before each request, so that files of certificates may be renewed. */
  readonly tls?: TlsSettings | (() => Promise<TlsSettings>) | undefined
}

/** How a URL is asked for: which connections, and what is asked of them. */
export interface Route {
  readonly dispatcher: Dispatcher
  readonly origin: string
  /** A whole URL where a proxy is asked for it. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** The proxy on the way, without credentials. */
  readonly proxy: string | undefined
}

/** How this process reaches other servers: proxies, TLS, connections. Whoever makes one closes it. */
export interface Network {
  /** The proxy that a URL is asked through, without credentials. */
  proxyOf(url: URL): string | undefined
  route(url: URL): Promise<Route>
  /** Ends all connections, also those in use. */
  close(): Promise<void>
}

/** @throws ModelError `INVALID_CONFIG` for a proxy, or an entry of `NO_PROXY`, that is none */
export function createNetwork(options: NetworkOptions = {}): Network {
  const find = proxyFor(options)
  const { connectTimeout = 5, tls = {} } = options
  let opened: { readonly tls: string; readonly connections: Promise<Connections> } | undefined

  /** Those of before serve on as long as the certificates are the same. */
  async function connections(): Promise<Connections> {
    const now = typeof tls === 'function' ? await tls() : tls
    const key = JSON.stringify(now)
    if (opened?.tls === key) return opened.connections
    const before = opened
    // undici takes a tenth of a second to load, which a start from disk does not pay.
    const next = import('./connections.js').then(({ openConnections }) => openConnections({ connectTimeout, tls: now }))
    opened = { tls: key, connections: next }
    before?.connections.then((old) => old.retire()).catch(() => undefined)
    return next
  }

  return {
    proxyOf: (url) => find(url)?.origin,
    async route(url) {
      const { direct, proxied, tunnel } = await connections()
      const proxy = find(url)
      const path = url.pathname + url.search
      if (!proxy) return { dispatcher: direct, origin: url.origin, path, headers: {}, proxy: undefined }
      if (url.protocol === 'https:') {
        return { dispatcher: tunnel(proxy), origin: url.origin, path, headers: {}, proxy: proxy.origin }
      }
      // Proxies fetch http URLs themselves (RFC 9112, 3.2.2). Many refuse to open a tunnel to any port but 443.
      const headers = {
        host: url.host,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      }
      return { dispatcher: proxied, origin: proxy.origin, path: url.origin + path, headers, proxy: proxy.origin }
    },
    async close() {
      await opened?.connections.then(
        (open) => open.close(),
        () => undefined,
      )
    },
  }
}
