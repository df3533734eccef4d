import { chmod, lstat, unlink } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { makeFolder } from '../runtime/make-folder.js'
import type { Logger } from '../runtime/ports.js'
import { isAnswered } from './is-answered.js'
import { type ConnectionLimits, defaultConnectionLimits, type JsonHandler, serveConnection } from './json-connection.js'

export interface UnixSocketOptions {
  readonly path: string
  readonly handler: JsonHandler
  readonly log: Logger
  /** File mode of the socket: who may connect. @default 0o660 */
  readonly mode?: number
  /** Connections at once; more are closed. @default 1024 */
  readonly maxConnections?: number
  readonly limits?: Partial<ConnectionLimits>
}

export interface UnixSocketServer {
  readonly path: string
  readonly connections: number
  /** Accepts no more clients, lets running requests finish for `grace` milliseconds, and removes the socket. */
  close(grace: number): Promise<void>
}

/**
 * Listens on a unix socket. A socket that a dead process left is replaced; one that answers, or a file that is no socket,
 * is left alone.
 *
 * @throws ModelError `UNAVAILABLE` that names the path and says what is in the way
 */
export async function listenOnUnixSocket(options: UnixSocketOptions): Promise<UnixSocketServer> {
  const { path, handler, log, mode = 0o660, maxConnections = 1024 } = options
  const limits = { ...defaultConnectionLimits, ...options.limits }
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serveConnection(socket, handler, limits)
  })
  server.maxConnections = maxConnections
  server.on('drop', () => log.warn({ socket: path, maxConnections }, 'a client was turned away: too many connections'))
  try {
    await makeFolder(dirname(path))
    await removeStale(path)
    await listen(server, path)
    await chmod(path, mode)
  } catch (cause) {
    server.close()
    throw new ModelError('UNAVAILABLE', `cannot listen on ${quote(path)}: ${messageOf(cause)}`, { cause })
  }
  server.on('error', (error) => log.error({ socket: path, error: messageOf(error) }, 'the socket failed'))

  return {
    path,
    get connections() {
      return open.size
    },
    async close(grace) {
      const cut = setTimeout(() => {
        for (const socket of open) socket.destroy()
      }, grace)
      try {
        await new Promise((resolve) => server.close(resolve))
      } finally {
        clearTimeout(cut)
      }
    },
  }
}

async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (!found) return
  if (!found.isSocket())
    throw new ModelError('INVALID_CONFIG', 'a file that is no socket is in the way; remove it or choose another path')
  if (await isAnswered(path))
    throw new ModelError('INVALID_CONFIG', 'another process answers there; stop it or choose another path')
  await unlink(path)
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
