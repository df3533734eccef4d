import type { Timeline } from './timeline.js'

/** A counter without the steps back of resets: never falling. Only differences of its values mean anything. */
export interface Counter extends Timeline {
  /** How often it went back. */
  readonly resets: number
}

/** Spans of time that rows stand for: row `i` is `(from[i], to[i]]`, in ascending order without overlap. */
export interface Spans {
  /** Unix seconds. */
  readonly from: Float64Array
  readonly to: Float64Array
}

/**
 * Growth of a counter whose samples have the times at which they were made. A counter that went back was set to zero
 * somewhere in between: the rate before is the best guess for that time.
 */
export function counterOf(timeline: Timeline): Counter {
  if (timeline.neverFalls) return neverBack(timeline)
  const { timestamps, values } = timeline
  if (!goesBack(values)) return neverBack(timeline)
  const grown = new Float64Array(values.length)
  let rate = 0
  let resets = 0
  for (let i = 1; i < values.length; i++) {
    const change = values[i]! - values[i - 1]!
    const seconds = timestamps[i]! - timestamps[i - 1]!
    if (change < 0) resets++
    else rate = change / seconds
    grown[i] = grown[i - 1]! + (change < 0 ? rate * seconds : change)
  }
  return { timestamps, values: grown, resets }
}

/** Its values are still made when they are read. */
function neverBack(timeline: Timeline): Counter {
  return {
    timestamps: timeline.timestamps,
    get values() {
      return timeline.values
    },
    resets: 0,
  }
}

function goesBack(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) return true
  return false
}

/** Adds a counter's growth per second in each span to `sum`. */
export type AddRates = (counter: Counter, sum: Float64Array) => void

/**
 * Adds up growth per second in spans of time. Between two samples a counter is taken to grow evenly; before the first and
 * after the last it does not grow.
 */
export function ratesIn(spans: Spans): AddRates {
  // Counters of one scrape target share their times.
  const verdicts = new Map<Float64Array, boolean>()
  const isSampled = (timestamps: Float64Array) => {
    const verdict = verdicts.get(timestamps) ?? isSampledAt(timestamps, spans)
    verdicts.set(timestamps, verdict)
    return verdict
  }
  return (counter, sum) => {
    if (counter.timestamps.length < 2) return
    if (isSampled(counter.timestamps)) addChanges(counter, spans, sum)
    else addInterpolated(counter, spans, sum)
  }
}

/** Each span reaches from one sample to the next. */
function addChanges({ values }: Counter, { from, to }: Spans, sum: Float64Array): void {
  for (let row = 0; row < to.length; row++) sum[row]! += (values[row + 1]! - values[row]!) / (to[row]! - from[row]!)
}

function addInterpolated({ timestamps, values }: Counter, { from, to }: Spans, sum: Float64Array): void {
  const last = timestamps.length - 1
  let next = 0
  let begin = Number.NaN
  let atBegin = 0
  for (let row = 0; row < to.length; row++) {
    const start = from[row]!
    const end = to[row]!
    if (end <= timestamps[0]!) continue
    if (start >= timestamps[last]!) return
    // Rows follow each other, so the value at the start is mostly known from the row before.
    if (start !== begin) {
      while (next < last && timestamps[next]! < start) next++
      atBegin = valueWithin(timestamps, values, next, start)
    }
    while (next < last && timestamps[next]! < end) next++
    const atEnd = valueWithin(timestamps, values, next, end)
    sum[row]! += (atEnd - atBegin) / (end - start)
    begin = end
    atBegin = atEnd
  }
}

/** Whether there is a sample at each end of each span and no other: the usual case, and a fast one. */
function isSampledAt(timestamps: Float64Array, { from, to }: Spans): boolean {
  if (timestamps.length !== to.length + 1) return false
  for (let row = 0; row < to.length; row++) {
    if (timestamps[row + 1] !== to[row] || timestamps[row] !== from[row]) return false
  }
  return true
}

/** The value at `time`, where `next` is the first sample that is not before it (or the last one). */
function valueWithin(timestamps: Float64Array, values: Float64Array, next: number, time: number): number {
  const after = timestamps[next]!
  if (time >= after || next === 0) return values[next]!
  const before = timestamps[next - 1]!
  return values[next - 1]! + ((values[next]! - values[next - 1]!) * (time - before)) / (after - before)
}
