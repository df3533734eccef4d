import { quantile } from '../numeric/quantile.js'
import { type RowClock, rowsWhere } from './row-clock.js'

/** A deviation by less than this share is not worth a row. */
const leastDeviation = 0.04
/** Columns deviate alike when they differ by at most this part of the deviation. */
const alike = 0.1
/** Columns that must tell the same; fewer may do so by chance. */
const leastColumns = 3
/** Rows on either side that a pair is compared with. */
const neighbours = 5

/**
 * Joins pairs of neighbouring rows of which one is too long and the other too short: a scrape came late, or the one that a
 * step should have seen was lost. Then all that was measured looks higher in one row and lower in the other, by the same
 * factor, and together they are as before and after; a change of load does not do that, since power does not start at 0
 * and not all usage changes alike. The joined row is right in any case: it is the mean over both.
 *
 * @param power watts of each component in each row
 * @param usage each feature in each row
 * @returns the same rows where there is no such pair
 */
export function joinMistimed(rows: RowClock, power: readonly Float64Array[], usage: readonly Float64Array[]): RowClock {
  const { seen, from, to } = rows
  const joined = new Uint8Array(seen.length)
  const moves = (column: Float64Array) => column.some((value) => value > 0)
  const columns = [...power.filter(moves), ...usage.filter(moves)]
  if (columns.length < leastColumns) return rows
  const first = columns[0]!
  for (let i = 0; i + 1 < seen.length; i++) {
    if (from[i + 1] !== to[i] || joined[i] === 1) continue
    const deviationOf = (column: Float64Array) => column[i]! / meanOver(rows, column, i) - 1
    const deviation = deviationOf(first)
    const same = (column: Float64Array) => Math.abs(deviationOf(column) - deviation) < alike * Math.abs(deviation)
    if (Math.abs(deviation) > leastDeviation && columns.every(same) && isInLine(rows, first, i, deviation)) {
      joined[i + 1] = 1
    }
  }
  if (!joined.includes(1)) return rows
  // The second row of a pair begins where the first one did.
  const begins = from.map((time, i) => (joined[i] === 1 ? from[i - 1]! : time))
  return rowsWhere({ seen, from: begins, to }, (i) => joined[i + 1] !== 1)
}

/** The mean of rows `i` and `i + 1`, by their seconds. */
function meanOver({ from, to }: RowClock, values: Float64Array, i: number): number {
  const first = to[i]! - from[i]!
  const second = to[i + 1]! - from[i + 1]!
  return (values[i]! * first + values[i + 1]! * second) / (first + second)
}

/** Whether the mean of the pair is as the rows around it are, within half of what the pair itself is apart. */
function isInLine(rows: RowClock, power: Float64Array, i: number, deviation: number): boolean {
  const around = power.subarray(Math.max(0, i - neighbours), i + 2 + neighbours)
  return Math.abs(quantile(around, 0.5) / meanOver(rows, power, i) - 1) < Math.abs(deviation) / 2 + leastDeviation
}
