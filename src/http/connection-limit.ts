import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Connections beyond the limit, for those without a request and for probes. */
const reserve = 64

export interface ConnectionLimit {
  /** Whether so many connections have a request that this one may be answered only if it is a probe. */
  isReached(): boolean
}

/**
 * Bounds the connections of a server without keeping probes out: only connections with a request count. Those without
 * one, since their client says nothing or never ends the head of a request, leave when others need the room, the one
 * that has been silent for longest first.
 */
export function limitConnections(server: Server, most: number): ConnectionLimit {
  /** Requests that run, by connection; the one that was used last is last. */
  const connections = new Map<Socket, number>()
  let busy = 0
  server.maxConnections = most + reserve

  server.on('connection', (socket: Socket) => {
    // One less: Node drops what comes when its bound is reached, without a word to us.
    if (connections.size >= most + reserve - 1) closeSilent()
    connections.set(socket, 0)
    socket.once('close', () => {
      if ((connections.get(socket) ?? 0) > 0) busy--
      connections.delete(socket)
    })
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    change(socket, 1)
    response.once('close', () => change(socket, -1))
  })

  function change(socket: Socket, by: number): void {
    const before = connections.get(socket)
    if (before === undefined) return
    const requests = before + by
    busy += Number(requests > 0) - Number(before > 0)
    connections.delete(socket)
    connections.set(socket, requests)
  }

  function closeSilent(): void {
    for (const [socket, requests] of connections) {
      if (requests > 0) continue
      connections.delete(socket)
      socket.destroy()
      return
    }
  }

  return { isReached: () => busy > most }
}
