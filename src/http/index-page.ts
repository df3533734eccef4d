import type { FastifyInstance } from 'fastify'
import { counted } from '../core/counted.js'
import type { ModelSelector, PipelineStatus } from '../selection/model-selector.js'
import { type PageFiles, readPageFiles } from './page-files.js'

/** The routes that only some servers have. */
export interface OptionalRoutes {
  readonly curve: boolean
  readonly online: boolean
}

function endpoints({ curve, online }: OptionalRoutes): readonly (readonly [route: string, purpose: string])[] {
  return [
    ['POST /model', 'the best model for a machine, as an archive or as weights'],
    ['GET  /best-models', 'the best model of each feature group'],
    ...(curve ? ([['GET  /curve', 'watts of any machine at each load, with 90 % intervals']] as const) : []),
    ...(online ? ([['GET  /status', 'the online trainer: what it did and why']] as const) : []),
    ['GET  /metrics', 'Prometheus: weights and errors of the best models, and this server'],
    ['GET  /healthz, /readyz', 'is it alive, can it serve models'],
    ['GET  /api/v1/...', 'what the page shows in a browser: models, choices, estimates'],
    ['GET  /openapi.json, /docs', 'the contract of all of these, and a page to try it'],
  ]
}

/**
 * `GET /`: what is served and a request to copy, as text; for a browser the page, or the same text where there is none.
 *
 * @param pageFolder where the page was built; absent when it is turned off
 * @param optional which of the routes that not every server has are answered
 */
export function addIndexPage(
  app: FastifyInstance,
  selector: ModelSelector,
  version: string,
  pageFolder: string | undefined,
  optional: OptionalRoutes,
): void {
  let read: { readonly page: PageFiles | undefined } | undefined
  const openPage = () => {
    read ??= { page: pageFolder === undefined ? undefined : readPageFiles(pageFolder) }
    return read.page
  }

  app.get('/', (request, reply) => {
    const isBrowser = request.headers.accept?.includes('text/html') ?? false
    const page = isBrowser ? openPage() : undefined
    if (page) return page.sendIndex(request, reply)
    const { pipelines } = selector.status()
    const text = [
      `Kepler power model server ${version}`,
      '',
      ...(pipelines.length > 0
        ? pipelines.map(describePipeline)
        : ['No pipeline is loaded yet; GET /readyz says why.']),
      '',
      ...endpoints(optional).map(([route, purpose]) => `${route.padEnd(28)}${purpose}`),
      '',
      exampleRequest(`http://${hostOf(request.headers.host)}`),
      '',
    ].join('\n')
    reply.header('vary', 'accept')
    if (!isBrowser) return reply.type('text/plain; charset=utf-8').send(text)
    return reply.type('text/html; charset=utf-8').send(htmlPage(text))
  })

  app.get<{ Params: { name: string } }>('/page/:name', { config: { parameters: [] } }, (request, reply) => {
    const { name } = request.params
    return openPage()?.sendAsset(name, request, reply) ?? reply.callNotFound()
  })
}

/** One line about a pipeline, for people. */
export function describePipeline({ name, models, nodeTypes, sources, origin }: PipelineStatus): string {
  const types = nodeTypes > 0 ? ` of ${counted(nodeTypes, 'node type')}` : ''
  const size = `${counted(models, 'model')}${types}`
  return `${name}: ${size} for ${sources.join(', ')} (from ${origin})`
}

/** A request to copy: weights, as Kepler asks for them. */
export function exampleRequest(url: string): string {
  const body = { metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], output_type: 'AbsPower', weight: true }
  return `curl -s ${url}/model -d '${JSON.stringify(body)}'`
}

/** The Host header comes from the client: only a host name or address is put into the page. */
function hostOf(header: string | undefined): string {
  return header !== undefined && /^[\w.:[\]-]{1,255}$/.test(header) ? header : 'localhost:8100'
}

function htmlPage(text: string): string {
  const escaped = text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
  const style = 'body{font:15px/1.5 ui-monospace,monospace;margin:3rem auto;max-width:60rem;padding:0 1rem}'
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Kepler power model server</title>',
    `<style>${style}pre{white-space:pre-wrap}</style>`,
    `<pre>${escaped}</pre><p><a href="/docs">Try it</a> · <a href="/metrics">Metrics</a></p></html>\n`,
  ].join('\n')
}
