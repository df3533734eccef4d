import type { Emit } from '../vocabulary/shown-metric.js'
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

/** Something that lives through time and shows metrics. */
export interface SampledWorld {
  advanceTo(seconds: number): void
  /** Emits the series of a metric as they are now. */
  read(metric: string, emit: Emit): void
}

export type SampleTimes = readonly { readonly time: number; readonly seconds: number }[]

/** The text of a saved Prometheus response of a node, in chunks. */
export function responseChunks(options: ResponseOptions): Generator<string> {
  const shown = new Map(exposedMetrics(options).map((metric) => [metric.name, metric]))
  return metricChunks([...shown.keys()], sampleTimes(options), () => {
    const node = simulatedNode(options)
    const view = shownNode(node)
    return {
      advanceTo: (seconds) => node.advanceTo(seconds),
      read: (metric, emit) => shown.get(metric)?.read(view, emit),
    }
  })
}

/**
 * The text of a saved Prometheus response, in chunks. A response lists the samples of a series together, a world lives
 * through time: so its life runs once for each metric, which must be the same each time, and never more than the samples
 * of one metric are kept. A response of any size fits.
 */
export function* metricChunks(
  metrics: readonly string[],
  times: SampleTimes,
  begin: () => SampledWorld,
): Generator<string> {
  let chunk = '{'
  let first = true
  for (const metric of metrics) {
    chunk += `${first ? '' : ','}${JSON.stringify(metric)}:[`
    first = false
    let separator = ''
    for (const series of collect(metric, begin(), times).values()) {
      chunk += `${separator}{"metric":${JSON.stringify({ __name__: metric, ...series.labels })},"values":[`
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

/** The ground truth of a node as JSON lines in one document: `{"components": [...], "samples": [...]}`. */
export function truthChunks(options: ResponseOptions, components: readonly string[]): Generator<string> {
  return sampleChunks(components, trueSamples(options))
}

export function* sampleChunks(components: readonly string[], samples: Iterable<unknown>): Generator<string> {
  yield `{"components":${JSON.stringify(components)},"samples":[\n`
  let separator = ''
  for (const sample of samples) {
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

function collect(metric: string, world: SampledWorld, times: SampleTimes): Map<string, SampledSeries> {
  const series = new Map<string, SampledSeries>()
  times.forEach(({ time, seconds }, i) => {
    world.advanceTo(seconds)
    world.read(metric, (key, labels, value) => {
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

/** When samples are made, and how long after the begin. */
export function sampleTimes({
  duration = 600,
  step = 3,
  start = 1_700_000_000,
}: Pick<ResponseOptions, 'duration' | 'step' | 'start'>): SampleTimes {
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, i) => ({
    time: start + i * step,
    seconds: i * step,
  }))
}
