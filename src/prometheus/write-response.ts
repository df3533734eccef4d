import type { Series } from './response.js'

/** A metric's list of series as the text of a saved response, in chunks and on one line. */
export function* seriesChunks(series: readonly Series[]): Generator<string> {
  let chunk = '['
  let comma = ''
  for (const { labels, timestamps, values } of series) {
    chunk += `${comma}{"metric":${JSON.stringify(labels)},"values":[`
    for (let i = 0; i < values.length; i++) {
      chunk += `${i === 0 ? '' : ','}[${timestamps[i]},"${sampleText(values[i]!)}"]`
      if (chunk.length > 1 << 16) {
        yield chunk
        chunk = ''
      }
    }
    chunk += ']}'
    comma = ','
  }
  yield `${chunk}]`
}

/** As Prometheus spells it, so that what is read is the same number. */
export function sampleText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value)
}
