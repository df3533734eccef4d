import { readModelArchive } from '../archive/read-model-archive.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { Clock } from '../runtime/ports.js'
import { parseModelMatch } from '../selection/model-match.js'
import { loadedModel, type ModelQuery, type ModelSource } from './model-source.js'

/** The largest published archive has 160 kB. */
const maxArchiveBytes = 64 * 2 ** 20
const maxMessageBytes = 16 * 2 ** 10

export interface ModelServerSourceOptions {
  /** Where the model server is, e.g. `http://localhost:8100`. */
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  readonly machineSpec: MachineSpec
  readonly clock: Clock
}

/** Models chosen for this machine by a model server. */
export function modelServerSource({ url, fetch, machineSpec, clock }: ModelServerSourceOptions): ModelSource {
  const endpoint = new URL('/model', url).href
  return {
    name: `model server ${endpoint}`,
    async load(query, signal) {
      const response = await ask(query, signal)
      if (!response.ok) {
        const why = messageIn(await readBounded(response, maxMessageBytes))
        const code = response.status === 400 ? 'NO_MODEL' : 'UNAVAILABLE'
        throw new ModelError(code, `it answers ${response.status}: ${why}`)
      }
      const archive = readModelArchive(await readBounded(response, maxArchiveBytes))
      const [pipeline, , , featureGroup] = response.headers.get('x-kepler-model')?.split('/') ?? []
      return loadedModel(archive, {
        pipeline,
        featureGroup,
        match: parseModelMatch(response.headers.get('x-kepler-match')),
        loadedFrom: endpoint,
        loadedAt: clock(),
      })
    },
  }

  async function ask(query: ModelQuery, signal: AbortSignal): Promise<Response> {
    const body = JSON.stringify({
      metrics: query.metrics,
      output_type: query.outputType,
      source: query.source,
      trainer_name: query.trainerName,
      filter: query.filter,
      weight: false,
      machine_spec: machineSpec,
    })
    try {
      return await fetch(endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal })
    } catch (cause) {
      // Node's fetch says only "fetch failed"; the reason is one level down.
      const reason = cause instanceof Error && cause.cause ? cause.cause : cause
      throw new ModelError('UNAVAILABLE', `it cannot be reached: ${messageOf(reason)}`, { cause })
    }
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  if (!response.body) return new Uint8Array(0)
  for await (const part of response.body) {
    length += part.length
    if (length > maxBytes) throw new ModelError('LIMIT_EXCEEDED', `its answer is larger than ${maxBytes} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** What a server says of a refusal: our `{error: {message}}`, or the plain text of the original. */
function messageIn(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    const { error } = JSON.parse(text)
    if (typeof error?.message === 'string') return error.message
  } catch {
    // Not JSON: the text itself is the message.
  }
  return quote(text, 200)
}
