import type { Spans } from '../table/counter.js'
import { scrapeClock } from '../table/scrape-clock.js'
import { rowsOn } from '../table/timeline.js'
import { describeLabels, type Findings } from './findings.js'
import { type CleanCounter, type ScrapeTarget, updatesOf } from './scrapes.js'

/** Rows of a dataset: each is the span between two scrapes, named by the time of the response at which it ends. */
export interface RowClock extends Spans {
  readonly seen: Float64Array
}

/** The rows that are kept. */
export function rowsWhere({ seen, from, to }: RowClock, isKept: (row: number) => boolean): RowClock {
  const kept = (values: Float64Array) => values.filter((_, row) => isKept(row))
  return { seen: kept(seen), from: kept(from), to: kept(to) }
}

/** Moments at which something new was measured, of one target or of several that follow each other. */
interface Chain {
  /** Times of the response. */
  readonly seen: number[]
  /** When those scrapes were made. */
  readonly scraped: number[]
  /** Usual seconds between them. */
  interval: number
  /** Where each target begins, as an index: between it and the one before nothing is known. */
  readonly begins: number[]
}

interface Marks {
  readonly seen: Float64Array
  readonly scraped: Float64Array
  readonly interval: number
}

/** An interval so many times as long as another is a slower one. */
const slower = 1.25
/** A row over more intervals and seconds than these tells nothing of a moment: the exporter was away, or a clock was put forward. */
const longestRow = { intervals: 10, seconds: 60 }
/** Share of regular intervals from which usage that stands still in between is taken for not measured. */
const regularShare = 0.8

/**
 * The spans in which both power and usage are known. Rows follow the slower of the clocks, so that each has a new
 * measurement of everything in it. Energy moves all the time: where it stands still it was not measured. Usage that
 * stands still is idle, unless it does so regularly.
 */
export function rowClock(targets: readonly ScrapeTarget[], findings: Findings): RowClock {
  const energy: Marks[] = []
  const usage: Marks[] = []
  for (const target of targets) {
    if (target.energy.length > 0) energy.push(energyMarks(target, findings))
    if (target.usage.length > 0) usage.push(usageMarks(target))
  }
  const clocks = [...chains(energy), ...chains(usage)]
  // Energy first: among equals it sets the pace.
  let pace = clocks[0]
  for (const clock of clocks) if (pace && clock.interval > slower * pace.interval) pace = clock
  if (pace === undefined) return { seen: new Float64Array(0), from: new Float64Array(0), to: new Float64Array(0) }
  const others = clocks.filter((clock) => clock !== pace)
  return rowsOf(pace, others, (count, seconds) => {
    const example = targets.flatMap((target) => target.energy)[0]
    if (example) findings.add('long gap', example.metric, count, `${Math.round(seconds)} s`)
  })
}

/** The times at which energy moved and no series of it was missing: without one of them the sum would fall and jump. */
function energyMarks({ clock, energy }: ScrapeTarget, findings: Findings): Marks {
  const { changed } = updatesOf(energy, clock.seen)
  const complete = completeTimes(energy, clock.seen)
  const incomplete = changed.reduce((count, flag, i) => count + (flag === 1 && complete[i] === 0 ? 1 : 0), 0)
  const [first] = energy
  if (first) findings.add('incomplete time', first.metric, incomplete, describeLabels(first.labels))
  return marksAt(clock, (i) => changed[i] === 1 && complete[i] === 1)
}

function usageMarks({ clock, usage }: ScrapeTarget): Marks {
  const { present, changed } = updatesOf(usage, clock.seen)
  const moved = scrapeClock(
    clock.seen.filter((_, i) => changed[i] === 1),
    clock.step,
  )
  const rare = moved.interval > slower * clock.interval && isRegular(moved)
  return marksAt(clock, (i) => (rare ? changed : present)[i] === 1)
}

