import { ModelError, quote } from '../core/errors.js'
import { append } from '../core/multimap.js'
import { clockTable } from './clock-table.js'
import { type Labels, labelKeeper } from './labels.js'
import { type Notices, noticeCollector } from './notices.js'
import { sampleStore } from './sample-store.js'
import { type SampleBuffer, sampleBuffer } from './samples.js'
import { responseScanner, type Scanner } from './scanner.js'

/** What one exporter measured of one thing. Series with the same timestamps share the array of them. */
export interface Series {
  readonly metric: string
  readonly labels: Labels
  /** Unix seconds, as they stand in the response: usually, but not surely, ascending. */
  readonly timestamps: Float64Array
  /** One a timestamp. Those of long series are kept packed, and made into an array when they are read: read them once. */
  readonly values: Float64Array
  /** Whether the values are known to be finite and never to fall, without reading them. */
  readonly neverFalls?: boolean
}

/** A sample whose text is no number. */
export interface BadSample {
  readonly metric: string
  readonly text: string
  readonly offset: number
}

/** The samples that were asked for, by metric. */
export interface PrometheusResponse {
  readonly series: ReadonlyMap<string, readonly Series[]>
  /** All metrics of the response with their number of series, kept or not. */
  readonly metrics: ReadonlyMap<string, number>
  /** Samples kept. */
  readonly samples: number
  /** Series that `ReadOptions.select` left out. */
  readonly deselected?: number
  /** Size of the text. */
  readonly bytes: number
  /** The first of those that were tolerated, see `ReadOptions.tolerant`. */
  readonly badSamples: readonly BadSample[]
  /** What the server said of its answers. */
  readonly notices: Notices
}

export interface ReadOptions {
  /** Which metrics are kept; others are only counted. @default all */
  readonly wants?: (metric: string) => boolean
  /** Which series are kept, by their labels. @default all */
  readonly select?: (labels: Labels, metric: string) => boolean
  /** The metric of series that have no name, as most expressions give them. @default they are refused */
  readonly unnamed?: string
  /** Labels that are kept. @default all */
  readonly labels?: ReadonlySet<string>
  /** Keep samples that are no numbers as NaN and report them, instead of refusing the response. @default false */
  readonly tolerant?: boolean
  /** Samples that are kept at most. @default 150 million */
  readonly maxSamples?: number
  /** Takes each wanted series instead of the response, which then has none: what is not kept needs no memory. */
  readonly onSeries?: SeriesListener
}

/** Told of a series as it is read. The buffer is used again for the next one: copy what is to stay. */
export type SeriesListener = (
  metric: string,
  labels: Labels,
  samples: Readonly<Pick<SampleBuffer, 'timestamps' | 'values' | 'count'>>,
) => void

export interface ResponseCollector {
  readonly scanner: Scanner
  /** @throws ModelError `INVALID_DATA` when the response is not complete */
  finish(): PrometheusResponse
}

const maxBadSamples = 1000
const maxSeries = 5_000_000

/** Collects a response from chunks. Memory grows with the samples that are kept: mostly 1 to 4 bytes each, at most 16. */
export function responseCollector(options: ReadOptions = {}): ResponseCollector {
  const { wants = () => true, select, maxSamples = 150_000_000, tolerant = false, onSeries } = options
  const metrics = new Map<string, number>()
  const series = new Map<string, Series[]>()
  const badSamples: BadSample[] = []
  const { notices, add: addNotice } = noticeCollector()
  let samples = 0
  let seriesCount = 0
  let deselected = 0
  let current = ''
  const store = sampleStore()
  const clocks = clockTable(store.keep)

  const buffer = sampleBuffer(
    tolerant
      ? (text, offset) => {
          if (badSamples.length < maxBadSamples) badSamples.push({ metric: current, text, offset })
        }
      : undefined,
  )

  const scanner = responseScanner(
    {
      metric(name) {
        if (!metrics.has(name)) metrics.set(name, 0)
        if (wants(name) && !series.has(name)) series.set(name, [])
      },
      wants(metric) {
        current = metric
        return wants(metric)
      },
      passed(metric) {
        count(metric)
      },
      notice: addNotice,
      series(metric, labels, read) {
        if (select && !select(labels, metric)) {
          deselected++
          return
        }
        count(metric)
        samples += read.count
        if (samples > maxSamples) {
          throw new ModelError(
            'LIMIT_EXCEEDED',
            `Prometheus response: more than ${maxSamples} samples, reached in ${quote(metric)}; ask for fewer metrics or a shorter time`,
            { reason: 'range_too_large' },
          )
        }
        if (onSeries) {
          onSeries(metric, labels, read)
          return
        }
        append(series, metric, keptSeries(metric, labels, read))
      },
    },
    labelKeeper(options.labels),
    buffer,
    options.unnamed,
  )

  function keptSeries(metric: string, labels: Labels, { timestamps, values, count }: SampleBuffer): Series {
    const clock = clocks.clockOf(clocks.idOf(timestamps.subarray(0, count)))
    const read = values.subarray(0, count)
    const packed = store.pack(read)
    if (packed === undefined) return { metric, labels, timestamps: clock, values: store.keep(read) }
    return {
      metric,
      labels,
      timestamps: clock,
      neverFalls: packed.neverFalls,
      get values() {
        return packed.unpack()
      },
    }
  }

  function count(metric: string): void {
    metrics.set(metric, (metrics.get(metric) ?? 0) + 1)
    if (++seriesCount > maxSeries)
      throw new ModelError('LIMIT_EXCEEDED', `Prometheus response: more than ${maxSeries} series`)
  }

  return {
    scanner,
    finish() {
      scanner.end()
      return { series, metrics, samples, ...(select && { deselected }), bytes: scanner.bytes, badSamples, notices }
    },
  }
}
