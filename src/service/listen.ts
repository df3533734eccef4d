import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { errorCode, ModelError, messageOf } from '../core/errors.js'
import type { Running } from './running.js'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** Seconds that running requests may take once the server stops. */
  readonly shutdownTimeout: number
}

export interface RunningHttp extends Running {
  /** Where a client on this machine reaches it. */
  readonly url: string
  readonly port: number
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there; stop it or choose another port (0 takes a free one)',
  EACCES: 'this user may not listen there; choose a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no host of that name',
}

/**
 * Listens. `stop` accepts no more connections, closes idle ones, lets running requests finish, and after
 * `shutdownTimeout` cuts off what is left.
 *
 * @throws ModelError `UNAVAILABLE` that names the address and says what to do
 */
export async function listen(name: string, app: FastifyInstance, options: ListenOptions): Promise<RunningHttp> {
  const { host, port, shutdownTimeout } = options
  const connections = watchConnections(app.server)
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    const why = reasons[errorCode(error) ?? ''] ?? messageOf(error)
    throw new ModelError('UNAVAILABLE', `${name} cannot listen on ${host}:${port}: ${why}`, { cause: error })
  }
  const address = app.server.address()
  const taken = typeof address === 'object' ? (address?.port ?? port) : port
  return {
    name,
    port: taken,
    url: `http://${reachable(host)}:${taken}`,
    async stop() {
      const cut = setTimeout(() => app.server.closeAllConnections(), shutdownTimeout * 1000)
      try {
        connections.closeWhenDone()
        await app.close()
      } finally {
        clearTimeout(cut)
      }
    },
  }
}

/**
 * Tracks which connections have a request in flight. Node's `closeIdleConnections` leaves out connections that have not
 * sent a request yet, so a browser that connects in advance would delay the shutdown by the whole grace period.
 */
function watchConnections(server: Server): { closeWhenDone(): void } {
  const open = new Set<Socket>()
  const running = new WeakMap<Socket, number>()
  let closing = false
  const count = (socket: Socket, more: number) => running.set(socket, (running.get(socket) ?? 0) + more)
  const closeIdle = (socket: Socket) => {
    if (running.get(socket) === 0) socket.destroySoon()
  }
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    count(socket, 0)
    socket.once('close', () => open.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    count(socket, 1)
    response.once('close', () => {
      count(socket, -1)
      if (closing) closeIdle(socket)
    })
  })
  return {
    closeWhenDone() {
      closing = true
      open.forEach(closeIdle)
    },
  }
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
