import * as z from 'zod'
import { jobSchema } from '../../jobs/job.js'
import { trainRequestSchema } from '../../jobs/train-request.js'
import { errorResponse, json, objectOf, ok, openApi, operatingPaths, plainText, tokenSecurity } from './document.js'

/**
 * The contract of the offline trainer as OpenAPI 3.1. A test holds it against the routes.
 *
 * @param token whether jobs want a bearer token
 */
export function offlineTrainerDocument(version: string, token: boolean): object {
  const secured = token ? tokenSecurity : {}
  const refused = token ? { 401: errorResponse('The token is missing or wrong.') } : {}
  const operation = (operationId: string, summary: string, responses: object) => ({
    operationId,
    tags: ['jobs'],
    summary,
    ...secured,
    responses: { ...responses, ...refused },
  })
  return openApi({
    title: 'Kepler power model offline trainer',
    version,
    description: 'Trains a pipeline of power models from a saved Prometheus response.',
    tags: { jobs: 'Training, and what is being trained.' },
    token,
    paths: {
      '/train': {
        post: {
          ...operation('train', 'Train a pipeline', {
            200: { description: "The pipeline's zip.", headers: jobHeader, content: zip },
            202: { description: 'The job (mode=async).', headers: { ...jobHeader, ...locationHeader }, content: job },
            400: errorResponse(
              'The request cannot be understood, or its data cannot be used; `field` names what is wrong.',
            ),
            413: errorResponse('The request is larger than the server takes, or training it takes too much memory.'),
            503: errorResponse('Too many jobs wait, the disk is full, or the job was cancelled.'),
          }),
          description:
            'Streams to disk, waits for its turn, trains. Answers the zip when it is done; with `mode=async` a job at once. Also takes gzip.',
          parameters: [
            { name: 'mode', in: 'query', schema: { type: 'string', enum: ['sync', 'async'], default: 'sync' } },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: requestSchema(), examples } } },
        },
      },
      '/jobs': {
        get: operation('listJobs', 'All jobs, the newest first', ok('Jobs without logs and scores.', jobs)),
      },
      '/jobs/{id}': {
        parameters: [idParameter],
        get: operation('getJob', 'State, progress, log and scores', { ...ok('The job.', job), ...missing }),
        delete: operation('deleteJob', 'Cancel a job, or remove a finished one', {
          ...ok('The cancelled job.', job),
          204: { description: 'Removed.' },
          ...missing,
        }),
      },
      '/jobs/{id}/events': {
        parameters: [idParameter],
        get: operation('followJob', 'The job at each change, as server-sent events named `job`', {
          ...ok('Ends with the job.', { 'text/event-stream': { schema: { type: 'string' } } }),
          ...missing,
          503: errorResponse('Too many clients follow jobs already.'),
        }),
      },
      '/jobs/{id}/result': {
        parameters: [idParameter],
        get: operation('getResult', 'The zip of a job that is done', {
          ...ok("The pipeline's zip.", zip),
          ...missing,
          409: errorResponse('It has no result.'),
        }),
      },
      ...operatingPaths({
        index: { summary: 'What there is, for people', content: plainText },
        metrics: 'Jobs by state, their durations, and the figures of the server itself.',
        ready: {
          question: 'Can it take a job?',
          yes: json({ ready: { const: true }, running: count, waiting: count }),
          no: 'Too many wait; `reasons` says so.',
        },
      }),
    },
  })
}

const response = {
  type: 'object',
  description:
    'A saved Prometheus response: metric names to lists of `{metric, values}`, as `kepler-model query` writes it.',
}
const zip = { 'application/zip': { schema: { type: 'string', format: 'binary' } } }
const jobFields = {
  // The request as it may be sent: of what it is turned into, zod knows no schema.
  ...z.toJSONSchema(jobSchema.omit({ parts: true }), { io: 'input', unrepresentable: 'any' }).properties,
  links: 'Where its events and its result are.',
}
const job = json(jobFields)
const jobs = json({ jobs: { type: 'array', items: objectOf(jobFields) } })
const count = { type: 'integer', minimum: 0 }
const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }
const jobHeader = { 'x-kepler-job': { description: "The job's id.", schema: { type: 'string' } } }
const locationHeader = { location: { description: 'Where the job is.', schema: { type: 'string' } } }
const missing = { 404: errorResponse('There is no such job.') }

const examples = {
  min: {
    summary: "As the original's client sends it",
    value: {
      name: 'mine',
      energy_source: 'rapl-sysfs',
      trainer: {
        abs_trainers: ['SGDRegressorTrainer'],
        dyn_trainers: ['SGDRegressorTrainer'],
        isolator: 'MinIdleIsolator',
      },
      prom_response: {},
    },
  },
}

/** What the schema reads, and the responses, which are too large for it. */
function requestSchema(): object {
  const schema = z.toJSONSchema(trainRequestSchema, { io: 'input', unrepresentable: 'any' })
  const { trainer } = schema.properties ?? {}
  const own = typeof trainer === 'object' ? trainer : {}
  return {
    ...schema,
    required: [...(schema.required ?? []), 'prom_response'],
    properties: {
      ...schema.properties,
      prom_response: response,
      trainer: { ...own, properties: { ...own.properties, idle_prom_response: response } },
    },
  }
}
