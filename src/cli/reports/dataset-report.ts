import { counted } from '../../core/counted.js'
import type { Dataset } from '../../extract/dataset.js'
import type { Finding } from '../../extract/findings.js'
import { mean } from '../../numeric/matrix.js'
import { type CliIo, writeLines, writeNotes } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'

/** The range and mean of a column. */
export interface ColumnSummary {
  readonly column: string
  readonly lowest: number
  readonly mean: number
  readonly highest: number
}

export interface DatasetSummary {
  readonly rows: number
  readonly from: number
  readonly to: number
  readonly containers: number
  readonly nodeTypes: readonly number[]
  readonly columns: readonly ColumnSummary[]
}

export function summariseDataset(dataset: Dataset): DatasetSummary {
  const { rows, timestamps, containerIds, nodeTypes } = dataset
  return {
    rows,
    from: timestamps[0] ?? 0,
    to: timestamps[rows - 1] ?? 0,
    containers: new Set(containerIds).size,
    nodeTypes: [...new Set(nodeTypes)].sort((a, b) => a - b),
    columns: [...dataset.features, ...dataset.powers].map(({ name, values }) => ({
      column: name,
      lowest: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      mean: mean(values),
      highest: values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    })),
  }
}

/** Reports the number of rows, the range of time, and the range of each column. */
export function writeDatasetSummary(io: CliIo, { rows, from, to, columns }: DatasetSummary): void {
  writeNotes(io, [`${counted(rows, 'row')} from ${timeText(from)} to ${timeText(to)}`, ''])
  writeTable(
    io.stdout,
    [
      { title: 'COLUMN' },
      { title: 'LOWEST', align: 'right' },
      { title: 'MEAN', align: 'right' },
      { title: 'HIGHEST', align: 'right' },
    ],
    columns.map((c) => [c.column, short(c.lowest), short(c.mean), short(c.highest)]),
  )
}

/** Writes findings about the data to stderr, one line for each metric and kind. */
export function warnOfFindings(io: CliIo, findings: readonly Finding[]): void {
  writeLines(
    io.stderr,
    findings.map(
      ({ metric, kind, count, example, effect }) =>
        `warning: ${metric}: ${count} × ${kind} (${effect}), first ${example}`,
    ),
  )
}

export function timeText(seconds: number): string {
  const time = new Date(seconds * 1000)
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString().replace('.000Z', 'Z')
}

/** Six significant digits without exponents where that is readable. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '-'
  return Math.abs(value) >= 1e6 ? value.toExponential(3) : String(Number(value.toPrecision(6)))
}
