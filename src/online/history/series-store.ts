import { append } from '../../core/multimap.js'
import { targetOf } from '../../extract/scrapes.js'
import type { Labels } from '../../prometheus/labels.js'
import type { Series, SeriesListener } from '../../prometheus/response.js'
import { clockTable, concatenated } from '../../prometheus/clock-table.js'
import { sampleFile } from './sample-file.js'
import { seriesTable } from './series-table.js'

export interface SeriesStoreOptions {
  /** Where samples go that do not fit in memory. */
  readonly folder: string
  /** Bytes of samples that are held in memory. */
  readonly memoryBytes: number
}

/**
 * Samples of many series by scrape target: what comes metric by metric is wanted machine by machine. Some are held in
 * memory; when there are more, they go to a file as a run that is sorted by target, so that a target is read in few pieces.
 */
export interface SeriesStore {
  /** Adds samples of a series; those of the same labels come in the order of their times. @throws ModelError as `sampleFile` */
  readonly add: SeriesListener
  /** Begins another part, e.g. a file that is read. */
  beginPart(): void
  /** Forgets what was added since the part began. */
  dropPart(): void
  targets(): readonly StoredTarget[]
  /** The series of targets by metric, in the order in which they were first added. @throws ModelError as `sampleFile` */
  read(targets: readonly StoredTarget[]): ReadonlyMap<string, readonly Series[]>
  /** Lets go of the file. */
  close(): void
}

/** What is scraped from one place, as `targetOf` tells places apart. */
export interface StoredTarget {
  readonly key: string
  /** Its series without their samples, in the order in which they were first added. Made anew by each call. */
  series(): readonly StoredSeries[]
}

export interface StoredSeries {
  readonly metric: string
  labels(): Labels
}

/** Samples of one series that were added at once. */
interface Entry {
  readonly series: number
  readonly clock: number
  readonly part: number
  readonly values: Float64Array
}

/** Entries that stand behind each other in the file. There may be a million: this takes a quarter of what objects do. */
interface Run {
  readonly at: number
  readonly count: number
  /** Series, clock, part and number of samples of each. */
  readonly entries: Uint32Array
}
const runFields = 4

interface Kept {
  readonly runs: Run[]
  pending: Entry[]
}

export function seriesStore({ folder, memoryBytes }: SeriesStoreOptions): SeriesStore {
  const table = seriesTable()
  const clocks = clockTable()
  const file = sampleFile(folder)
  const kept = new Map<string, Kept>()
  const dropped = new Set<number>()
  let pendingBytes = 0
  let part = 0

  function flush(): void {
    for (const one of kept.values()) {
      if (one.pending.length > 0) one.runs.push(written(one.pending))
      one.pending = []
    }
    pendingBytes = 0
  }

  function written(pending: readonly Entry[]): Run {
    const entries = new Uint32Array(runFields * pending.length)
    let count = 0
    let at = 0
    pending.forEach(({ series, clock, part, values }, i) => {
      const position = file.append(values)
      if (i === 0) at = position
      entries.set([series, clock, part, values.length], runFields * i)
      count += values.length
    })
    return { at, count, entries }
  }

  /** What was added of a target, in that order. */
  function* entriesOf({ runs, pending }: Kept): Generator<Entry> {
    for (const { at, count, entries } of runs) {
      const values = file.read(at, count)
      let from = 0
      for (let i = 0; i < entries.length; i += runFields) {
        const to = from + entries[i + 3]!
        const [series, clock, part] = [entries[i]!, entries[i + 1]!, entries[i + 2]!]
        yield { series, clock, part, values: values.subarray(from, to) }
        from = to
      }
    }
    yield* pending
  }

  /** The numbers of a target's series. */
  function seriesIn({ runs, pending }: Kept): ReadonlySet<number> {
    const found = new Set<number>()
    for (const { entries } of runs) {
      for (let i = 0; i < entries.length; i += runFields) if (!dropped.has(entries[i + 2]!)) found.add(entries[i]!)
    }
    for (const { series, part } of pending) if (!dropped.has(part)) found.add(series)
    return found
  }

  return {
    add(metric, labels, { timestamps, values, count }) {
      const target = targetOf(labels)
      const one = kept.get(target) ?? { runs: [], pending: [] }
      kept.set(target, one)
      one.pending.push({
        series: table.idOf(metric, labels),
        clock: clocks.idOf(timestamps.subarray(0, count)),
        part,
        values: values.slice(0, count),
      })
      pendingBytes += count * Float64Array.BYTES_PER_ELEMENT
      if (pendingBytes > memoryBytes) flush()
    },
    beginPart() {
      part++
    },
    dropPart() {
      dropped.add(part)
    },
    targets: () =>
      [...kept].flatMap(([key, one]): StoredTarget[] => {
        if (seriesIn(one).size === 0) return []
        const series = () => [...seriesIn(one)].sort((a, b) => a - b)
        return [
          {
            key,
            series: () => series().map((id) => ({ metric: table.metricOf(id), labels: () => table.labelsOf(id) })),
          },
        ]
      }),
    read(targets) {
      const found = new Map<number, Entry[][]>()
      for (const { key } of targets) {
        const one = kept.get(key)
        for (const entry of one ? entriesOf(one) : []) {
          if (dropped.has(entry.part)) continue
          // A part that has equal labels twice has two series.
          const before = found.get(entry.series)?.find((entries) => entries.at(-1)!.part !== entry.part)
          if (before) before.push(entry)
          else append(found, entry.series, [entry])
        }
      }
      const clockOf = clocks.joiner()
      const byMetric = new Map<string, Series[]>()
      for (const [id, all] of [...found].sort(([a], [b]) => a - b)) {
        const metric = table.metricOf(id)
        const labels = table.labelsOf(id)
        for (const entries of all) {
          const timestamps = clockOf(entries.map(({ clock }) => clock))
          append(byMetric, metric, { metric, labels, timestamps, values: concatenated(entries.map((e) => e.values)) })
        }
      }
      return byMetric
    },
    close: () => file.close(),
  }
}
