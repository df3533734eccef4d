import { messageOf } from '../../src/core/errors.js'
import { allMeasurements, type Measurements, selecting } from '../../src/extract/measurements.js'
import type { DamagedFile } from '../../src/online/history/part-history.js'
import { mergeParts } from '../../src/prometheus/merge.js'
import { mergeNotices } from '../../src/prometheus/notices.js'
import { readResponseFile } from '../../src/prometheus/read.js'
import type { PrometheusResponse, Series } from '../../src/prometheus/response.js'

export interface ReadHistory {
  readonly response: PrometheusResponse
  /** Files that are not responses, e.g. after a disk error. They are left out. */
  readonly damaged: readonly DamagedFile[]
}

/** Several saved responses, in the order of their times, as one. */
export async function readHistory(
  paths: readonly string[],
  measurements: Pick<Measurements, 'select' | 'meters'> = allMeasurements,
): Promise<ReadHistory> {
  const parts: PrometheusResponse[] = []
  const damaged: DamagedFile[] = []
  for (const path of paths) {
    try {
      parts.push(await readResponseFile(path, { tolerant: true, ...selecting(measurements) }))
    } catch (error) {
      damaged.push({ path, why: messageOf(error) })
    }
  }
  return { response: oneResponse(parts), damaged }
}

function oneResponse(parts: readonly PrometheusResponse[]): PrometheusResponse {
  const names = new Set(parts.flatMap(({ series }) => [...series.keys()]))
  const series = new Map<string, readonly Series[]>()
  const metrics = new Map<string, number>()
  for (const name of names) {
    const merged = mergeParts(parts.map((part) => part.series.get(name) ?? []))
    series.set(name, merged)
    metrics.set(name, merged.length)
  }
  return {
    series,
    metrics,
    samples: parts.reduce((sum, { samples }) => sum + samples, 0),
    bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
    badSamples: parts.flatMap(({ badSamples }) => badSamples),
    notices: mergeNotices(parts.map(({ notices }) => notices)),
  }
}
