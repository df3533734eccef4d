import type { ShownMetric } from '../vocabulary/shown-metric.js'
import { type TrueSample, truthMeter } from './ground-truth.js'
import { type SimulationOptions, simulatedNode } from './node.js'
import { type ExposedOptions, exposedMetrics, shownNode } from './shown-node.js'

export interface ResponseOptions extends SimulationOptions, ExposedOptions {
  /** Seconds that the response covers. @default 600 */
  readonly duration?: number
  /** Seconds between samples. @default 3 */
  readonly step?: number
  /** Unix seconds of the first sample. @default 1700000000 */
  readonly start?: number
}

const chunkCharacters = 1 << 16

/**
 * The text of a saved Prometheus response, in chunks. A response lists the samples of a series together, a node lives
 * through time: so its life runs once for each metric, which the seed makes the same each time, and never more than the
 * samples of one metric are kept. A response of any size fits.
 */
export function* responseChunks(options: ResponseOptions): Generator<string> {
  const times = sampleTimes(options)
  let chunk = '{'
  let first = true
  for (const metric of exposedMetrics(options)) {
    chunk += `${first ? '' : ','}${JSON.stringify(metric.name)}:[`
    first = false
    let separator = ''
    for (const series of collect(metric, options, times).values()) {
      chunk += `${separator}{"metric":${JSON.stringify({ __name__: metric.name, ...series.labels })},"values":[`
      separator = ','
      for (let i = 0; i < series.count; i++) {
        chunk += `${i === 0 ? '' : ','}[${series.times[i]!},"${series.values[i]!}"]`
        if (chunk.length < chunkCharacters) continue
        yield chunk
        chunk = ''
      }
      chunk += ']}'
    }
    chunk += ']'
  }
  yield `${chunk}}`
}

/** The true powers at the same times as {@link responseChunks}' samples, all but the first. */
export function* trueSamples(options: ResponseOptions): Generator<TrueSample> {
  const node = simulatedNode(options)
  const meter = truthMeter(node)
  for (const { time, seconds } of sampleTimes(options)) {
    node.advanceTo(seconds)
    const sample = meter.sample(time)
    if (sample) yield sample
  }
}

/** The ground truth as JSON lines in one document: `{"components": [...], "samples": [...]}`. */
export function* truthChunks(options: ResponseOptions, components: readonly string[]): Generator<string> {
  yield `{"components":${JSON.stringify(components)},"samples":[\n`
  let separator = ''
  for (const sample of trueSamples(options)) {
    yield `${separator}${JSON.stringify(sample)}`
    separator = ',\n'
  }
  yield '\n]}\n'
}

interface SampledSeries {
  readonly labels: Readonly<Record<string, string>>
  times: Float64Array
  values: Float64Array
  count: number
}

function collect(
  metric: ShownMetric,
  options: ResponseOptions,
  times: readonly { readonly time: number; readonly seconds: number }[],
): Map<string, SampledSeries> {
  const node = simulatedNode(options)
  const shown = shownNode(node)
  const series = new Map<string, SampledSeries>()
  times.forEach(({ time, seconds }, i) => {
    node.advanceTo(seconds)
    metric.read(shown, (key, labels, value) => {
      let one = series.get(key)
      if (one === undefined) {
        const size = times.length - i
        one = { labels: labels(), times: new Float64Array(size), values: new Float64Array(size), count: 0 }
        series.set(key, one)
      }
      one.times[one.count] = time
      one.values[one.count++] = value
    })
  })
  return series
}

function sampleTimes({ duration = 600, step = 3, start = 1_700_000_000 }: ResponseOptions) {
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, i) => ({
    time: start + i * step,
    seconds: i * step,
  }))
}
