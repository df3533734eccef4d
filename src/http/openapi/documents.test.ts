import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { complaints } from '../../../test/support/openapi.js'
import { parsePowerRequest } from '../../estimate/power-request.js'
import { parseTrainRequest } from '../../jobs/train-request.js'
import { bestModelsQuerySchema } from '../../selection/best-models-query.js'
import { modelRequestSchema, parseModelRequest } from '../../selection/model-request.js'
import { curveQuerySchema } from '../curve-query.js'
import { estimatorDocument } from './estimator.js'
import { modelServerDocument } from './model-server.js'
import { offlineTrainerDocument } from './offline-trainer.js'
import { onlineTrainerDocument } from './online-trainer.js'
import { powerMeterDocument } from './power-meter.js'

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content & { readonly required: boolean }
  readonly responses: Readonly<Record<string, Partial<Content> & { readonly headers?: object }>>
  readonly security?: readonly object[]
}
interface Parameter {
  readonly in: string
  readonly name: string
  readonly description: string
  readonly required?: boolean
  readonly schema: object
}
interface Content {
  readonly content: Readonly<Record<string, { readonly schema: object; readonly examples?: Record<string, Example> }>>
}
interface Example {
  readonly summary: string
  readonly value: unknown
}
interface Document {
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly components: { readonly securitySchemes?: object }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

const modelServer = (more: object = {}) =>
  modelServerDocument({ version: '1', modelRequest: modelRequestSchema, bestModels: bestModelsQuerySchema, ...more })
const everything = { curve: curveQuerySchema, online: true, live: true, token: true }
const documents = {
  'model server': modelServer(everything) as Document,
  estimator: estimatorDocument('1') as Document,
  'offline trainer': offlineTrainerDocument('1', true) as Document,
  'online trainer': onlineTrainerDocument('1') as Document,
  'power meter': powerMeterDocument('1') as Document,
}

/** Operations by `post /model`. */
const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]): [string, Operation][] =>
      method === 'parameters' ? [] : [[`${method} ${path}`, operation]],
    ),
  )
const operation = (document: Document, name: string) => new Map(operationsOf(document)).get(name)!

/** Places of objects and lists that say nothing. */
function emptyPlaces(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  const entries = Object.entries(value)
  return entries.length === 0 ? [path] : entries.flatMap(([key, one]) => emptyPlaces(one, `${path}/${key}`))
}

/** Nothing is wanted, nothing is known of what is in it, or an example that is empty. */
const meantToBeEmpty =
  /\/(security(\/0\/token)?|default|additionalProperties|propertyNames|Categorical_Variables|prom_response)$/
const anyObject = /\/paths\/(~1|\/)(openapi\.json|curve|api\/v1\/(model|online.*))\/(get|post)\/responses\/200\//

for (const [name, document] of Object.entries(documents)) {
  describe(`the document of the ${name}`, () => {
    it('passes the linter', async () => {
      assert.deepEqual(await complaints(JSON.stringify(document)), [])
    })

    it('says something at every place', () => {
      const places = emptyPlaces(document).filter((place) => !meantToBeEmpty.test(place) && !anyObject.test(place))
      assert.deepEqual(places, [])
    })

    it('explains each tag, and each parameter of a query', () => {
      const explained = new Set(document.tags.map((tag) => tag.name))
      assert.ok(document.tags.every(({ description }) => description.length > 10))
      for (const [where, { tags, parameters = [] }] of operationsOf(document)) {
        assert.equal(tags.length, 1, where)
        assert.ok(explained.has(tags[0]!), where)
        for (const parameter of parameters) {
          if (parameter.in === 'query' && parameter.name !== 'mode')
            assert.ok(parameter.description.length > 10, `${where} ${parameter.name}`)
          assert.ok('type' in parameter.schema, `${where} ${parameter.name}`)
        }
      }
    })

    it('wants a body where one is read', () => {
      for (const [where, { requestBody }] of operationsOf(document)) {
        if (requestBody) assert.equal(requestBody.required, true, where)
      }
    })

    it('has the routes that all programs have', () => {
      for (const path of ['/', '/metrics', '/healthz', '/readyz', '/openapi.json', '/docs']) {
        const { tags, responses } = operation(document, `get ${path}`)
        assert.deepEqual(tags, ['operating'])
        assert.ok('200' in responses && 'default' in responses, path)
      }
      const states = Object.keys(operation(document, 'get /readyz').responses).sort()
      const { content = {} } = operation(document, 'get /readyz').responses['200'] ?? {}
      const schema = content['application/json']?.schema as { properties?: { ready: unknown } } | undefined
      assert.deepEqual(schema?.properties?.ready, { const: true })
      assert.deepEqual(states, name === 'online trainer' ? ['200', 'default'] : ['200', '503', 'default'])
    })
  })
}

describe('examples of requests', () => {
  const valuesOf = (document: Document, where: string) =>
    Object.values(operation(document, where).requestBody?.content['application/json']?.examples ?? {}).map(
      ({ value }) => value,
    )

  it('are taken by the programs', () => {
    const models = valuesOf(documents['model server'], 'post /model').map((value) => parseModelRequest(value))
    assert.deepEqual(
      models.map(({ source, weight }) => [source, weight]),
      [
        ['rapl-sysfs', true],
        ['acpi', false],
      ],
    )
    assert.equal(models[1]?.machineSpec?.cores, 32)
    const [estimate] = valuesOf(documents.estimator, 'post /estimate')
    assert.ok(parsePowerRequest(estimate))
    const [training] = valuesOf(documents['offline trainer'], 'post /train').map(parseTrainRequest)
    assert.deepEqual([training?.trainer.abs_trainers, training?.trainer.isolator], [['SGDRegressorTrainer'], 'min'])
  })
})

