import type { FastifyInstance } from 'fastify'
import type { MachineSpec } from '../core/machine-spec.js'
import type { Logger } from '../runtime/ports.js'
import type { OpenModelSelector } from '../selection/open-model-selector.js'
import { formatModelMatch } from '../selection/model-match.js'
import { bestModelsQuerySchema, parseBestModelsQuery } from '../selection/best-models-query.js'
import { modelRequestSchema, parseModelRequest } from '../selection/model-request.js'
import type { ModelSelection, ModelSelector, ServedModel } from '../selection/model-selector.js'
import { curveQuerySchema, parseCurveQuery } from './curve-query.js'
import type { CurveSource } from '../universal/curve-source.js'
import type { PowerQuestion } from '../universal/power-answer.js'
import { addCatalogRoutes } from './catalog-routes.js'
import { addDocsPage } from './docs-page.js'
import { bodyOf, createHttpApp, type HttpLimits } from './http-app.js'
import { addIndexPage } from './index-page.js'
import { parseJsonBody } from './json-body.js'
import { addLiveRoute, type LiveReadings } from './live-route.js'
import { addOnlineRoutes, type OnlineRoutes } from './online-routes.js'
import { addPipelineMetrics } from '../metrics/pipeline-metrics.js'
import { memoizedParse } from './memoized-parse.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { addWeightMetrics } from '../metrics/weight-metrics.js'

export interface ModelServerAppOptions {
  readonly selector: ModelSelector
  readonly logger: Logger
  readonly limits: HttpLimits
  readonly version: string
  /** Downloads of pipelines that run. */
  readonly downloads?: OpenModelSelector['downloads']
  /** The online trainer of the same process. */
  readonly online?: OnlineRoutes
  /** Who has it may change what is served; without one nobody may. */
  readonly token?: string | undefined
  /** Looks for pipelines that changed on disk. */
  readonly refresh?: () => Promise<unknown>
  /** Answers `GET /curve`; absent when it is turned off. */
  readonly curves?: Curves
  /** The power meter of this machine. */
  readonly live?: LiveReadings
  /** The machine that the server runs on. */
  readonly thisMachine?: () => MachineSpec | undefined
  /** Where the page was built; absent when it is turned off. */
  readonly pageFolder?: string | undefined
}

/** Power curves of any machine, and which one is meant when none is described. */
export interface Curves {
  readonly source: CurveSource
  readonly thisMachine: () => PowerQuestion
}

/** The model server's routes; `openapi/` describes them. Tests call `inject`, programs `listen`. */
export function createModelServerApp(options: ModelServerAppOptions): FastifyInstance {
  const { selector, logger, limits, version, online, curves, live, downloads = () => [] } = options
  const { thisMachine = () => undefined, token, refresh, pageFolder } = options
  const metrics = createRequestMetrics('kepler_model_server_')
  addWeightMetrics(metrics.metricsRegistry, () => selector.weightModels())
  addPipelineMetrics(metrics.metricsRegistry, selector)
  const app = createHttpApp({ logger, limits, metrics })

  const readRequest = memoizedParse((body) => parseModelRequest(parseJsonBody(body)))
  const readOriginal = memoizedParse((body) => parseModelRequest(parseJsonBody(body), true))
  const heads = new WeakMap<ServedModel, ModelHead>()
  app.post('/model', { config: { parameters: [] } }, (request, reply) => {
    const read = isOriginal(request.headers['user-agent']) ? readOriginal : readRequest
    const served = selector.findModel(read(bodyOf(request)))
    const head = heads.get(served) ?? modelHead(served)
    heads.set(served, head)
    logger.debug({ request: request.id, selection: served.selection }, 'model chosen')
    return reply.headers(head.headers).send(head.text ?? served.body)
  })

  app.get('/best-models', (request) => selector.bestModels(parseBestModelsQuery(request.query)))

  if (curves) app.get('/curve', ({ query }) => curves.source.answer(parseCurveQuery(query) ?? curves.thisMachine()))

  app.get('/metrics', async (_request, reply) => {
    reply.type(metrics.metricsRegistry.contentType)
    const more = online ? await online.metrics() : ''
    return (await metrics.metricsRegistry.metrics()) + more
  })

  if (online) {
    const onChange = () => {
      refresh?.().catch((cause: unknown) => logger.warn({ cause }, 'pipelines cannot be looked at now'))
    }
    addOnlineRoutes(app, { ...online, token, onChange })
  }
  if (live) addLiveRoute(app, live)
  addCatalogRoutes(app, {
    selector,
    version,
    downloads,
    thisMachine,
    has: { has_curve: curves !== undefined, has_online: online !== undefined, has_live: live !== undefined },
  })

  app.get('/healthz', () => ({ status: 'ok' }))

  app.get('/readyz', (_request, reply) => {
    const { pipelines, errors, unreadable } = selector.status()
    const reasons = errors.map(({ origin, message }) => `${origin}: ${message}`)
    const running = downloads()
    if (pipelines.length > 0 && unreadable === undefined) {
      return { ready: true, pipelines: pipelines.map(({ name }) => name), reasons, downloads: running }
    }
    const none = running.length > 0 ? 'no pipeline is loaded yet: one is being downloaded' : 'no pipeline is loaded'
    const why = pipelines.length > 0 ? reasons : [none, ...reasons]
    return reply.code(503).send({ ready: false, reasons: why, downloads: running })
  })

  addIndexPage(app, selector, version, pageFolder, { curve: curves !== undefined, online: online !== undefined })
  addDocsPage(app, async () => {
    const { modelServerDocument } = await import('./openapi/model-server.js')
    return modelServerDocument({
      version,
      modelRequest: modelRequestSchema,
      bestModels: bestModelsQuerySchema,
      ...(curves && { curve: curveQuerySchema }),
      online: online !== undefined,
      live: live !== undefined,
      token: token !== undefined,
    })
  })
  return app
}

/** The original's estimator asks with Python's `requests` and names nothing else. */
function isOriginal(userAgent: string | undefined): boolean {
  return userAgent?.startsWith('python-requests/') ?? false
}

/** The headers of a model's answer, made once for each model in the selector's cache. */
interface ModelHead {
  readonly headers: Readonly<Record<string, string>>
  /** JSON as a string, which Node sends in one write with the headers. Archives stay Buffers, since a copy costs more. */
  readonly text: string | undefined
}

function modelHead({ body, contentType, fileName, selection, corrected, passedOver }: ServedModel): ModelHead {
  const headers = {
    'content-type': contentType,
    'content-length': String(body.length),
    'x-kepler-model': selectionPath(selection),
    ...(selection.match ? { 'x-kepler-match': formatModelMatch(selection.match) } : {}),
    ...(corrected === undefined ? {} : { 'x-kepler-corrected': headerText(corrected) }),
    ...(passedOver === undefined ? {} : { 'x-kepler-passed-over': headerText(passedOver.join('; ')) }),
  }
  if (contentType === 'application/json') return { headers, text: body.toString('utf8') }
  return { headers: { ...headers, 'content-disposition': `attachment; filename="${fileName}"` }, text: undefined }
}

/** `<pipeline>/<source>/<output type>/<feature group>/<model>`; a header takes no other characters than these. */
function selectionPath({ pipeline, source, outputType, featureGroup, modelName }: ModelSelection): string {
  return `${pipeline}/${source}/${outputType}/${featureGroup}/${modelName}`.replace(/[^\w./-]/g, '_')
}

const longestHeader = 1000

/** Names come from archives: only what a header may hold passes. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '_').slice(0, longestHeader)
}
