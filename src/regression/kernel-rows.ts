import type { Matrix } from '../numeric/matrix.js'

/** Rows of the kernel matrix, computed when asked for and kept while there is room. */
export interface KernelRows {
  readonly count: number
  /** Row `i`, to be read before the next call but one: it may then be thrown out. */
  row(i: number): Float64Array
}

/** Bytes of kernel rows that are kept: all of them up to 4000 samples. */
const roomFor = 128 * 2 ** 20

/** `e^(-gamma |a - b|^2)` between each two samples; the row that was asked for longest ago goes first. */
export function kernelRows(x: Matrix, gamma: number): KernelRows {
  const { rows: count, cols, data } = x
  const most = Math.max(2, Math.floor(roomFor / (8 * count)))
  const kept = new Map<number, Float64Array>()
  const crowded = count > most

  function compute(i: number, row: Float64Array): void {
    const own = i * cols
    for (let t = 0, at = 0; t < count; t++) {
      let distance = 0
      for (let j = 0; j < cols; j++, at++) {
        const difference = data[own + j]! - data[at]!
        distance += difference * difference
      }
      row[t] = Math.exp(-gamma * distance)
    }
  }

  return {
    count,
    row(i) {
      let row = kept.get(i)
      if (row) {
        if (crowded) {
          kept.delete(i)
          kept.set(i, row)
        }
        return row
      }
      if (kept.size >= most) {
        const [oldest, memory] = kept.entries().next().value!
        kept.delete(oldest)
        row = memory
      } else {
        row = new Float64Array(count)
      }
      compute(i, row)
      kept.set(i, row)
      return row
    },
  }
}