describe('what a document says of answers', () => {
  const codes = (document: Document, where: string) =>
    Object.keys(operation(document, where).responses)
      .filter((code) => code !== 'default')
      .join(' ')

  it('has every status that a route answers', () => {
    for (const [document, where, expected] of [
      ['model server', 'post /model', '200 400 413 415'],
      ['model server', 'get /best-models', '200 400'],
      ['model server', 'get /curve', '200 400'],
      ['model server', 'get /api/v1/overview', '200'],
      ['model server', 'get /api/v1/models', '200 400'],
      ['model server', 'post /api/v1/choice', '200 400'],
      ['model server', 'post /api/v1/estimate', '200 400 413'],
      ['model server', 'post /api/v1/online/rollback', '200 400 401 403'],
      ['model server', 'post /api/v1/online/unpin', '200 401 403'],
      ['model server', 'get /page/{name}', '200 404'],
      ['estimator', 'post /estimate', '200 400 413 503'],
      ['offline trainer', 'post /train', '200 202 400 401 413 503'],
      ['offline trainer', 'get /jobs', '200 401'],
      ['offline trainer', 'delete /jobs/{id}', '200 204 401 404'],
      ['offline trainer', 'get /jobs/{id}/events', '200 401 404 503'],
      ['offline trainer', 'get /jobs/{id}/result', '200 401 404 409'],
    ] as const) {
      assert.equal(codes(documents[document], where), expected, `${document}: ${where}`)
    }
  })

  it('has the headers of a model and of a job', () => {
    const headers = (document: Document, where: string, code: string) =>
      Object.keys(operation(document, where).responses[code]?.headers ?? {}).sort()
    assert.deepEqual(headers(documents['model server'], 'post /model', '200'), [
      'x-kepler-corrected',
      'x-kepler-match',
      'x-kepler-model',
      'x-kepler-passed-over',
    ])
    assert.deepEqual(headers(documents['offline trainer'], 'post /train', '200'), ['x-kepler-job'])
    assert.deepEqual(headers(documents['offline trainer'], 'post /train', '202'), ['location', 'x-kepler-job'])
  })

  it('has the media types of a model', () => {
    const { responses } = operation(documents['model server'], 'post /model')
    assert.deepEqual(Object.keys(responses['200']?.content ?? {}), ['application/zip', 'application/json'])
  })
})

describe('what a document says of requests', () => {
  it('lists the parameters that are read', () => {
    for (const [document, where, schema] of [
      ['model server', 'get /best-models', bestModelsQuerySchema],
      ['model server', 'get /curve', curveQuerySchema],
    ] as const) {
      const names = operation(documents[document], where).parameters?.map((parameter) => parameter.name)
      assert.deepEqual(names, Object.keys(schema.shape))
    }
    const [strict] = operation(documents.estimator, 'post /estimate').parameters ?? []
    assert.deepEqual(
      { ...strict, description: '' },
      {
        ...{ name: 'strict', in: 'query', description: '', allowEmptyValue: true },
        schema: { type: 'string', enum: ['', 'true', 'false'], default: 'false' },
      },
    )
    const [mode] = operation(documents['offline trainer'], 'post /train').parameters ?? []
    assert.deepEqual(mode?.schema, { type: 'string', enum: ['sync', 'async'], default: 'sync' })
    const required = (where: string) =>
      operation(documents['model server'], where).parameters?.map((one) => one.required ?? false)
    assert.deepEqual(required('get /api/v1/model'), [true, true])
    assert.ok(required('get /api/v1/models')?.every((one) => !one))
  })

  it('wants the fields without which nothing can be done, beside the large ones', () => {
    const schema = (document: Document, where: string) =>
      operation(document, where).requestBody?.content['application/json']?.schema as {
        readonly required: readonly string[]
        readonly properties: Readonly<Record<string, { readonly properties?: object; readonly type?: unknown }>>
      }
    const train = schema(documents['offline trainer'], 'post /train')
    assert.deepEqual(train.required, ['name', 'energy_source', 'trainer', 'prom_response'])
    const { trainer, prom_response: response } = train.properties
    assert.deepEqual(Object.keys(trainer?.properties ?? {}).sort(), [
      ...['abs_trainers', 'dyn_trainers', 'idle_prom_response', 'isolator', 'isolator_args'],
    ])
    assert.equal(response?.type, 'object')
    const estimate = schema(documents.estimator, 'post /estimate')
    assert.deepEqual(estimate.properties.values?.type, ['array', 'null'])
    assert.ok('output_type' in estimate.properties)
  })

  it('wants the token for what is behind it, and for nothing else', () => {
    const secured = (document: Document) =>
      operationsOf(document).flatMap(([where, { security }]) => (security ? [where] : []))
    assert.deepEqual(secured(documents['model server']), ['post /api/v1/online/rollback', 'post /api/v1/online/unpin'])
    assert.equal(secured(documents['offline trainer']).length, 6)
    for (const open of [
      offlineTrainerDocument('1', false),
      modelServer({ ...everything, token: false }),
      modelServer({ ...everything, online: false }),
      modelServer({ online: true }),
      modelServer(),
    ] as Document[]) {
      assert.deepEqual(secured(open), [])
      assert.equal(open.components.securitySchemes, undefined)
    }
  })

  it('leaves out the routes and tags of what is turned off', () => {
    const { paths, tags } = modelServer() as Document
    for (const path of ['/curve', '/status', '/api/v1/live', '/api/v1/online']) assert.equal(path in paths, false)
    assert.deepEqual(
      tags.map(({ name }) => name),
      ['models', 'page', 'operating'],
    )
    assert.equal('401' in operation(offlineTrainerDocument('1', false) as Document, 'get /jobs').responses, false)
  })
})
