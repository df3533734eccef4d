import { ModelError } from '../core/errors.js'
import type { Findings } from './findings.js'
import { type ImpossibleRow, impossibleRows } from './impossible.js'
import type { MeasuredRows } from './measured-rows.js'
import { type RowClock, rowsWhere } from './row-clock.js'

/** More of the rows than this are not left out: then it is the meter that is wrong, not a row. */
const mostLeftOut = { share: 0.1, rows: 3 }

/**
 * The rows without those that no machine can have measured; they are counted in `findings`, the first of them with its
 * time and value.
 *
 * @throws ModelError `INVALID_DATA` when they are many
 */
export function leaveOutImpossible(measured: MeasuredRows, findings: Findings): RowClock {
  const { rows, power, usages, rates } = measured
  const usage = rates.map((values, i) => ({ name: usages[i]!.feature, values }))
  const found = impossibleRows(power.columns, usage)
  const [first] = found
  if (first === undefined) return rows
  const count = found.length
  if (count > mostLeftOut.rows && count > mostLeftOut.share * rows.seen.length) {
    throw new ModelError(
      'INVALID_DATA',
      `${count} of ${rows.seen.length} rows cannot be: ${described(first, rows)}; look at the meter`,
      { field: first.column },
    )
  }
  for (const row of found) findings.add('impossible value', row.column, 1, described(row, rows))
  const out = new Set(found.map(({ row }) => row))
  return rowsWhere(rows, (row) => !out.has(row))
}

function described({ row, column, value, why }: ImpossibleRow, { seen }: RowClock): string {
  const time = new Date(seen[row]! * 1000).toISOString()
  return `${column} ${Number(value.toPrecision(6))} at ${time}: ${why}`
}
