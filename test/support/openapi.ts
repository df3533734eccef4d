import assert from 'node:assert/strict'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import type { FastifyInstance } from 'fastify'

interface Operation {
  readonly operationId: string
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
  readonly security?: readonly object[]
}

type Content = Readonly<Record<string, { readonly schema: Schema } | undefined>>

interface Schema {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, unknown>>
}

export interface OpenApi {
  readonly info: { readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation | undefined>> | undefined>>
  readonly components: { readonly securitySchemes?: object }
}

/**
 * Holds an app's `/openapi.json` against the app: every route is described and nothing else, and the document passes
 * Redocly's strict rules. Returns it.
 */
export async function checkedOpenApi(app: FastifyInstance): Promise<OpenApi> {
  const answer = await app.inject('/openapi.json')
  assert.match(String(answer.headers['content-type']), /^application\/json/)
  const document: OpenApi = answer.json()
  assert.deepEqual(await complaints(answer.body), [])
  const described = Object.entries(document.paths).flatMap(([path, item = {}]) =>
    Object.keys(item)
      .filter((key) => key !== 'parameters')
      .map((method) => `${method.toUpperCase()} ${path}`),
  )
  assert.deepEqual(described.sort(), routesOf(app).sort())
  assert.match((await app.inject('/docs')).body, /swagger-ui/)
  return document
}

/** What the linter says of a document. */
export async function complaints(source: string): Promise<string[]> {
  const rules = {
    // Probes, metrics and indexes take nothing from a client that could be wrong.
    'operation-4xx-response': 'off',
  } as const
  const config = await createConfig({ extends: ['recommended-strict'], rules })
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config })
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`)
}

/** `GET /jobs/{id}` and so on: all routes but HEAD, which goes with GET, and the assets of the page. */
function routesOf(app: FastifyInstance): string[] {
  const parts: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^(.*)── (\S+) \(([A-Z, ]+)\)$/.exec(line) ?? []
      if (part === '') return []
      parts.splice(Math.floor(indent.length / 4), Infinity, part === '/' ? '' : part)
      const path = `/${parts.join('').replaceAll(/\/+/g, '/').replace(/^\//, '')}`.replaceAll(/:(\w+)/g, '{$1}')
      if (/^\/docs./.test(path)) return []
      return methods.split(', ').flatMap((method) => (method === 'HEAD' ? [] : [`${method} ${path}`]))
    })
}

/** Holds an answer against the document: its fields are those described. */
export function assertDescribed(document: OpenApi, operation: string, answer: object): void {
  const [method = '', path = ''] = operation.split(' ')
  const { responses } = document.paths[path]?.[method.toLowerCase()] ?? {}
  const properties = responses?.[200]?.content?.['application/json']?.schema.properties ?? {}
  const unknown = Object.keys(answer).filter((field) => !Object.hasOwn(properties, field))
  assert.deepEqual(unknown, [], `${operation} answers fields that are not described`)
}
