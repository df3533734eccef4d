import { connect } from 'node:net'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, messageOf } from '../core/errors.js'
import { expectKnownOptions } from '../core/known-options.js'
import type { OutputType } from '../core/output-type.js'
import { type PowerAnswer, parsePowerAnswer } from './power-answer.js'

/** What watts are wanted for. All but `metrics`, `values` and `outputType` may be left out. */
export interface EstimateRequest {
  /** Names of what was measured, per second. */
  readonly metrics: readonly string[]
  /** One row a process, container or node, as long as `metrics`. */
  readonly values: readonly (readonly number[])[]
  readonly outputType: OutputType
  /** @default 'rapl-sysfs' */
  readonly source?: EnergySource
  /** Further columns that are the same for all rows. */
  readonly systemFeatures?: readonly string[]
  readonly systemValues?: readonly string[]
  /** Only a model of this trainer. */
  readonly trainer?: string
  /** Only a model that passes: `mae:10; features:cpu_cycles,cache_miss`. */
  readonly filter?: string
}

const requestNames = [
  'metrics',
  'values',
  'outputType',
  'source',
  'systemFeatures',
  'systemValues',
  'trainer',
  'filter',
] as const

export interface EstimatorClientOptions {
  /** Path of its unix socket. @default '/tmp/estimator.sock', where Kepler looks for it */
  readonly socket?: string
  /** Its address over HTTP instead, e.g. `http://127.0.0.1:8101`. */
  readonly url?: string
  /** Milliseconds until an estimate is given up. @default 10,000 */
  readonly timeout?: number
  /** @default that of Node */
  readonly fetch?: typeof fetch
}

export interface EstimatorClient {
  /**
   * @throws ModelError `NO_MODEL` with what the estimator says when it refuses, `UNAVAILABLE` when it does not answer,
   *   `INVALID_REQUEST` for fields that do not exist
   */
  readonly estimate: (request: EstimateRequest) => Promise<PowerAnswer>
}

/** Bytes of an answer at most. */
const mostBytes = 64 << 20

/** A client of a running estimator, over its unix socket or over HTTP. Each estimate is a connection of its own. */
export function estimatorClient(options: EstimatorClientOptions = {}): EstimatorClient {
  expectKnownOptions('estimatorClient', options, ['socket', 'url', 'timeout', 'fetch'])
  const { socket, url, timeout = 10_000, fetch: send = fetch } = options
  if (socket !== undefined && url !== undefined) {
    throw new ModelError('INVALID_REQUEST', 'estimatorClient takes socket or url, not both', { field: 'url' })
  }
  const where = url ?? socket ?? '/tmp/estimator.sock'
  const ask =
    url === undefined
      ? (text: string) => askSocket(where, text, timeout)
      : (text: string) => askHttp(send, new URL('/estimate', url), text, timeout)
  return {
    async estimate(request) {
      expectKnownOptions('estimate', request, requestNames)
      let answer: string
      try {
        answer = await ask(JSON.stringify(bodyOf(request)))
      } catch (cause) {
        if (cause instanceof ModelError) throw cause
        const why = messageOf(cause instanceof Error && cause.cause !== undefined ? cause.cause : cause)
        throw new ModelError('UNAVAILABLE', `the estimator at ${where} does not answer: ${why}`, { cause })
      }
      return parsePowerAnswer(answer, `the estimator at ${where}`)
    },
  }
}

/** The names of the protocol, see docs/estimator.md. */
function bodyOf(request: EstimateRequest) {
  return {
    metrics: request.metrics,
    values: request.values,
    output_type: request.outputType,
    source: request.source ?? 'rapl-sysfs',
    system_features: request.systemFeatures ?? [],
    system_values: request.systemValues ?? [],
    trainer_name: request.trainer ?? '',
    filter: request.filter ?? '',
  }
}

function askSocket(path: string, text: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const socket = connect(path)
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${timeout} ms`)), timeout)
    socket.on('connect', () => socket.write(text))
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes > mostBytes) socket.destroy(new Error(`an answer of more than ${mostBytes} bytes`))
      else chunks.push(chunk)
    })
    socket.on('error', reject)
    // The estimator closes after its answer.
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
  })
}

async function askHttp(send: typeof fetch, url: URL, text: string, timeout: number): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(timeout)
  const answer = await send(url, { method: 'POST', headers, body: text, signal })
  return answer.text()
}
