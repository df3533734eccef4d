import { type ArchiveReader, archiveReader } from './archive-reader.js'
import { ModelError, quote } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import type { Clock } from '../runtime/ports.js'
import { parseModelMatch } from '../selection/model-match.js'
import { askServer, type HttpAnswer } from '../net/http-client.js'
import type { Network } from '../net/network.js'
import { loadedModel, type ModelQuery, type ModelSource } from './model-source.js'

/** The largest published archive has 160 kB. */
const maxArchiveBytes = 64 * 2 ** 20
const maxMessageBytes = 16 * 2 ** 10

export interface ModelServerSourceOptions {
  /** Where the model server is, e.g. `http://localhost:8100`. */
  readonly url: string
  readonly network: Network
  readonly machineSpec: MachineSpec
  readonly clock: Clock
  readonly read?: ArchiveReader
}

/** Models chosen for this machine by a model server. */
export function modelServerSource(options: ModelServerSourceOptions): ModelSource {
  const { url, network, machineSpec, clock, read = archiveReader() } = options
  const endpoint = new URL('/model', url).href
  return {
    name: `model server ${endpoint}`,
    async load(query, signal) {
      const answer = await ask(query, signal)
      if (answer.status !== 200) {
        const why = messageIn(await answer.bytes(maxMessageBytes))
        const code = answer.status === 400 ? 'NO_MODEL' : 'UNAVAILABLE'
        throw new ModelError(code, `${answer.said}: ${why}`)
      }
      const archive = read(await answer.bytes(maxArchiveBytes))
      const [pipeline, , , featureGroup] = answer.header('x-kepler-model')?.split('/') ?? []
      return loadedModel(archive, {
        pipeline,
        featureGroup,
        match: parseModelMatch(answer.header('x-kepler-match')),
        loadedFrom: endpoint,
        loadedAt: clock(),
      })
    },
  }

  function ask(query: ModelQuery, signal: AbortSignal): Promise<HttpAnswer> {
    const body = JSON.stringify({
      metrics: query.metrics,
      output_type: query.outputType,
      source: query.source,
      trainer_name: query.trainerName,
      filter: query.filter,
      weight: false,
      machine_spec: machineSpec,
    })
    const headers = { 'content-type': 'application/json' }
    return askServer(network, endpoint, { method: 'POST', headers, body, signal, name: 'it' })
  }
}

/** What a server says of a refusal: our `{error: {message}}`, or the plain text of the original. */
function messageIn(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  try {
    const { error } = JSON.parse(text)
    if (typeof error?.message === 'string') return error.message
  } catch {
    // Not JSON: the text itself is the message.
  }
  return quote(text, 200)
}
