import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { ModelError } from '../core/errors.js'
import type { HttpProxy } from './proxies.js'
import { secureContext, type TlsSettings } from './tls.js'

export interface ConnectionOptions {
  readonly tls: TlsSettings
  /** Seconds until a server has accepted a connection. */
  readonly connectTimeout: number
}

/** Connections that are kept open, straight and through proxies. */
export interface Connections {
  readonly direct: Dispatcher
  /** Connections to proxies that fetch http URLs themselves. */
  readonly proxied: Dispatcher
  /** Connections through a proxy that is asked to `CONNECT`. */
  tunnel(proxy: HttpProxy): Dispatcher
  /** Takes no more requests, and ends when those that run are done. */
  retire(): Promise<void>
  /** Ends all, also those in use. */
  close(): Promise<void>
}

/**
 * The only module that loads undici; a network imports it at the first use.
 *
 * @throws ModelError `INVALID_CONFIG` when the certificates cannot be used
 */
export function openConnections({ tls, connectTimeout }: ConnectionOptions): Connections {
  const timeout = connectTimeout * 1000
  const server = { timeout, secureContext: secureContext(tls), rejectUnauthorized: !tls.insecure }
  // A proxy is not the server that may have any certificate, nor the one that wants ours.
  const proxy = { timeout, secureContext: secureContext({ ca: tls.ca, extraCa: tls.extraCa }) }
  const direct = new Agent({ connect: server })
  const proxied = new Agent({ connect: proxy })
  const tunnels = new Map<string, Dispatcher>()
  const all = () => [direct, proxied, ...tunnels.values()]

  function openTunnel({ origin, authorization }: HttpProxy): Dispatcher {
    return new ProxyAgent({
      uri: origin,
      ...(authorization !== undefined && { token: authorization }),
      requestTls: server,
      proxyTls: proxy,
      clientFactory: (at, options) => proxyPool(at, { ...options, headersTimeout: timeout }),
    })
  }

  return {
    direct,
    proxied,
    tunnel(proxy) {
      const key = `${proxy.origin} ${proxy.authorization ?? ''}`
      const open = tunnels.get(key) ?? openTunnel(proxy)
      tunnels.set(key, open)
      return open
    },
    async retire() {
      await Promise.all(all().map((dispatcher) => dispatcher.close()))
    },
    async close() {
      await Promise.all(all().map((dispatcher) => dispatcher.destroy()))
    },
  }
}

/** Connections to a proxy. Of a tunnel that it refuses undici says only that the request was cancelled. */
function proxyPool(at: URL, options: Pool.Options): Dispatcher {
  const pool = new Pool(at, options)
  const connect = pool.connect.bind(pool)
  return Object.assign(pool, {
    async connect(asked: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
      const answer = await connect(asked)
      if (answer.statusCode === 200) return answer
      answer.socket.on('error', () => {}).destroy()
      throw new ModelError('UNAVAILABLE', `it answered ${answer.statusCode}`)
    },
  })
}
