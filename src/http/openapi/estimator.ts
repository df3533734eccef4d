import * as z from 'zod'
import { powerRequestSchema } from '../../estimate/power-request.js'
import { errorResponse, json, objectOf, ok, openApi, operatingPaths, plainText } from './document.js'

/** The contract of the estimator's HTTP port as OpenAPI 3.1. A test holds it against the routes. */
export function estimatorDocument(version: string): object {
  return openApi({
    title: 'Kepler estimator',
    version,
    description: 'Watts of nodes, containers and processes from their usage, by the best model for this machine.',
    tags: { estimates: 'Watts, and the models they come from.' },
    paths: {
      '/estimate': { post: estimateOperation() },
      '/info': {
        get: {
          operationId: 'getInfo',
          tags: ['estimates'],
          summary: 'The machine, the sockets, and the models that are loaded',
          responses: ok('State of this estimator.', json(infoFields)),
        },
      },
      ...operatingPaths({
        index: { summary: 'What there is, for people', content: plainText },
        metrics: 'Estimates, their durations, loaded models, and the figures of the server itself.',
        ready: {
          question: 'Can it estimate?',
          yes: json({ ready: { const: true }, reasons: 'Models that could not be loaded.' }),
          no: 'None of the models that were asked for could be loaded.',
        },
      }),
    },
  })
}

function estimateOperation(): object {
  return {
    operationId: 'estimate',
    tags: ['estimates'],
    summary: 'Watts of each row of usage',
    description: 'The request of the sockets, answered with where the model came from and 90 % intervals.',
    parameters: [
      {
        name: 'strict',
        in: 'query',
        description: 'Refuse inputs that cannot be, instead of taking the nearest that can.',
        schema: { type: 'string', enum: ['', 'true', 'false'], default: 'false' },
        allowEmptyValue: true,
      },
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: requestSchema(), examples: requestExamples } },
    },
    responses: {
      ...ok('The watts.', json(answerFields)),
      400: {
        description: 'The request cannot be understood, `error.field` names what is wrong; or no model fits it.',
        content: failure,
      },
      413: errorResponse('The body is larger than the estimator takes.'),
      503: { description: 'The model could not be loaded; it is tried again.', content: failure },
    },
  }
}

/** What the schema reads, and the rows, which are checked by hand. */
function requestSchema(): object {
  const schema = z.toJSONSchema(powerRequestSchema, { io: 'input', unrepresentable: 'any' })
  const values = {
    type: ['array', 'null'],
    items: { type: 'array', items: { type: 'number' } },
    description: 'A row for each process, container or node, as long as `metrics`: usage per second.',
  }
  return { ...schema, properties: { ...schema.properties, values } }
}

const requestExamples = {
  node: {
    summary: 'A node',
    value: { metrics: ['bpf_cpu_time_ms'], values: [[4200]], output_type: 'AbsPower', source: 'rapl-sysfs' },
  },
}

const wattsByComponent = { type: 'object', additionalProperties: { type: 'array', items: { type: 'number' } } }

const answerFields = {
  powers: { ...wattsByComponent, description: 'By component, one value for each row.' },
  msg: { const: '' },
  core_ratio: { type: 'number', description: "Cores of this machine for each of the model's machine." },
  provenance: { type: 'object', description: 'The model: its name, errors, features, and where it came from.' },
  interval: objectOf({
    coverage: { type: 'number' },
    method: { type: 'string' },
    powers: 'By component, `lower` and `upper` of each row.',
  }),
  outside: { type: 'array', items: { type: 'object' }, description: 'Inputs beyond what the model was trained on.' },
}

const failure = json({
  powers: { type: 'array', maxItems: 0 },
  msg: { type: 'string' },
  error: objectOf({ code: { type: 'string' }, field: { type: 'string' }, message: { type: 'string' } }),
})

const texts = { type: 'array', items: { type: 'string' } }

const infoFields = {
  version: { type: 'string' },
  machine_spec: { type: 'object' },
  machine_spec_from: { type: 'string', description: 'File that the spec was read from, or `discovered`.' },
  sockets: texts,
  model_sources: texts,
  models: { type: 'array', items: { type: 'object' }, description: 'State of each model that was asked for.' },
}
