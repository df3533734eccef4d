import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ModelError, quote } from '../core/errors.js'
import type { Logger } from '../runtime/ports.js'
import { isFinished, type Job } from '../jobs/job.js'
import type { JobQueue, Reservation } from '../jobs/job-queue.js'
import type { JobStore } from '../jobs/job-store.js'
import { receiveRequest } from '../jobs/receive-request.js'
import { requireToken } from './bearer-token.js'
import { addDocsPage } from './docs-page.js'
import { errorAnswer } from './error-answer.js'
import { closeAfterAnswer } from './close-after-answer.js'
import { createHttpApp, type HttpLimits } from './http-app.js'
import { sendJobEvents } from './job-events.js'
import { jobSummary, jobView } from './job-view.js'
import { offlineTrainerText } from './offline-trainer-text.js'
import type { RequestMetrics } from '../metrics/request-metrics.js'

export interface OfflineTrainerAppOptions {
  readonly queue: JobQueue
  readonly store: JobStore
  readonly metrics: RequestMetrics
  readonly logger: Logger
  /** `maxBodyBytes` is that of a request to train. */
  readonly limits: HttpLimits
  readonly token: string | undefined
  readonly version: string
}

/** Connections to `/jobs/:id/events` at once. */
const maxListeners = 256
const retryAfter = '30'

/** The offline trainer's routes; `openapi/` describes them. */
export function createOfflineTrainerApp(options: OfflineTrainerAppOptions): FastifyInstance {
  const { queue, store, metrics, logger, limits, token, version } = options
  const app = createHttpApp({ logger, limits, metrics })

  app.get('/', (request, reply) =>
    reply.type('text/plain; charset=utf-8').send(offlineTrainerText(version, request.headers.host)),
  )
  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.metricsRegistry.contentType)
    return metrics.metricsRegistry.metrics()
  })
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', (_request, reply) => {
    if (!queue.full) return { ready: true, running: queue.running, waiting: queue.waiting }
    return reply.code(503).send({ ready: false, reasons: [`${queue.waiting} jobs wait already`] })
  })
  addDocsPage(app, async () => {
    const { offlineTrainerDocument } = await import('./openapi/offline-trainer.js')
    return offlineTrainerDocument(version, token !== undefined)
  })

  app.register(async (jobs) => {
    jobs.addHook('onRequest', requireToken(token, 'offline-trainer'))
    // The body goes to disk as it comes, whatever its type says.
    jobs.removeAllContentTypeParsers()
    jobs.addContentTypeParser('*', (_request, body, done) => done(null, body))
    addTrainRoute(jobs, options)
    addJobRoutes(jobs, queue, store)
  })
  return app
}

function addTrainRoute(app: FastifyInstance, options: OfflineTrainerAppOptions): void {
  const { queue, store, limits, logger } = options
  app.post('/train', { config: { parameters: ['mode'] } }, async (request, reply) => {
    const asynchronous = modeOf(request) === 'async'
    const job = await receiveJob(request, options).catch((error: unknown) => {
      closeAfterAnswer(request, reply)
      if (error instanceof ModelError && error.code === 'UNAVAILABLE') reply.header('retry-after', retryAfter)
      throw error
    })
    logger.info({ request: request.id, job: job.id, pipeline: job.request.name }, 'job queued')
    reply.header('x-kepler-job', job.id)
    if (asynchronous) return reply.code(202).header('location', `/jobs/${job.id}`).send(jobView(job))

    // No timeout while the job trains. A client that closes the connection cancels its job.
    reply.raw.setTimeout(0, () => {})
    const left = () => {
      if (!reply.raw.writableEnded) void queue.cancel(job.id).catch(() => {})
    }
    // The connection may have been closed while the job was queued.
    if (reply.raw.closed) left()
    else reply.raw.once('close', left)
    const finished = await queue.finished(job.id)
    if (finished.state !== 'done') return sendFailure(reply, finished, limits.maxBodyBytes)
    return sendResult(reply, finished, store)
  })
}

