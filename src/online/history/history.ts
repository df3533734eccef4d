import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import type { PrometheusClient } from '../../prometheus/client.js'
import { partialPathOf, queryToFile } from '../../prometheus/query.js'
import { readResponseFile } from '../../prometheus/read.js'
import { makeFolder } from '../../runtime/make-folder.js'
import { type Logger, silentLogger } from '../../runtime/ports.js'
import { realMeterMetric } from '../../vocabulary/own-meter.js'
import { isKeplerTrainingMetric, nodeOsTrainingMetrics } from '../../vocabulary/vocabularies.js'
import type { NodeOsMachines } from '../node-os-machines.js'

export interface HistoryOptions {
  /** Metrics of other exporters that are kept, too. */
  readonly metrics?: ReadonlySet<string>
  /** Whose models of NodeOS are trained: what they are made of is kept then. @default 'off' */
  readonly nodeOs?: NodeOsMachines
  readonly folder: string
  /** Seconds that are kept. */
  readonly seconds: number
  /** Bytes that are kept; beyond them the oldest segments are removed earlier. */
  readonly maxBytes: number
  /** Seconds that one query covers, and that one file holds at most. */
  readonly interval: number
  /** Seconds between samples. */
  readonly step: number
  readonly logger?: Logger
}

/** A file of measurements, `<start>-<end>.json`. Both ends are inclusive, in unix seconds. */
export interface HistorySegment {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly bytes: number
  /** Where it was fetched by this process; else it takes a look at the file. */
  readonly samples?: number
}

/**
 * A bounded window of measurements on disk: saved responses of consecutive ranges of time. A range is fetched once,
 * except for the segment that is still growing, so after a restart or an outage of Prometheus only the missing time is
 * fetched.
 */
export interface History {
  readonly folder: string
  /** Ascending by time. */
  readonly segments: readonly HistorySegment[]
  /**
   * Fetches what is missing up to `now` (milliseconds) and removes what is too old.
   *
   * @throws ModelError as the client and `queryToFile` do; what was fetched before stays
   */
  catchUp(client: PrometheusClient, now: number, signal?: AbortSignal): Promise<void>
  /** Removes segments that cannot be read. */
  drop(paths: readonly string[]): Promise<void>
}

const fileName = /^(\d{1,12})-(\d{1,12})\.json$/

/** @throws ModelError `UNAVAILABLE` when the folder cannot be used */
export async function openHistory(options: HistoryOptions): Promise<History> {
  const { folder, interval, step, metrics = new Set(), nodeOs = 'off', logger = silentLogger } = options
  const also = nodeOs === 'off' ? metrics : new Set([...metrics, ...nodeOsTrainingMetrics(nodeOs)])
  let segments: readonly HistorySegment[]
  try {
    await makeFolder(folder)
    const found = await segmentsIn(folder)
    segments = withoutOverlap(found)
    for (const { path } of found)
      if (!segments.some((segment) => segment.path === path)) await rm(path, { force: true })
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `the history ${quote(folder)} cannot be used: ${messageOf(cause)}`, { cause })
  }
  /** Unix seconds up to which Prometheus was queried, whether or not it had data. */
  let askedUntil = 0

  async function fetchSegment(
    client: PrometheusClient,
    start: number,
    end: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const path = join(folder, `${start}-${end}.json`)
    const range = { start, end, step }
    const request = {
      metricPrefix: '',
      wants: (metric: string) =>
        also.has(metric) || isKeplerTrainingMetric(metric, 'container') || metric === realMeterMetric,
      range,
      identity: `${start}-${end}`,
    }
    let segment: HistorySegment
    try {
      const { samples } = await queryToFile(client, request, path, { resume: false, ...(signal && { signal }) })
      segment = { path, start, end, bytes: (await stat(path)).size, samples }
    } catch (error) {
      await rm(partialPathOf(path), { force: true })
      throw error
    }
    const replaced = segments.filter((other) => other.start === start && other.path !== path)
    const lost = await holdsMore(replaced, segment)
    if (lost === undefined) {
      segments = [...segments.filter((other) => other.start !== start), segment].sort((a, b) => a.start - b.start)
      for (const other of replaced) await rm(other.path, { force: true })
      return
    }
    // Prometheus no longer has all of it (retention): the file stays, and the next segment begins after it.
    await rm(path, { force: true })
    logger.warn({ from: start, until: lost.end }, 'Prometheus no longer has what it had; the kept measurements stay')
    if (lost.end + step < end) await fetchSegment(client, lost.end + step, end, signal)
  }

  async function removeOld(now: number): Promise<void> {
    // By the newest measurement where the clock is ahead of it, which may be wrong: then nothing would be left.
    const oldest = Math.min(now / 1000, segments.at(-1)?.end ?? 0) - options.seconds
    let bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0)
    const leaving: HistorySegment[] = []
    for (const segment of segments.slice(0, -1)) {
      if (segment.end >= oldest && bytes <= options.maxBytes) break
      leaving.push(segment)
      bytes -= segment.bytes
    }
    segments = segments.filter((segment) => !leaving.includes(segment))
    for (const { path } of leaving) await rm(path, { force: true })
  }

  return {
    folder,
    get segments() {
      return segments
    },
    async catchUp(client, now, signal) {
      // Before anything is fetched: a disk that is full of old segments has no room for new ones.
      await removeOld(now)
      // The last step is left out: its scrape may not be stored yet.
      const end = Math.floor((now / 1000 - step) / step) * step
      for (;;) {
        const start = nextStart(segments, askedUntil, end, options)
        if (start >= end) break
        // Segments of a time that lies ahead, since the clock was set back, are not written over.
        const ahead = segments.find((segment) => segment.start > start)?.start ?? Number.POSITIVE_INFINITY
        const until = Math.min(end, start + interval - step, ahead - step)
        if (until <= start) break
        try {
          await fetchSegment(client, start, until, signal)
        } catch (error) {
          if (!isEmpty(error)) throw error
          // No data in this range. Where the range is not over yet, more may come.
          if (until === end) break
        }
        // After each: what is missing after an outage may be many times what is kept.
        await removeOld(now)
        askedUntil = until
        if (until === end) break
      }
      await removeOld(now)
    },
    async drop(paths) {
      segments = segments.filter(({ path }) => !paths.includes(path))
      for (const path of paths) await rm(path, { force: true })
    },
  }
}

