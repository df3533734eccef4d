import { datasetTable } from '../../extract/dataset-table.js'
import type { Isolation } from '../../isolate/isolator.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { csvChunks } from '../../table/csv-write.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'
import { summariseDataset, warnOfFindings, writeDatasetSummary } from './dataset-report.js'

/** Writes an isolated dataset and a report of it. */
export async function writeIsolation(
  io: CliIo,
  path: string,
  { dataset, notes, findings }: Isolation,
  json = false,
): Promise<void> {
  warnOfFindings(io, findings)
  await writeFileAtomic(path, csvChunks(datasetTable(dataset)))
  const summary = summariseDataset(dataset)
  if (json) return writeJson(io.stdout, { files: [path], ...summary, notes })
  writeNotes(io, [...notes, ''])
  writeDatasetSummary(io, summary)
  writeNotes(io, ['', `written to ${path}`])
}
