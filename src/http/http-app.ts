import type { Socket } from 'node:net'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { ModelError, quote } from '../core/errors.js'
import type { Logger } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import { limitConnections } from './connection-limit.js'
import { closeAfterAnswer } from './close-after-answer.js'
import { errorAnswer } from './error-answer.js'
import type { RequestMetrics } from '../metrics/request-metrics.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The query parameters that a route reads; others are refused. Absent: the route reads them itself. */
    parameters?: readonly string[]
  }
}

/** Limits on what clients may use. Times in seconds. */
export interface HttpLimits {
  readonly maxBodyBytes: number
  /** For a client to send a whole request; its headers must arrive within half of it, ten seconds at most. */
  readonly requestTimeout: number
  /** After which a connection without traffic is closed. */
  readonly idleTimeout: number
  /** Connections with a request at once; see `limitConnections`. */
  readonly maxConnections: number
}

const longestHead = 10_000

export interface HttpAppOptions {
  readonly logger: Logger
  readonly limits: HttpLimits
  readonly metrics: RequestMetrics
}

/**
 * A Fastify instance with what all HTTP servers here share: limits, bodies as bytes, errors as JSON, metrics and logs.
 * The caller adds routes. Fastify's schema validation and logger are off: zod and the caller's logger replace them.
 */
export function createHttpApp({ logger, limits, metrics }: HttpAppOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeout * 1000,
    connectionTimeout: limits.idleTimeout * 1000,
    keepAliveTimeout: limits.idleTimeout * 1000,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    // Without these, Fastify loads ajv and its serializer for routes that have no schemas.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    exposeHeadRoutes: true,
    http: {
      headersTimeout: Math.min(longestHead, limits.requestTimeout * 500),
      connectionsCheckingInterval: 1000,
      maxHeaderSize: 16_384,
    },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  })
  const connections = limitConnections(app.server, limits.maxConnections)
  const throttled = throttledLog()

  app.removeAllContentTypeParsers()
  // Kepler's clients send various content types, and some none. Handlers read the bytes with `parseJsonBody`.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  app.addHook('onRequest', (request, reply, done) => {
    metrics.started()
    if (connections.isReached() && !probes.has(request.routeOptions.url)) {
      closeAfterAnswer(request, reply)
      return done(tooMany(limits.maxConnections))
    }
    done(request.url.includes('?') ? unknownParameter(request) : undefined)
  })
  const aborted = new WeakSet<object>()
  app.addHook('onRequestAbort', (request, done) => {
    aborted.add(request)
    metrics.aborted()
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    if (aborted.has(request)) return done()
    const route = request.routeOptions.url ?? 'none'
    const seconds = reply.elapsedTime / 1000
    metrics.finished(route, request.method, reply.statusCode, seconds, Number(request.headers['content-length']) || 0)
    logger.debug({ request: request.id, method: request.method, route, status: reply.statusCode, seconds }, 'request')
    done()
  })

  const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const { status, error: body } = errorAnswer(error, limits.maxBodyBytes)
    const fields = { request: request.id, method: request.method, route: request.routeOptions.url, status, ...body }
    // A client that is wrong is mostly wrong again: the first of a kind is logged, then one a minute.
    throttled(`${fields.route} ${status} ${body.code} ${body.field}`, (more) => {
      if (status >= 500) logger.error({ ...fields, more, cause: error }, 'request failed')
      else logger.info({ ...fields, more }, 'request refused')
    })
    return reply.code(status).header('x-request-id', request.id).send({ error: body })
  }
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods.filter((method) => app.hasRoute({ method, url: request.url.split('?')[0]! }))
    if (allowed.length > 0) {
      const message = `${request.method} is not possible here: this takes ${allowed.join(' or ')}`
      return reply
        .code(405)
        .header('allow', allowed.join(', '))
        .send({ error: { code: 'INVALID_REQUEST', message } })
    }
    const message = `there is no ${request.method} ${request.url.slice(0, 80)}; GET / lists what there is`
    return reply.code(404).send({ error: { code: 'INVALID_REQUEST', message } })
  })
  return app
}

/** A parameter that is given and not used would be ignored in silence: a route that lists its own refuses others. */
function unknownParameter({ query, routeOptions }: FastifyRequest): ModelError | undefined {
  const { parameters } = routeOptions.config
  if (parameters === undefined || typeof query !== 'object' || query === null) return undefined
  const unknown = Object.keys(query).find((name) => !parameters.includes(name))
  if (unknown === undefined) return undefined
  const known = parameters.length > 0 ? `known are ${parameters.join(', ')}` : 'this route takes none'
  return new ModelError('INVALID_REQUEST', `unknown query parameter ${quote(unknown)}, ${known}`, { field: unknown })
}

const probes: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics'])

function tooMany(most: number): ModelError {
  return new ModelError('UNAVAILABLE', `all ${most} connections have a request that is not answered yet`)
}
/** The methods of our routes. */
const methods = ['GET', 'POST', 'DELETE'] as const

function noSchemas(): never {
  throw new Error('routes have no schemas: zod reads requests, and answers are made from typed values')
}

const brokenRequests: Readonly<Record<string, readonly [status: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the request head is larger than 16384 bytes'],
}

/** Answers on the bare socket what Node's HTTP parser refuses, since there is no request object, and closes it. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, message] = brokenRequests[error.code ?? ''] ?? ['400 Bad Request', 'this is not an HTTP request']
  const body = JSON.stringify({ error: { code: 'INVALID_REQUEST', message } })
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** The bytes of a request's body; none when it has no body. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : noBytes
}

const noBytes = Buffer.alloc(0)
