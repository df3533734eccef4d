import { json, ok, openApi, operatingPaths, reasons } from './document.js'

/** The contract of the online trainer as OpenAPI 3.1. A test holds it against the routes. */
export function onlineTrainerDocument(version: string): object {
  return openApi({
    title: 'Kepler power model online trainer',
    version,
    description: 'Trains models from what a Prometheus measures, and publishes what is better than what is served.',
    tags: { rounds: 'What it does.' },
    paths: {
      '/status': { get: statusOperation('rounds') },
      ...operatingPaths({
        index: {
          summary: 'What there is',
          content: json({ program: { const: 'online-trainer' }, version: 'Of the package.', routes: 'Paths.' }),
        },
        metrics: 'Rounds, verdicts on candidates, errors of the served models, and the figures of the server itself.',
        ready: {
          question: 'Does it run? Also yes while Prometheus cannot be reached: `reasons` says so.',
          yes: json({ ready: { const: true }, reasons, lastRound: statusFields.lastRound }),
        },
      }),
    },
  })
}

/** `GET /status`, which a model server with an online trainer answers too. */
export function statusOperation(tag: string): object {
  return {
    operationId: 'getStatus',
    tags: [tag],
    summary: 'Rounds, failures, history, machines, and the errors of the served models',
    responses: ok('Counts are since the start, times milliseconds since 1970.', json(statusFields)),
  }
}

const counts = { type: 'object', additionalProperties: { type: 'integer', minimum: 0 } }
const count = { type: 'integer', minimum: 0 }

const statusFields = {
  pipeline: { type: 'string', description: 'Name of the pipeline that it publishes.' },
  rounds: { ...counts, description: 'By outcome.' },
  failures: { ...counts, description: 'By reason.' },
  consecutiveFailures: count,
  lastFailure: { type: 'string', description: 'Why the last round failed; absent when it did not.' },
  lastRound: { type: 'string', description: 'One sentence on the last round.' },
  lastRoundAt: { type: 'number' },
  lastPublishAt: { type: 'number' },
  history: { type: 'object', description: 'Seconds and bytes of measurements that are kept.' },
  machines: { ...counts, description: 'With a meter, and without.' },
  guests: { ...counts, description: 'Virtual machines, by whether their own counters were found (ONLINE_NODE_OS).' },
  findings: { ...counts, description: 'What was wrong with the measurements of the last round.' },
  served: { type: 'array', items: { type: 'object' }, description: 'Errors of served models on new measurements.' },
  servedVersion: count,
  pinned: { type: 'boolean' },
  verdicts: { ...counts, description: 'On candidates.' },
}
