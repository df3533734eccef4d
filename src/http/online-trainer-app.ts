import type { FastifyInstance } from 'fastify'
import type { Logger } from '../runtime/ports.js'
import type { OnlineStatus } from '../online/status.js'
import { addDocsPage } from './docs-page.js'
import { createHttpApp, type HttpLimits } from './http-app.js'
import type { RequestMetrics } from '../metrics/request-metrics.js'

export interface OnlineTrainerAppOptions {
  readonly status: () => OnlineStatus
  readonly metrics: RequestMetrics
  readonly logger: Logger
  readonly limits: HttpLimits
  readonly version: string
}

/** Status, metrics and probes of the online trainer; read-only. */
export function createOnlineTrainerApp(options: OnlineTrainerAppOptions): FastifyInstance {
  const { status, metrics, logger, limits, version } = options
  const app = createHttpApp({ logger, limits, metrics })

  app.get('/', () => ({
    program: 'online-trainer',
    version,
    routes: ['/status', '/metrics', '/healthz', '/readyz', '/openapi.json', '/docs'],
  }))

  app.get('/status', () => status())

  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.metricsRegistry.contentType)
    return metrics.metricsRegistry.metrics()
  })

  app.get('/healthz', () => ({ status: 'ok' }))

  // Ready also while Prometheus cannot be reached: the trainer recovers by itself, and in the model server's pod a
  // container that is not ready would take the model server out of service too.
  app.get('/readyz', () => {
    const { lastFailure, lastRound } = status()
    return { ready: true, reasons: lastFailure === undefined ? [] : [lastFailure], lastRound }
  })

  addDocsPage(app, async () => {
    const { onlineTrainerDocument } = await import('./openapi/online-trainer.js')
    return onlineTrainerDocument(version)
  })
  return app
}
