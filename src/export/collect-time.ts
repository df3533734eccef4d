import type { PipelineStore } from '../registry/store/pipeline-store.js'

/** `2024-08-14 07:11:03`, as the model database writes times. */
export function databaseTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')
}

/** The paths of the datasets that a pipeline was trained on, where it keeps them. */
export function rawDataOf(store: PipelineStore): readonly string[] {
  return [...store.list()].filter((path) => /^preprocessed_data\/[^/]+\.csv$/.test(path)).sort()
}

/** Characters of a dataset in which its header and first row are. */
const headLength = 64 * 1024
/** Times before the turn of the century are counters of rows, not dates. */
const earliest = 946_684_800

/** When the earliest row of a pipeline's datasets was measured; `undefined` where they are not there, or have no times. */
export function collectTimeOf(store: PipelineStore): string | undefined {
  const times = rawDataOf(store).flatMap((path) => firstTime(store.read(path)) ?? [])
  return times.length === 0 ? undefined : databaseTime(1000 * Math.min(...times))
}

/** Rows are in the order of time. */
function firstTime(csv: Uint8Array): number | undefined {
  const [header = '', row = ''] = Buffer.from(csv.subarray(0, headLength)).toString('utf8').split(/\r?\n/)
  const column = header.split(',').indexOf('timestamp')
  const time = column < 0 ? Number.NaN : Number(row.split(',')[column])
  return time >= earliest && time < 1e11 ? time : undefined
}
