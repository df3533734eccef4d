import { stepTowards } from './active-set.js'
import { pivotedQr } from './householder.js'
import { expectLength, type Matrix } from './matrix.js'

/**
 * The w >= 0 that minimises |x w - y|: Lawson and Hanson's active set (Solving Least Squares Problems, chapter 23),
 * which is also what `scipy.optimize.nnls` runs. An orthogonal reduction to a square triangle comes first, so each
 * further step costs cols^3 at most and nothing per row.
 *
 * A column enters only when it is numerically independent of those already in and its weight comes out positive;
 * each change then lowers the error, so no set of columns is met twice. Rounding could still break that: after
 * 3 cols rounds the best weights so far are the answer.
 *
 * @throws ModelError `SHAPE_MISMATCH` when `y` has another length than `x` has rows
 */
export function nonNegativeLeastSquares(x: Matrix, y: ArrayLike<number>): Float64Array {
  expectLength('targets', y.length, x.rows)
  const { a, b, rows } = reduceToTriangle(x, y)
  const cols = x.cols
  const weights = new Float64Array(cols)
  let active: number[] = []

  for (let round = 0; round < 3 * cols; round++) {
    const gain = descent(a, b, weights, rows, cols)
    for (const j of active) gain[j] = 0
    const entered = enter(a, b, rows, active, gain)
    if (!entered) break
    active = entered.active
    let solution = entered.solution
    // Move towards the solution of the larger set until a weight reaches zero, and remove that column from the set.
    while (solution.some((weight) => weight <= 0)) {
      const leaving = stepTowards(weights, active, solution)
      active = active.filter((j) => !leaving.has(j))
      solution = solve(a, b, rows, active).solution
    }
    active.forEach((j, k) => {
      weights[j] = solution[k]!
    })
  }
  return weights
}

/** A square problem with the same answer; columns by columns. */
function reduceToTriangle(x: Matrix, y: ArrayLike<number>): { a: Float64Array; b: Float64Array; rows: number } {
  const { rows, cols } = x
  const data = new Float64Array(rows * cols)
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) data[j * rows + i] = x.data[i * cols + j]!
  const { r, qtb } = pivotedQr({ rows, cols, data }, Float64Array.from(y), false)
  const a = new Float64Array(qtb.length * cols)
  for (let i = 0; i < qtb.length; i++) for (let j = i; j < cols; j++) a[j * qtb.length + i] = r[i * cols + j]!
  return { a, b: qtb, rows: qtb.length }
}

/** a'(b - a w): how much each column still helps. */
function descent(a: Float64Array, b: Float64Array, weights: Float64Array, rows: number, cols: number): Float64Array {
  const residual = b.slice()
  for (let j = 0; j < cols; j++) {
    if (weights[j] !== 0) for (let i = 0; i < rows; i++) residual[i]! -= weights[j]! * a[j * rows + i]!
  }
  const gain = new Float64Array(cols)
  for (let j = 0; j < cols; j++) for (let i = 0; i < rows; i++) gain[j]! += a[j * rows + i]! * residual[i]!
  return gain
}

interface Entered {
  readonly active: number[]
  readonly solution: Float64Array
}

/** The set with the most helpful column that may enter, or undefined when none may: then the weights are optimal. */
function enter(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  active: readonly number[],
  gain: Float64Array,
): Entered | undefined {
  for (;;) {
    let best = -1
    for (let j = 0; j < gain.length; j++) if (gain[j]! > 0 && (best < 0 || gain[j]! > gain[best]!)) best = j
    if (best < 0 || active.length >= rows) return undefined
    const wider = [...active, best]
    const { solution, independent } = solve(a, b, rows, wider)
    if (independent && solution[active.length]! > 0) return { active: wider, solution }
    gain[best] = 0
  }
}

/** Least squares on the chosen columns alone, and whether the last of them is independent of the others. */
function solve(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  chosen: readonly number[],
): { solution: Float64Array; independent: boolean } {
  const count = chosen.length
  const data = new Float64Array(rows * count)
  chosen.forEach((j, k) => {
    data.set(a.subarray(j * rows, (j + 1) * rows), k * rows)
  })
  const { r, qtb } = pivotedQr({ rows, cols: count, data }, b.slice(), false)
  const last = count - 1
  let above = 0
  for (let i = 0; i < last; i++) above += r[i * count + last]! ** 2
  above = Math.sqrt(above)
  const own = Math.abs(r[last * count + last] ?? 0)
  // Lawson and Hanson's test: the part of the column that is independent must not vanish in rounding next to the rest.
  const independent = count === 0 || above + own * 0.01 > above
  const solution = new Float64Array(count)
  for (let i = count - 1; i >= 0; i--) {
    let sum = qtb[i]!
    for (let j = i + 1; j < count; j++) sum -= r[i * count + j]! * solution[j]!
    solution[i] = r[i * count + i] === 0 ? 0 : sum / r[i * count + i]!
  }
  return { solution, independent }
}
