import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { afterEach } from 'node:test'
import { createNetwork, type Network, type NetworkOptions } from '../../src/net/network.js'
import { tlsText } from './tls.js'

export interface LocalServers {
  /** Port of a server on the loopback address. */
  listening(server: Server & { closeAllConnections?(): void }): Promise<number>
  /** URL of a server that answers so, with a slash at its end. */
  serve(listener: RequestListener): Promise<string>
  /** The same by https, with a certificate of the authority in `test/fixtures/tls`. */
  serveSecurely(listener: RequestListener): Promise<string>
  /** A network that trusts this authority. */
  network(options?: NetworkOptions): Network
  onClose(close: () => Promise<unknown> | unknown): void
}

/** Servers and networks that end with the test that opened them. Called once for a test file. */
export function localServers(): LocalServers {
  const closing: (() => Promise<unknown> | unknown)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  async function listening(server: Server & { closeAllConnections?(): void }): Promise<number> {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => {
      server.closeAllConnections?.()
      server.close()
    })
    return (server.address() as AddressInfo).port
  }
  return {
    listening,
    serve: async (listener) => `http://127.0.0.1:${await listening(createServer(listener))}/`,
    async serveSecurely(listener) {
      const identity = { key: tlsText('server.key'), cert: tlsText('server.pem') }
      return `https://127.0.0.1:${await listening(createSecureServer(identity, listener))}/`
    },
    network(options = {}) {
      const made = createNetwork({ tls: { ca: tlsText('authority.pem') }, ...options })
      closing.push(() => made.close())
      return made
    },
    onClose: (close) => void closing.push(close),
  }
}