/** The start of the next query: that of a segment that is not full, else one step after the last query. */
function nextStart(
  segments: readonly HistorySegment[],
  askedUntil: number,
  end: number,
  { seconds, interval, step }: HistoryOptions,
): number {
  const oldest = Math.ceil((end - seconds) / step) * step
  // What was asked for, and what is there, of a time that lies ahead says nothing of the time before it.
  const asked = askedUntil > end ? 0 : askedUntil
  const last = segments.findLast(({ start }) => start < end)
  if (last === undefined || last.end < asked) return Math.max(oldest, asked === 0 ? 0 : asked + step)
  const full = last.end <= end && last.end - last.start + step >= interval
  return Math.max(oldest, full ? last.end + step : last.start)
}

/** The segment with more samples than the one that would replace it, if there is one. */
async function holdsMore(replaced: readonly HistorySegment[], by: HistorySegment): Promise<HistorySegment | undefined> {
  const samples = await samplesOf(by)
  for (const segment of replaced) if ((await samplesOf(segment)) > samples) return segment
  return undefined
}

/** Of a file that is not whole none. */
async function samplesOf({ path, samples }: HistorySegment): Promise<number> {
  if (samples !== undefined) return samples
  try {
    return (await readResponseFile(path, { tolerant: true, onSeries() {} })).samples
  } catch {
    return 0
  }
}

async function segmentsIn(folder: string): Promise<readonly HistorySegment[]> {
  const segments: HistorySegment[] = []
  for (const file of await readdir(folder)) {
    const path = join(folder, file)
    const match = fileName.exec(file)
    if (match) segments.push({ path, start: Number(match[1]), end: Number(match[2]), bytes: (await stat(path)).size })
    // Left by a process that was killed while it wrote.
    else if (/\.(partial|tmp)$/.test(file)) await rm(path, { force: true })
  }
  return segments
}

/** After a kill between writing a segment and removing the one that it replaces there are both: the longer one counts. */
function withoutOverlap(segments: readonly HistorySegment[]): readonly HistorySegment[] {
  const kept: HistorySegment[] = []
  for (const segment of [...segments].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (segment.start > (kept.at(-1)?.end ?? Number.NEGATIVE_INFINITY)) kept.push(segment)
  }
  return kept
}

function isEmpty(error: unknown): boolean {
  return error instanceof ModelError && error.reason === 'no_metrics'
}
