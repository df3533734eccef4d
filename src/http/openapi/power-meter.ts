import { json, ok, openApi, operatingPaths, plainText } from './document.js'

/** The contract of the power meter's HTTP port as OpenAPI 3.1. A test holds it against the routes. */
export function powerMeterDocument(version: string): object {
  return openApi({
    title: 'Kepler power meter',
    version,
    description: "This machine's watts by zone and by workload, estimated once a second.",
    tags: { readings: 'Watts of this machine.' },
    paths: {
      '/reading': {
        get: {
          operationId: 'getReading',
          tags: ['readings'],
          summary: 'The last reading: zones, and the processes that draw most',
          responses: ok('As `kepler-model top --once --json` prints it.', json(readingFields)),
        },
      },
      ...operatingPaths({
        index: { summary: 'What there is, for people', content: plainText },
        metrics: 'Watts and joules under the names of Kepler 0.10, and the figures of the meter itself.',
        ready: {
          question: 'Are there watts?',
          yes: json({ ready: { const: true }, reasons: 'Empty.' }),
          no: 'There is no reading yet, or none for a while; `reasons` says why.',
        },
      }),
    },
  })
}

const share = { type: 'number', minimum: 0, maximum: 1 }
const objects = { type: 'array', items: { type: 'object' } }

const readingFields = {
  model: { type: 'object', description: 'Where the watts come from.' },
  utilisation: { ...share, description: 'Part of processor time worked; absent before the second reading.' },
  steal: { ...share, description: 'Part of processor time that the hypervisor gave to others.' },
  gap: { type: 'string', description: 'Why there is no new reading; absent when there is.' },
  zones: { ...objects, description: 'Watts with their 90 % interval, and joules.' },
  zone: { type: 'string', description: 'The zone that rows are sorted by.' },
  kind: { type: 'string', description: 'What rows are.' },
  order: { type: 'string' },
  rows: { ...objects, description: 'Those that draw most.' },
  count: { type: 'integer', description: 'Of how many.' },
}
