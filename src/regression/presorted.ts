import type { Matrix } from '../numeric/matrix.js'

/** Samples column by column in 32-bit floats, and for each column the rows in ascending order of its values. */
export interface PresortedColumns {
  readonly rows: number
  readonly cols: number
  /** Value of (row i, column j) at `j * rows + i`. */
  readonly values: Float32Array
  /** Rows of column j, lowest value first, from `j * rows` on; equal values in the order of the rows. */
  readonly order: Int32Array
}

/** Trees look at sorted columns over and over: sorting happens once per fit. */
export function presort(x: Matrix): PresortedColumns {
  const { rows, cols, data } = x
  const values = new Float32Array(rows * cols)
  // Adding 0 turns -0 into 0: they are equal, and their bits must be too.
  for (let i = 0, k = 0; i < rows; i++) for (let j = 0; j < cols; j++, k++) values[j * rows + i] = data[k]! + 0
  const order = new Int32Array(rows * cols)
  for (let j = 0; j < cols; j++) sortColumn(values.subarray(j * rows, (j + 1) * rows), order.subarray(j * rows))
  return { rows, cols, values, order }
}

/** Rows that fit beside a value's 32 bits into the 53 of a double. */
const packable = 2 ** 21

function sortColumn(values: Float32Array, order: Int32Array): void {
  const rows = values.length
  if (rows > packable) {
    for (let i = 0; i < rows; i++) order[i] = i
    order.subarray(0, rows).sort((a, b) => values[a]! - values[b]!)
    return
  }
  // A float's bits, sign turned, ascend with its value; with the row behind them a plain numeric sort is stable.
  const bits = new Uint32Array(values.slice().buffer)
  const keys = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const word = bits[i]!
    keys[i] = ((word & 0x80000000) !== 0 ? ~word >>> 0 : (word | 0x80000000) >>> 0) * packable + i
  }
  keys.sort()
  for (let i = 0; i < rows; i++) order[i] = keys[i]! % packable
}

/** Working copy of the orders in which a node's rows are a range, the same in every column. */
export interface RowRanges {
  readonly order: Int32Array
  /** Back to one range with all rows. */
  reset(): void
  /**
   * Makes two ranges of start .. end: the first `below` rows of column `by`, then the others, each still sorted in
   * every column.
   */
  divide(by: number, start: number, end: number, below: number): void
}

export function rowRanges({ rows, cols, order: sorted }: PresortedColumns): RowRanges {
  const order = sorted.slice()
  const goesBelow = new Uint8Array(rows)
  const rest = new Int32Array(rows)
  return {
    order,
    reset: () => order.set(sorted),
    divide(by, start, end, below) {
      const middle = start + below
      for (let k = start; k < end; k++) goesBelow[order[by * rows + k]!] = k < middle ? 1 : 0
      for (let j = 0; j < cols; j++) {
        if (j === by) continue
        const last = j * rows + end
        let write = j * rows + start
        let kept = 0
        for (let k = write; k < last; k++) {
          const row = order[k]!
          // Both are written and one pointer moves: no branch to mispredict.
          const flag = goesBelow[row]!
          order[write] = row
          rest[kept] = row
          write += flag
          kept += 1 - flag
        }
        for (let k = 0; k < kept; k++) order[write + k] = rest[k]!
      }
    },
  }
}