/** Writes a request to disk and queues it; removes the file when it cannot be queued. */
async function receiveJob(request: FastifyRequest, { queue, store, limits }: OfflineTrainerAppOptions): Promise<Job> {
  const gzip = isGzip(request)
  const bytes = Number(request.headers['content-length']) || 0
  // Refused before anything is sent where there is no place, but taken only by who really sends a request.
  queue.reserve(bytes).release()
  const path = store.spoolPath()
  let place: Reservation | undefined
  const onSubstantial = () => {
    place = queue.reserve(bytes)
  }
  try {
    const options = { path, gzip, maxBytes: limits.maxBodyBytes, onSubstantial }
    const wanted = await receiveRequest(bodyStream(request), options)
    place ??= queue.reserve(bytes)
    return await place.submit(wanted, path)
  } finally {
    place?.release()
    await rm(path, { force: true })
  }
}

function addJobRoutes(app: FastifyInstance, queue: JobQueue, store: JobStore): void {
  let listeners = 0
  const known = (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply): Job | undefined => {
    const job = store.get(request.params.id)
    if (job === undefined) {
      const message = `there is no job ${quote(request.params.id)}; GET /jobs lists them`
      void reply.code(404).send({ error: { code: 'INVALID_REQUEST', field: 'id', message } })
    }
    return job
  }

  app.get('/jobs', () => ({ jobs: [...store.list()].reverse().map(jobSummary) }))

  app.get<{ Params: { id: string } }>('/jobs/:id', (request, reply) => {
    const job = known(request, reply)
    return job ? reply.send(jobView(job)) : reply
  })

  app.get<{ Params: { id: string } }>('/jobs/:id/result', (request, reply) => {
    const job = known(request, reply)
    if (job === undefined) return reply
    if (job.state === 'done') return sendResult(reply, job, store)
    const message = `job ${job.id} has no result: it is ${job.state}${job.error ? `: ${job.error.message}` : ''}`
    return reply.code(409).send({ error: { code: 'INVALID_REQUEST', message } })
  })

  app.get<{ Params: { id: string } }>('/jobs/:id/events', { exposeHeadRoute: false }, (request, reply) => {
    const job = known(request, reply)
    if (job === undefined) return
    if (listeners >= maxListeners) throw new ModelError('UNAVAILABLE', `${listeners} clients follow jobs already`)
    listeners++
    reply.raw.once('close', () => listeners--)
    sendJobEvents(reply, job, (listener) => queue.watch(job.id, listener))
  })

  app.delete<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const job = known(request, reply)
    if (job === undefined) return reply
    if (!isFinished(job)) return reply.send(jobView(await queue.cancel(job.id)))
    await store.remove(job.id)
    return reply.code(204).send()
  })
}

function modeOf({ query }: FastifyRequest): 'sync' | 'async' {
  const mode = typeof query === 'object' && query !== null && 'mode' in query ? query.mode : undefined
  if (mode === undefined || mode === 'sync') return 'sync'
  if (mode === 'async') return 'async'
  throw new ModelError('INVALID_REQUEST', `mode ${quote(mode)}: expected sync or async`, { field: 'mode' })
}

function isGzip({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return false
  if (encoding === 'gzip') return true
  throw new ModelError('INVALID_REQUEST', `Content-Encoding ${quote(encoding)}: expected gzip or none`, {
    field: 'content-encoding',
  })
}

/** Fastify calls no content-type parser, which would give the stream, for a request without a body. */
function bodyStream(request: FastifyRequest): Readable {
  if (request.body === undefined || request.body === null) {
    throw new ModelError('INVALID_REQUEST', 'the request has no body; send a JSON object')
  }
  return request.raw
}

/** A job's error as if the request itself had failed with it. */
function sendFailure(reply: FastifyReply, { id, error }: Job, maxBodyBytes: number): FastifyReply {
  const { code = 'INTERNAL', message = '', field } = error ?? {}
  if (code === 'INTERNAL') return reply.code(500).send({ error: { code, message: `job ${id} failed: ${message}` } })
  const { status } = errorAnswer(new ModelError(code as ModelError['code'], message), maxBodyBytes)
  return reply.code(status).send({ error: { code, ...(field !== undefined && { field }), message } })
}

function sendResult(reply: FastifyReply, job: Job, store: JobStore): FastifyReply {
  return reply
    .headers({
      'content-type': 'application/zip',
      'content-length': String(job.resultBytes),
      'content-disposition': `attachment; filename="${job.request.name}.zip"`,
    })
    .send(createReadStream(store.resultPath(job.id)))
}
