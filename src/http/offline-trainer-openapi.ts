import * as z from 'zod'
import { trainRequestSchema } from '../jobs/train-request.js'
import { errorSchema } from './openapi.js'

/** The contract of the offline trainer as OpenAPI 3.1. A test holds it against the routes. */
export function offlineTrainerDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kepler power model offline trainer',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description: 'Trains a pipeline of power models from a saved Prometheus response.',
    },
    security: [{}, { token: [] }],
    paths: {
      '/train': {
        post: {
          summary: 'Train a pipeline',
          description:
            'Streams to disk, waits for its turn, trains. Answers the zip when it is done; with `mode=async` a job at once. Also takes gzip.',
          parameters: [
            { name: 'mode', in: 'query', schema: { type: 'string', enum: ['sync', 'async'], default: 'sync' } },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: requestSchema(), examples } } },
          responses: {
            200: { description: "The pipeline's zip.", headers: jobHeader, content: zip },
            202: { description: 'The job (mode=async).', headers: jobHeader, content: anObject },
            400: errorResponse(
              'The request cannot be understood, or its data cannot be used; `field` names what is wrong.',
            ),
            401: errorResponse('The token is missing or wrong.'),
            413: errorResponse('The request is larger than the server takes, or training it takes too much memory.'),
            503: errorResponse('Too many jobs wait, the disk is full, or the job was cancelled.'),
          },
        },
      },
      '/jobs': {
        get: { summary: 'All jobs, the newest first', responses: ok('Jobs without logs and scores.', anObject) },
      },
      '/jobs/{id}': {
        parameters: [idParameter],
        get: { summary: 'State, progress, log and scores', responses: { ...ok('The job.', anObject), ...missing } },
        delete: {
          summary: 'Cancel a job, or remove a finished one',
          responses: { ...ok('The cancelled job.', anObject), 204: { description: 'Removed.' }, ...missing },
        },
      },
      '/jobs/{id}/events': {
        parameters: [idParameter],
        get: {
          summary: 'The job at each change, as server-sent events named `job`',
          responses: {
            ...ok('Ends with the job.', { 'text/event-stream': { schema: { type: 'string' } } }),
            ...missing,
          },
        },
      },
      '/jobs/{id}/result': {
        parameters: [idParameter],
        get: {
          summary: 'The zip of a job that is done',
          responses: { ...ok("The pipeline's zip.", zip), ...missing, 409: errorResponse('It has no result.') },
        },
      },
      '/metrics': { get: { summary: 'Prometheus metrics', responses: ok('Prometheus text.', text) } },
      '/healthz': { get: { summary: 'Is the process alive?', responses: { 200: { description: 'Yes.' } } } },
      '/readyz': {
        get: {
          summary: 'Can it take a job?',
          responses: { 200: { description: 'Yes.' }, 503: { description: 'Too many wait; `reasons` says so.' } },
        },
      },
      '/': { get: { summary: 'What there is, for people', responses: ok('Text.', text) } },
      '/openapi.json': { get: { summary: 'This document', responses: { 200: { description: 'OpenAPI 3.1.' } } } },
    },
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

const response = {
  type: 'object',
  description:
    'A saved Prometheus response: metric names to lists of `{metric, values}`, as `kepler-model query` writes it.',
}
const zip = { 'application/zip': { schema: { type: 'string', format: 'binary' } } }
const anObject = { 'application/json': { schema: { type: 'object' } } }
const text = { 'text/plain': { schema: { type: 'string' } } }
const idParameter = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }
const jobHeader = { 'x-kepler-job': { description: "The job's id.", schema: { type: 'string' } } }
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

function ok(description: string, content: object) {
  return { 200: { description, content } }
}

function errorResponse(description: string) {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
}
