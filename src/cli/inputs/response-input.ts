import { expectSelected } from '../../prometheus/expect-selected.js'
import { noticeLines } from '../../prometheus/notices.js'
import { readResponseFile, type StreamOptions } from '../../prometheus/read.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { type CliIo, writeLines } from '../terminal/io.js'
import { megabytes, progressLine } from '../terminal/progress.js'

/** Reads a saved response with a progress bar, and says what the server had said of it; a signal stops it. */
export async function readInput(io: CliIo, path: string, options: StreamOptions = {}): Promise<PrometheusResponse> {
  const progress = progressLine(io.stderr)
  try {
    const response = await readResponseFile(path, {
      ...options,
      signal: io.signal,
      onProgress: (bytes, total) => progress.show(total && bytes / total, `${megabytes(bytes)} of ${path}`),
    })
    progress.clear()
    writeLines(
      io.stderr,
      noticeLines(response.notices).map((line) => `${path}: ${line}`),
    )
    return expectSelected(response, path)
  } finally {
    progress.clear()
  }
}
