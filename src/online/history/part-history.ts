import { messageOf } from '../../core/errors.js'
import { allMeasurements, type Measurements, selecting } from '../../extract/measurements.js'
import { readResponseFile } from '../../prometheus/read.js'
import { type SeriesStore, type SeriesStoreOptions, seriesStore } from './series-store.js'

export interface DamagedFile {
  readonly path: string
  readonly why: string
}

/** Measurements of many machines, of which those of a few are in memory. Owns a file: close its store. */
export interface PartedHistory {
  readonly store: SeriesStore
  /** Every metric that any file names. */
  readonly metrics: ReadonlySet<string>
  /** Files that are not responses, e.g. after a disk error. They are left out. */
  readonly damaged: readonly DamagedFile[]
}

export interface PartHistoryOptions extends SeriesStoreOptions {
  /** @default all */
  readonly measurements?: Pick<Measurements, 'select' | 'meters'>
}

/**
 * Reads saved responses, in the order of their times, into a store by scrape target: each file once, from its begin to its
 * end, however many machines are in it.
 *
 * @throws ModelError `UNAVAILABLE` when the store cannot be written
 */
export async function partHistory(
  paths: readonly string[],
  { measurements = allMeasurements, ...options }: PartHistoryOptions,
): Promise<PartedHistory> {
  const store = seriesStore(options)
  const metrics = new Set<string>()
  const damaged: DamagedFile[] = []
  let failure: unknown
  const onSeries: SeriesStore['add'] = (...series) => {
    try {
      store.add(...series)
    } catch (error) {
      // Of the store, and not of the file that is read.
      failure = error
      throw error
    }
  }
  try {
    for (const path of paths) {
      store.beginPart()
      try {
        const read = await readResponseFile(path, { tolerant: true, ...selecting(measurements), onSeries })
        for (const metric of read.metrics.keys()) metrics.add(metric)
      } catch (error) {
        if (failure !== undefined) throw failure
        store.dropPart()
        damaged.push({ path, why: messageOf(error) })
      }
    }
    return { store, metrics, damaged }
  } catch (error) {
    store.close()
    throw error
  }
}
