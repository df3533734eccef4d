import { quantile } from '../numeric/quantile.js'

/**
 * When the samples of a target were scraped. A range query repeats the last sample at each of its steps, so what a
 * response shows is when a scrape was first *seen*; a rate needs to know when it was *made*.
 */
export interface ScrapeClock {
  /** Times of the response at which a new scrape shows first, ascending. */
  readonly seen: Float64Array
  /** When those scrapes were made, as well as the response tells: ascending, each in `(seen - step, seen]`. */
  readonly scraped: Float64Array
  /** Usual seconds between two scrapes; NaN with fewer than two. */
  readonly interval: number
  /** Seconds between the times of the response; 0 where they are the scrapes' own times. */
  readonly step: number
}

/**
 * The usual distance of the times of a range query. 0 when they lie on no regular grid: then they are the times of the
 * samples themselves, as a range selector or an export gives them.
 */
export function queryStep(times: Float64Array): number {
  const gaps = differences(times)
  const step = mode(gaps)
  const regular = gaps.reduce((count, gap) => count + (Math.abs(gap - step) <= tolerance ? 1 : 0), 0)
  return regular >= leastRegular * gaps.length ? step : 0
}

/**
 * Finds the times of scrapes from the times at which they were first seen.
 *
 * A scrape seen at `g` was made in `(g - step, g]`. Scrapes follow each other at a regular interval, so each is placed one
 * interval (or several, where scrapes were lost) after the one before, and moved only as far as its bounds demand. Two
 * passes, the second from the end, make the first scrapes agree with bounds that come later. With irregular scrapes the
 * bounds alone remain: no time is off by more than a step.
 *
 * The first sample of a response may be of any age, so its scrape is taken to be one interval before the second.
 *
 * @param seen ascending times at which a new scrape shows
 * @param step seconds between the times of the response; 0 where `seen` are the scrapes' own times
 */
export function scrapeClock(seen: Float64Array, step: number): ScrapeClock {
  const gaps = differences(seen)
  if (gaps.length === 0) return { seen, scraped: seen, interval: Number.NaN, step }
  if (step === 0) return { seen, scraped: seen, interval: quantile(gaps, 0.5), step }
  const interval = scrapeInterval(seen, gaps, step)
  const back = placeBackwards(place(seen, step, interval, seen[0]!).times, seen, step, interval)
  return { seen, scraped: place(seen, step, interval, back).times, interval, step }
}

/** Times of a response that count as equal, in seconds: Prometheus writes milliseconds. */
const tolerance = 1e-3
/** Share of regular gaps below which times are no grid. */
const leastRegular = 0.8

interface Placed {
  readonly times: Float64Array
  /** Seconds that all times together had to be moved off the regular clock. */
  readonly moved: number
  /** Scrapes that the clock expects and nobody saw. */
  readonly lost: number
}

/** Each time the least move away from a regular clock into its bounds `[seen - step, seen]`. */
function place(seen: Float64Array, step: number, interval: number, first: number): Placed {
  const times = new Float64Array(seen.length)
  let moved = 0
  let lost = 0
  let last = first
  times[0] = first
  for (let i = 1; i < seen.length; i++) {
    const high = seen[i]!
    // A query sees the last scrape before it: the latest that the clock has within the bounds.
    let scrapes = Math.max(1, Math.floor((high - last) / interval + tolerance))
    const below = high - step - (last + scrapes * interval)
    // Where that is before them, the next one, which is after them, may be nearer.
    if (last + (scrapes + 1) * interval - high < below) scrapes++
    const expected = last + scrapes * interval
    // Later than the scrape before, whatever the bounds say.
    last = Math.max(Math.min(Math.max(expected, high - step), high), last + tolerance)
    moved += Math.abs(last - expected)
    lost += scrapes - 1
    times[i] = last
  }
  return { times, moved, lost }
}

/** The same from the last time to the first, which it returns. The first has no lower bound. */
function placeBackwards(times: Float64Array, seen: Float64Array, step: number, interval: number): number {
  let next = times[times.length - 1]!
  for (let i = times.length - 2; i > 0; i--) {
    const high = seen[i]!
    const scrapes = Math.max(1, Math.ceil((next - high) / interval - tolerance))
    next = Math.min(Math.max(next - scrapes * interval, high - step), high, next - tolerance)
  }
  return Math.min(next - interval, seen[0]!)
}

/**
 * Usual seconds between scrapes, not below `step`. Without loss the gaps between new samples are the two whole numbers of
 * steps around the interval, and their mean is the interval; larger gaps are lost scrapes. Of that mean and the round
 * numbers around it, which people configure, the one wins that explains the times with the least moves and losses.
 */
function scrapeInterval(seen: Float64Array, gaps: Float64Array, step: number): number {
  const usual = mode(gaps)
  const near = gaps.filter((gap) => Math.abs(gap - usual) <= Math.max(step, 0.25 * usual) + tolerance)
  const mean = near.reduce((sum, gap) => sum + gap, 0) / near.length
  const candidates = roundUnits.flatMap((unit) => [Math.floor(mean / unit) * unit, Math.ceil(mean / unit) * unit])
  let best = mean
  let least = Number.POSITIVE_INFINITY
  for (const interval of new Set([...candidates, mean])) {
    if (interval < step - tolerance || Math.abs(interval - mean) > 0.25 * mean) continue
    const { times } = place(seen, step, interval, seen[0]!)
    const { moved, lost } = place(seen, step, interval, placeBackwards(times, seen, step, interval))
    const cost = moved / step + lost * costOfLoss + (candidates.includes(interval) ? 0 : costOfOddness)
    // Rounder numbers come first: another one has to be clearly better.
    if (cost < 0.9 * least - costOfLoss) [best, least] = [interval, cost]
  }
  return best
}

/** Steps that times may be moved before one lost scrape is the likelier explanation. */
const costOfLoss = 0.5
/** The same for an interval that is no round number. */
const costOfOddness = 3
/** Seconds that people configure multiples of, the roundest first. */
const roundUnits = [60, 30, 15, 10, 5, 1]

function differences(times: Float64Array): Float64Array {
  return times.slice(1).map((time, i) => time - times[i]!)
}

/** The most frequent value, to a millisecond; of equally frequent ones the smallest. */
function mode(values: Float64Array): number {
  const counts = new Map<number, number>()
  for (const value of values) {
    const key = Math.round(value / tolerance)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  let best = 0
  let most = 0
  for (const [key, count] of counts) {
    if (count > most || (count === most && key < best)) [best, most] = [key, count]
  }
  return best * tolerance
}
