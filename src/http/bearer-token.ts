import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { closeAfterAnswer } from './close-after-answer.js'

/**
 * A hook that refuses requests without the token; without a token it lets all pass. The comparison takes constant time,
 * so its duration reveals nothing about the token.
 *
 * @param realm names the program in the answer to who has none
 */
export function requireToken(token: string | undefined, realm: string) {
  const wanted = token === undefined ? undefined : digest(token)
  return async (request: FastifyRequest, reply: FastifyReply) => {
    if (wanted === undefined) return
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return
    const message = 'this needs the header Authorization: Bearer <token>'
    closeAfterAnswer(request, reply)
    return reply
      .code(401)
      .header('www-authenticate', `Bearer realm="${realm}"`)
      .send({ error: { code: 'INVALID_REQUEST', field: 'authorization', message } })
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
