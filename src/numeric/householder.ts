/** Columns one after another: entry (i, j) stands at `data[j * rows + i]`. Factorisations walk down columns. */
export interface Columns {
  readonly rows: number
  readonly cols: number
  readonly data: Float64Array
}

/** Euclidean length of `count` entries from `from` on; scaled only where squares would over- or underflow. */
export function lengthOf(values: Float64Array, from = 0, count = values.length): number {
  let sum = 0
  const end = from + count
  for (let i = from; i < end; i++) sum += values[i]! * values[i]!
  if (sum > 1e-280 && sum < 1e280) return Math.sqrt(sum)
  let largest = 0
  for (let i = from; i < end; i++) largest = Math.max(largest, Math.abs(values[i]!))
  if (largest === 0 || !Number.isFinite(largest)) return Number.isNaN(sum) ? Number.NaN : largest
  sum = 0
  for (let i = from; i < end; i++) sum += (values[i]! / largest) ** 2
  return largest * Math.sqrt(sum)
}

/** Dot product of two windows of `values`, in four interleaved sums: one waits for each addition, four do not. */
export function dotOf(values: Float64Array, a: number, b: number, count: number): number {
  let sum0 = 0
  let sum1 = 0
  let sum2 = 0
  let sum3 = 0
  let i = 0
  for (; i + 3 < count; i += 4) {
    sum0 += values[a + i]! * values[b + i]!
    sum1 += values[a + i + 1]! * values[b + i + 1]!
    sum2 += values[a + i + 2]! * values[b + i + 2]!
    sum3 += values[a + i + 3]! * values[b + i + 3]!
  }
  for (; i < count; i++) sum0 += values[a + i]! * values[b + i]!
  return sum0 + sum1 + (sum2 + sum3)
}

/** R of a pivoted QR, and the right-hand side turned with it. */
export interface PivotedQr {
  /** Upper triangle of size k x cols, k = min(rows, cols), stored by rows: entry (i, j) at `i * cols + j`. */
  readonly r: Float64Array
  /** Which original column stands at each place of R. */
  readonly pivots: Int32Array
  /** The first k entries of Q' b. */
  readonly qtb: Float64Array
  /** Euclidean lengths of the columns before anything was done to them, in their original order. */
  readonly lengths: Float64Array
}

/**
 * Householder QR with column pivoting: the longest remaining column comes next, so that the diagonal of R falls and
 * near-dependent columns end up last (Golub and Van Loan, 5.4.2). Overwrites `a` and `b`.
 */
export function pivotedQr(a: Columns, b: Float64Array, pivot = true): PivotedQr {
  const { rows, cols, data } = a
  const steps = Math.min(rows, cols)
  const pivots = Int32Array.from({ length: cols }, (_, j) => j)
  const lengths = new Float64Array(cols)
  const reference = new Float64Array(cols)
  const r = new Float64Array(steps * cols)
  for (let j = 0; j < cols; j++) {
    lengths[j] = lengthOf(data, j * rows, rows)
    reference[j] = lengths[j]!
  }
  const original = lengths.slice()
  // Columns are not moved: `pivots` says which one comes next.
  for (let k = 0; k < steps; k++) {
    if (pivot) {
      let longest = k
      for (let j = k + 1; j < cols; j++) if (lengths[pivots[j]!]! > lengths[pivots[longest]!]!) longest = j
      const swapped = pivots[k]!
      pivots[k] = pivots[longest]!
      pivots[longest] = swapped
    }
    const head = pivots[k]! * rows
    let norm = lengthOf(data, head + k, rows - k)
    if (norm === 0) continue
    if (data[head + k]! > 0) norm = -norm
    // v = (column - norm e_k) / -norm, so that H = I - v v' / v_k.
    for (let i = k; i < rows; i++) data[head + i]! /= -norm
    data[head + k]! += 1
    r[k * cols + k] = norm
    const first = data[head + k]!
    for (let j = k + 1; j < cols; j++) {
      const column = pivots[j]!
      const top = column * rows
      const step = dotOf(data, head + k, top + k, rows - k) / first
      for (let i = k; i < rows; i++) data[top + i]! -= step * data[head + i]!
      if (!pivot) continue
      // Downdate the remaining length of the column; recompute it when cancellation has lost its significant digits.
      const share = lengths[column]! === 0 ? 0 : data[top + k]! / lengths[column]!
      lengths[column]! *= Math.sqrt(Math.max(0, 1 - share * share))
      if (0.05 * (lengths[column]! / reference[column]!) ** 2 <= Number.EPSILON) {
        lengths[column] = lengthOf(data, top + k + 1, rows - k - 1)
        reference[column] = lengths[column]!
      }
    }
    let sum = 0
    for (let i = k; i < rows; i++) sum += data[head + i]! * b[i]!
    const step = sum / first
    for (let i = k; i < rows; i++) b[i]! -= step * data[head + i]!
  }
  for (let k = 0; k < steps; k++) for (let j = k + 1; j < cols; j++) r[k * cols + j] = data[pivots[j]! * rows + k]!
  return { r, pivots, qtb: b.slice(0, steps), lengths: original }
}
