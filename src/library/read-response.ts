import { expectKnownOptions } from '../core/known-options.js'
import { readResponseFile, readResponse as readResponseOf } from '../prometheus/read.js'
import type { PrometheusResponse } from '../prometheus/response.js'

export interface ReadResponseOptions {
  /** Keep only these metrics: others are counted and take no memory. @default all */
  readonly metrics?: readonly string[]
  /** Keep samples that are no numbers as NaN and list them in `badSamples`, instead of refusing all. @default false */
  readonly tolerant?: boolean
  /** Samples that are kept at most. @default 150 million */
  readonly maxSamples?: number
  /** Bytes of text at most, after decompression. @default 64 GiB */
  readonly maxBytes?: number
  /** Stops reading with a ModelError `CANCELLED`. */
  readonly signal?: AbortSignal
  /** Told after every chunk: bytes read, and of how many where that is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
}

const names = ['metrics', 'tolerant', 'maxSamples', 'maxBytes', 'signal', 'onProgress'] as const

/**
 * Reads a saved Prometheus response of any size: what `kepler-model query` and {@link simulateResponseText} write.
 *
 * @param source path of a file, plain or gzip, or the bytes themselves in chunks of any size
 * @throws ModelError `UNAVAILABLE` for a file that cannot be opened, `INVALID_DATA` with metric and byte offset for what
 *   is no response, `LIMIT_EXCEEDED`, `CANCELLED`
 */
export async function readResponse(
  source: string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: ReadResponseOptions = {},
): Promise<PrometheusResponse> {
  expectKnownOptions('readResponse', options, names)
  const { metrics, ...rest } = options
  const wanted = metrics && new Set(metrics)
  const reading = { ...rest, ...(wanted && { wants: (metric: string) => wanted.has(metric) }) }
  return typeof source === 'string' ? readResponseFile(source, reading) : readResponseOf(source, reading)
}
