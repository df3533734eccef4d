export type Paths = Readonly<Record<string, object>>

export interface DocumentOptions {
  readonly title: string
  readonly description: string
  readonly version: string
  /** By tag, what its operations are for. */
  readonly tags: Readonly<Record<string, string>>
  readonly paths: Paths
  /** Whether some operations, those with `tokenSecurity`, want a bearer token. @default false */
  readonly token?: boolean
}

/** An OpenAPI 3.1 document as every program here answers it. Its server is where the document came from. */
export function openApi({ title, description, version, tags, paths, token = false }: DocumentOptions): object {
  return {
    openapi: '3.1.0',
    info: { title, version, description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'The program that answered this document.' }],
    security: [],
    tags: Object.entries({ ...tags, [operating]: 'Probes, metrics and this document.' }).map(([name, purpose]) => ({
      name,
      description: purpose,
    })),
    paths,
    components: {
      schemas: { Error: errorSchema },
      ...(token && { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }),
    },
  }
}

export const operating = 'operating'

/** On an operation that wants the token of the document's `securitySchemes`. */
export const tokenSecurity = { security: [{ token: [] }] }

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', examples: ['INVALID_REQUEST', 'NO_MODEL', 'LIMIT_EXCEEDED'] },
        field: { type: 'string', description: 'The field that is wrong, as the client spells it.' },
        message: { type: 'string' },
      },
    },
  },
}

export function errorResponse(description: string): object {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
}

export function ok(description: string, content: object): { 200: object } {
  return { 200: { description, content } }
}

export const plainText = { 'text/plain': { schema: { type: 'string' } } }

/** An answer of JSON: an object with these fields, by their descriptions or schemas. */
export function json(fields: Readonly<Record<string, string | object>>): object {
  return { 'application/json': { schema: objectOf(fields) } }
}

/** The schema of an object: a text describes a field of any type. */
export function objectOf(fields: Readonly<Record<string, string | object>>): object {
  const properties = Object.entries(fields).map(([name, field]) => [
    name,
    typeof field === 'string' ? { description: field } : field,
  ])
  return { type: 'object', properties: Object.fromEntries(properties) }
}

export interface OperatingOptions {
  /** What `/` shows, and in which media types. */
  readonly index: { readonly summary: string; readonly content: object }
  readonly metrics: string
  /** What `/readyz` answers with 200, and when with 503; none where it never does. */
  readonly ready: { readonly question: string; readonly yes: object; readonly no?: string }
}

/** The routes that all programs have: the index, probes, metrics, this document and its page. */
export function operatingPaths({ index, metrics, ready }: OperatingOptions): Paths {
  const get = (operationId: string, summary: string, responses: object, more: object = {}) => ({
    get: { operationId, summary, tags: [operating], ...more, responses: { ...responses, default: failed } },
  })
  const no = ready.no === undefined ? {} : { 503: { description: ready.no, content: notReady } }
  return {
    '/': get('getIndex', index.summary, ok('What there is.', index.content)),
    '/metrics': get('getMetrics', 'Prometheus metrics', ok('In the text format.', plainText), { description: metrics }),
    '/healthz': get('getHealth', 'Is the process alive?', ok('Yes.', json({ status: { const: 'ok' } }))),
    '/readyz': get('getReadiness', ready.question, { ...ok('Yes.', ready.yes), ...no }),
    '/openapi.json': get('getOpenApi', 'This document', ok('OpenAPI 3.1.', json({}))),
    '/docs': get('getDocs', 'A page to read it and to try it', ok('The page.', { 'text/html': textSchema })),
  }
}

const failed = errorResponse('The program failed, and its log says why; or all its connections are taken.')
const textSchema = { schema: { type: 'string' } }

export const reasons = { type: 'array', items: { type: 'string' }, description: 'What is wrong, as sentences.' }
const notReady = json({ ready: { const: false }, reasons })
