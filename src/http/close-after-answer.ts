import { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Milliseconds for which what a client still sends is read and thrown away. */
const linger = 500

/**
 * Makes this answer, which may come before the request is there whole, the last one of its connection. A connection that
 * is closed while its client sends is reset, and the client may lose the answer: so it ends in our direction first, and
 * what still comes is thrown away for half a second (RFC 9112, section 9.6).
 */
export function closeAfterAnswer({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.header('connection', 'close')
  const { socket } = raw
  // A request that is injected comes over no connection.
  if (!(socket instanceof Socket)) return
  // What Node calls when the last answer of a connection is sent.
  const closeNow = socket.destroySoon.bind(socket)
  socket.destroySoon = () => {
    if (raw.complete) return closeNow()
    raw.once('end', closeNow).resume()
    const timer = setTimeout(() => socket.destroy(), linger)
    socket.once('close', () => clearTimeout(timer)).end()
  }
}
