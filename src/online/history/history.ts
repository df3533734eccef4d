import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { type Logger, silentLogger } from '../../runtime/ports.js'
import { isTrainingMetric } from '../../extract/metrics.js'
import type { PrometheusClient } from '../../prometheus/client.js'
import { partialPathOf, queryToFile } from '../../prometheus/query.js'
import { readHistory } from './read-history.js'

export interface HistoryOptions {
  readonly folder: string
  /** Seconds that are kept. */
  readonly seconds: number
  /** Bytes that are kept; beyond them the oldest leave earlier. */
  readonly maxBytes: number
  /** Seconds that one query covers, and that one file holds at most. */
  readonly interval: number
  /** Seconds between samples. */
  readonly step: number
  readonly logger?: Logger
}

/** A file of measurements. Both ends are included, in unix seconds. */
export interface Piece {
  readonly path: string
  readonly start: number
  readonly end: number
  readonly bytes: number
}

/**
 * A bounded window of measurements on disk: saved responses of one window of time each, `<start>-<end>.json`. What has
 * been fetched is never fetched again, except for the piece that is still growing; so a restart, or a Prometheus that was
 * away, costs only the time that nobody measured.
 */
export interface History {
  /** Ascending by time. */
  readonly pieces: readonly Piece[]
  /**
   * Fetches what is missing up to `now` (milliseconds) and lets go of what is too old.
   *
   * @throws ModelError as the client and `queryToFile` do; what had been fetched by then stays
   */
  catchUp(client: PrometheusClient, now: number, signal?: AbortSignal): Promise<void>
  /** Removes pieces that cannot be read. */
  drop(paths: readonly string[]): Promise<void>
}

const fileName = /^(\d{1,12})-(\d{1,12})\.json$/

/** @throws ModelError `UNAVAILABLE` when the folder cannot be used */
export async function openHistory(options: HistoryOptions): Promise<History> {
  const { folder, interval, step, logger = silentLogger } = options
  let pieces: readonly Piece[]
  try {
    await mkdir(folder, { recursive: true })
    const found = await piecesIn(folder)
    pieces = withoutOverlap(found)
    for (const { path } of found) if (!pieces.some((piece) => piece.path === path)) await rm(path, { force: true })
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `the history ${quote(folder)} cannot be used: ${messageOf(cause)}`, { cause })
  }
  /** Up to where Prometheus was asked, also where it had nothing. */
  let askedUntil = 0

  async function fetchPiece(client: PrometheusClient, start: number, end: number, signal?: AbortSignal): Promise<void> {
    const path = join(folder, `${start}-${end}.json`)
    const range = { start, end, step }
    const request = {
      metricPrefix: 'kepler_',
      wants: (metric: string) => isTrainingMetric(metric, 'container'),
      range,
      identity: `${start}-${end}`,
    }
    try {
      await queryToFile(client, request, path, { resume: false, ...(signal && { signal }) })
    } catch (error) {
      await rm(partialPathOf(path), { force: true })
      throw error
    }
    const piece = { path, start, end, bytes: (await stat(path)).size }
    const replaced = pieces.filter((other) => other.start === start && other.path !== path)
    const lost = await holdsMore(replaced, piece)
    if (lost === undefined) {
      pieces = [...pieces.filter((other) => other.start !== start), piece].sort((a, b) => a.start - b.start)
      for (const other of replaced) await rm(other.path, { force: true })
      return
    }
    // Prometheus has forgotten what was there: what we have stays, and the next piece begins behind it.
    await rm(path, { force: true })
    logger.warn({ from: start, until: lost.end }, 'Prometheus no longer has what it had; the kept measurements stay')
    if (lost.end + step < end) await fetchPiece(client, lost.end + step, end, signal)
  }

  async function letGo(now: number): Promise<void> {
    const oldest = now / 1000 - options.seconds
    let bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0)
    const leaving: Piece[] = []
    for (const piece of pieces.slice(0, -1)) {
      if (piece.end >= oldest && bytes <= options.maxBytes) break
      leaving.push(piece)
      bytes -= piece.bytes
    }
    pieces = pieces.filter((piece) => !leaving.includes(piece))
    for (const { path } of leaving) await rm(path, { force: true })
  }

  return {
    get pieces() {
      return pieces
    },
    async catchUp(client, now, signal) {
      // First, since a disk that is full of them would never take what is new.
      await letGo(now)
      // A scrape of this very moment may not be in Prometheus yet.
      const end = Math.floor((now / 1000 - step) / step) * step
      for (;;) {
        const start = nextStart(pieces.at(-1), askedUntil, end, options)
        if (start >= end) break
        const until = Math.min(end, start + interval - step)
        try {
          await fetchPiece(client, start, until, signal)
        } catch (error) {
          if (!isEmpty(error)) throw error
          // Nobody measured then. Of a piece that is not over yet more may come.
          if (until === end) break
        }
        askedUntil = until
        if (until === end) break
      }
      await letGo(now)
    },
    async drop(paths) {
      pieces = pieces.filter(({ path }) => !paths.includes(path))
      for (const path of paths) await rm(path, { force: true })
    },
  }
}

/** Where the next query begins: at the begin of a piece that is not full, else behind what was asked, on the grid. */
function nextStart(
  last: Piece | undefined,
  askedUntil: number,
  end: number,
  { seconds, interval, step }: HistoryOptions,
): number {
  const oldest = Math.ceil((end - seconds) / step) * step
  if (last === undefined || last.end < askedUntil) return Math.max(oldest, askedUntil === 0 ? 0 : askedUntil + step)
  const full = last.end - last.start + step >= interval
  return Math.max(oldest, full ? last.end + step : last.start)
}

/** The piece that has more than the one that would replace it, if there is one. */
async function holdsMore(replaced: readonly Piece[], by: Piece): Promise<Piece | undefined> {
  if (replaced.length === 0) return undefined
  const samplesOf = async (piece: Piece) => (await readHistory([piece.path])).response.samples
  const samples = await samplesOf(by)
  for (const piece of replaced) if ((await samplesOf(piece)) > samples) return piece
  return undefined
}

async function piecesIn(folder: string): Promise<readonly Piece[]> {
  const pieces: Piece[] = []
  for (const file of await readdir(folder)) {
    const path = join(folder, file)
    const match = fileName.exec(file)
    if (match) pieces.push({ path, start: Number(match[1]), end: Number(match[2]), bytes: (await stat(path)).size })
    // Of a program that was killed while it wrote.
    else if (/\.(partial|tmp)$/.test(file)) await rm(path, { force: true })
  }
  return pieces
}

/** A kill between writing a piece and removing the one that it replaces leaves both: the longer one counts. */
function withoutOverlap(pieces: readonly Piece[]): readonly Piece[] {
  const sorted = [...pieces].sort((a, b) => a.start - b.start || b.end - a.end)
  return sorted.filter((piece, i) => !sorted.slice(0, i).some((other) => other.end >= piece.start))
}

function isEmpty(error: unknown): boolean {
  return error instanceof ModelError && error.reason === 'no_metrics'
}
