import type { Series } from '../../prometheus/response.js'
import { sampleText } from '../../prometheus/write-response.js'

/** One line a sample: the time, every label, and the value under the metric's name. */
export function* metricCsv(metric: string, series: readonly Series[]): Generator<string> {
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))]
    .filter((name) => name !== '__name__')
    .sort()
  yield `${['timestamp', ...labels, metric].join(',')}\n`
  for (const one of series) {
    const labelFields = labels.map((name) => field(one.labels[name] ?? '')).join(',')
    let lines = ''
    one.values.forEach((value, i) => {
      lines += `${one.timestamps[i]},${labelFields}${labels.length > 0 ? ',' : ''}${sampleText(value)}\n`
    })
    yield lines
  }
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
