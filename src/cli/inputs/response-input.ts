import { readResponseFile, type StreamOptions } from '../../prometheus/read.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import type { CliIo } from '../terminal/io.js'
import { megabytes, progressLine } from '../terminal/progress.js'

/** Reads a saved response with a progress bar; a signal stops it. */
export async function readInput(io: CliIo, path: string, options: StreamOptions = {}): Promise<PrometheusResponse> {
  const progress = progressLine(io.stderr)
  try {
    return await readResponseFile(path, {
      ...options,
      signal: io.signal,
      onProgress: (bytes, total) => progress.show(total && bytes / total, `${megabytes(bytes)} of ${path}`),
    })
  } finally {
    progress.clear()
  }
}
