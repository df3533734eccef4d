import type { FastifyInstance } from 'fastify'
import type { OverviewJson } from '../api/answers.js'
import { createCatalog } from '../catalog/catalog.js'
import { parseEstimateRequest } from '../catalog/estimate-request.js'
import { modelQuerySchema, modelsQuerySchema, nodeTypesQuerySchema, parseListQuery } from '../catalog/list-query.js'
import { pipelineRow } from '../catalog/model-row.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { parseModelRequest } from '../selection/model-request.js'
import type { ModelSelector } from '../selection/model-selector.js'
import type { OpenModelSelector } from '../selection/open-model-selector.js'
import { groupFeatures } from '../core/feature-group.js'
import { bodyOf } from './http-app.js'
import { parseJsonBody } from './json-body.js'

export interface CatalogRoutesOptions {
  readonly selector: ModelSelector
  readonly version: string
  readonly downloads: OpenModelSelector['downloads']
  /** The machine that the server runs on, found when it is first asked for. */
  readonly thisMachine: () => MachineSpec | undefined
  readonly has: Pick<OverviewJson, 'has_curve' | 'has_online' | 'has_live'>
}

/** `GET /api/v1/...`: what is served, which model a machine gets and why, and an estimate by any model. */
export function addCatalogRoutes(app: FastifyInstance, options: CatalogRoutesOptions): void {
  const { selector, version, downloads, thisMachine, has } = options
  const catalog = createCatalog(selector)
  let machine: MachineSpec | null | undefined

  app.get('/api/v1/overview', { config: { parameters: [] } }, (): OverviewJson => {
    const { pipelines, errors } = selector.status()
    machine ??= thisMachine() ?? null
    const listed = new Set(selector.served().map(({ pipeline }) => pipeline.name))
    return {
      version,
      pipelines: pipelines.map((status) => pipelineRow(status, !listed.has(status.name))),
      errors: errors.map(({ origin, message }) => ({ origin, message })),
      downloads: downloads(),
      machine,
      feature_groups: groupFeatures,
      error_key: selector.served()[0]?.order.errorKey ?? 'mae',
      ...has,
    }
  })

  app.get('/api/v1/models', ({ query }) => catalog.models(parseListQuery(modelsQuerySchema, query)))

  app.get('/api/v1/node-types', ({ query }) => catalog.nodeTypes(parseListQuery(nodeTypesQuerySchema, query)))

  app.get('/api/v1/model', ({ query }) => catalog.model(parseListQuery(modelQuerySchema, query)))

  app.post('/api/v1/choice', { config: { parameters: [] } }, (request) =>
    catalog.choice(parseModelRequest(parseJsonBody(bodyOf(request)))),
  )

  app.post('/api/v1/estimate', { config: { parameters: [] } }, (request) =>
    catalog.estimate(parseEstimateRequest(parseJsonBody(bodyOf(request)))),
  )
}
