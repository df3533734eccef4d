import type { FastifyInstance } from 'fastify'
import { ExpositionText } from '../metrics/exposition-text.js'
import type { RequestMetrics } from '../metrics/request-metrics.js'
import type { Logger } from '../runtime/ports.js'
import { addDocsPage } from './docs-page.js'
import { createHttpApp, type HttpLimits } from './http-app.js'

export interface MeterAppOptions {
  readonly version: string
  /** Writes the meter's own metrics. */
  readonly exposition: (text: ExpositionText) => void
  /** The reading as JSON. */
  readonly reading: () => object
  /** Why it is not ready, `undefined` when it is. */
  readonly notReady: () => string | undefined
  readonly metrics: RequestMetrics
  readonly logger: Logger
  readonly limits: HttpLimits
}

const mostUnused = 2

/** The power meter's port: metrics for Prometheus, the reading as JSON, probes. */
export function createMeterApp(options: MeterAppOptions): FastifyInstance {
  const { version, exposition, reading, notReady, metrics, logger, limits } = options
  const app = createHttpApp({ logger, limits, metrics })

  /** Answers are megabytes: their bytes are used again once they are sent. */
  const unused: ExpositionText[] = []
  app.get('/metrics', async (_request, reply) => {
    const program = await metrics.metricsRegistry.metrics()
    const text = unused.pop() ?? new ExpositionText()
    reply.raw.once('close', () => {
      text.clear()
      if (unused.length < mostUnused) unused.push(text)
    })
    exposition(text)
    text.text(program)
    return reply.type(metrics.metricsRegistry.contentType).send(text.bytes)
  })

  app.get('/reading', () => reading())

  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/readyz', (_request, reply) => {
    const reason = notReady()
    return reply
      .code(reason === undefined ? 200 : 503)
      .send({ ready: reason === undefined, reasons: reason ? [reason] : [] })
  })

  app.get('/', (_request, reply) =>
    reply
      .type('text/plain; charset=utf-8')
      .send(`Kepler power meter ${version}\n\nGET  /metrics, /reading, /healthz, /readyz, /openapi.json, /docs\n`),
  )
  addDocsPage(app, async () => {
    const { powerMeterDocument } = await import('./openapi/power-meter.js')
    return powerMeterDocument(version)
  })
  return app
}
