import { Agent, type Dispatcher, Pool, ProxyAgent } from 'undici'
import { ModelError } from '../core/errors.js'
import type { HttpProxy } from './proxies.js'

export interface TlsSettings {
  /** PEM text of the authorities that are trusted. @default those that Node trusts */
  readonly ca?: string | undefined
  /** Take any certificate of a server. @default false */
  readonly insecure?: boolean | undefined
}

export interface ConnectionOptions extends TlsSettings {
  /** Seconds until a server has accepted a connection. @default 5 */
  readonly connectTimeout?: number | undefined
}

/** Connections that are kept open, straight and through proxies. */
export interface Connections {
  readonly direct: Dispatcher
  /** Connections through a proxy that is asked to `CONNECT`. */
  tunnel(proxy: HttpProxy): Dispatcher
  close(): Promise<void>
}

/** The only module that loads undici; `createNetwork` imports it at the first use. */
export function openConnections({ ca, insecure = false, connectTimeout = 5 }: ConnectionOptions): Connections {
  const timeout = connectTimeout * 1000
  const trust = { timeout, ...(ca !== undefined && { ca }) }
  const server = { ...trust, rejectUnauthorized: !insecure }
  const direct = new Agent({ connect: server })
  const tunnels = new Map<string, Dispatcher>()

  function openTunnel({ origin, authorization }: HttpProxy): Dispatcher {
    return new ProxyAgent({
      uri: origin,
      ...(authorization !== undefined && { token: authorization }),
      requestTls: server,
      proxyTls: trust,
      clientFactory: (at, options) => proxyPool(at, { ...options, headersTimeout: timeout }),
    })
  }

  return {
    direct,
    tunnel(proxy) {
      const key = `${proxy.origin} ${proxy.authorization ?? ''}`
      const open = tunnels.get(key) ?? openTunnel(proxy)
      tunnels.set(key, open)
      return open
    },
    async close() {
      await Promise.all([direct, ...tunnels.values()].map((dispatcher) => dispatcher.destroy()))
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
