import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ModelError, quote } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { Logger } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import type { Estimator } from '../estimate/estimator.js'
import type { ModelCache } from '../estimate/model-cache.js'
import { outsideAnswer } from '../estimate/outside-inputs.js'
import { parsePowerRequest } from '../estimate/power-request.js'
import { addDocsPage } from './docs-page.js'
import { errorAnswer } from './error-answer.js'
import { bodyOf, createHttpApp, type HttpLimits } from './http-app.js'
import { parseJsonBody } from './json-body.js'
import type { RequestMetrics } from '../metrics/request-metrics.js'

export interface EstimatorAppOptions {
  readonly estimator: Estimator
  readonly modelCache: ModelCache
  readonly metrics: RequestMetrics
  /** What `/info` says apart from the models: version, machine, sockets, where models come from. */
  readonly about: EstimatorAbout
  readonly logger: Logger
  readonly limits: HttpLimits
}

interface EstimatorAbout {
  readonly version: string
  readonly machine_spec: MachineSpec
  /** File that the spec was read from, or `discovered`. */
  readonly machine_spec_from: string
  readonly sockets: readonly string[]
  readonly model_sources: readonly string[]
}

/** The estimator's own HTTP port: estimates with their provenance, what is loaded, metrics and probes. */
export function createEstimatorApp({
  estimator,
  modelCache,
  metrics,
  about,
  logger,
  limits,
}: EstimatorAppOptions): FastifyInstance {
  const app = createHttpApp({ logger, limits, metrics })
  const throttled = throttledLog()

  app.post('/estimate', { config: { parameters: ['strict'] } }, async (request, reply) => {
    try {
      const { powers, coreRatio, provenance, interval, outside } = await estimator.estimate(
        parsePowerRequest(parseJsonBody(bodyOf(request))),
        { interval: true, strict: isStrict(request) },
      )
      return { powers, msg: '', core_ratio: coreRatio, provenance, interval, outside: outside.map(outsideAnswer) }
    } catch (error) {
      const { status, error: described } = errorAnswer(error, limits.maxBodyBytes)
      if (status === 500) throw error
      throttled(described.code, (more) => logger.info({ request: request.id, ...described, more }, 'estimate refused'))
      return reply.code(status).send({ powers: [], msg: described.message, error: described })
    }
  })

  app.get('/info', () => ({ ...about, models: modelCache.status() }))

  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.metricsRegistry.contentType)
    return metrics.metricsRegistry.metrics()
  })

  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/readyz', (_request, reply) => {
    const states = modelCache.status()
    const reasons = states.flatMap(({ state, error }) => (state === 'failed' && error !== null ? [error] : []))
    // Before the first request there is nothing to load: it is ready to try.
    const ready = states.length === 0 || states.some(({ state }) => state === 'ready')
    return reply.code(ready ? 200 : 503).send({ ready, reasons })
  })

  app.get('/', (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .send(
        `Kepler estimator ${about.version}\n\nPOST /estimate\nGET  /info, /metrics, /healthz, /readyz, /openapi.json, /docs\n`,
      ),
  )
  addDocsPage(app, async () => {
    const { estimatorDocument } = await import('./openapi/estimator.js')
    return estimatorDocument(about.version)
  })
  return app
}

/** Whether a client wants inputs that cannot be refused: `?strict`, or `?strict=true`. */
function isStrict({ query }: FastifyRequest): boolean {
  const strict = typeof query === 'object' && query !== null && 'strict' in query ? query.strict : undefined
  if (strict === undefined || strict === 'false') return false
  if (strict === 'true' || strict === '') return true
  throw new ModelError('INVALID_REQUEST', `strict ${quote(strict)}: expected true or false`, { field: 'strict' })
}