function isRegular({ scraped, interval, step }: { scraped: Float64Array; interval: number; step: number }): boolean {
  let regular = 0
  for (let i = 1; i < scraped.length; i++) {
    if (Math.abs(scraped[i]! - scraped[i - 1]! - interval) <= step + 0.1 * interval) regular++
  }
  return scraped.length > 3 && regular >= regularShare * (scraped.length - 1)
}

function marksAt(clock: ScrapeTarget['clock'], isMark: (i: number) => boolean): Marks {
  const kept = [...clock.seen.keys()].filter(isMark)
  const scraped = Float64Array.from(kept, (i) => clock.scraped[i]!)
  const gaps = scraped
    .slice(1)
    .map((time, i) => time - scraped[i]!)
    .sort()
  return {
    seen: Float64Array.from(kept, (i) => clock.seen[i]!),
    scraped,
    interval: gaps[gaps.length >> 1] ?? clock.interval,
  }
}

/** For each time whether every counter that runs then has a sample. */
function completeTimes(counters: readonly CleanCounter[], times: Float64Array): Uint8Array {
  const expected = new Int32Array(times.length + 1)
  const present = new Int32Array(times.length)
  for (const { timeline } of counters) {
    const rows = rowsOn(times, timeline.timestamps).filter((row) => row >= 0)
    if (rows.length === 0) continue
    // One more is expected from the first to the last sample.
    expected[rows[0]!]! += 1
    expected[rows[rows.length - 1]! + 1]! -= 1
    for (const row of rows) present[row]! += 1
  }
  let running = 0
  return Uint8Array.from(present, (count, i) => {
    running += expected[i]!
    return count === running ? 1 : 0
  })
}

/** Joins the marks of targets that follow each other in time; targets that run at once stay apart. */
function chains(targets: readonly Marks[]): Chain[] {
  const joined: Chain[] = []
  const byBegin = targets
    .filter(({ seen }) => seen.length > 0)
    .sort((a, b) => a.scraped[0]! - b.scraped[0]! || b.seen.length - a.seen.length)
  for (const { seen, scraped, interval } of byBegin) {
    const chain = joined.find((one) => one.scraped[one.scraped.length - 1]! < scraped[0]!)
    if (chain === undefined) {
      joined.push({ seen: [...seen], scraped: [...scraped], interval, begins: [0] })
      continue
    }
    chain.begins.push(chain.seen.length)
    for (const time of seen) chain.seen.push(time)
    for (const time of scraped) chain.scraped.push(time)
    chain.interval = Math.max(chain.interval, interval)
  }
  return joined
}

/** Rows between marks of `pace`, each long enough to have a mark of all others. */
function rowsOf(pace: Chain, others: readonly Chain[], onLong: (count: number, seconds: number) => void): RowClock {
  const seen: number[] = []
  const from: number[] = []
  const to: number[] = []
  const next = others.map(() => 0)
  let long = 0
  let longest = 0
  let begin = Number.NaN
  pace.scraped.forEach((time, i) => {
    if (pace.begins.includes(i)) {
      begin = time
      return
    }
    let complete = true
    let broken = false
    others.forEach((other, k) => {
      while (other.scraped[next[k]!]! <= begin) next[k]! += 1
      // Behind the last there is none.
      const mark = other.scraped[next[k]!] ?? Number.POSITIVE_INFINITY
      if (mark > time) complete = false
      // Nothing is known between two targets, nor before the first of them.
      if (other.begins.some((at) => other.scraped[at]! > begin && other.scraped[at]! <= time)) broken = true
    })
    if (broken) {
      begin = time
      return
    }
    if (!complete) return
    const seconds = time - begin
    if (seconds > Math.max(longestRow.intervals * pace.interval, longestRow.seconds)) {
      long++
      longest = Math.max(longest, seconds)
    } else {
      seen.push(pace.seen[i]!)
      from.push(begin)
      to.push(time)
    }
    begin = time
  })
  if (long > 0) onLong(long, longest)
  return { seen: Float64Array.from(seen), from: Float64Array.from(from), to: Float64Array.from(to) }
}
