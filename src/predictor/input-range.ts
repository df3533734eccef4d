/** Which values of a feature a model has seen, and which a machine could have. Units are the feature's, per second. */
export interface InputRange {
  readonly feature: string
  /** Smallest and largest value in training. */
  readonly lower: number
  readonly upper: number
  /** Values below 0 and above this cannot be: they are replaced by the nearest that can. */
  readonly limit: number
}

/** A value outside the range of training. */
export interface OutsideInput {
  readonly row: number
  readonly feature: string
  readonly value: number
  readonly lower: number
  readonly upper: number
  /** How far outside, as a share of the width of the range. */
  readonly by: number
  /** The value that was used instead, where the given one cannot be; absent otherwise. */
  readonly clampedTo?: number
}

/** Rows as a model may take them. */
export interface CheckedInputs {
  /** The given rows themselves where no value was replaced. */
  readonly rows: readonly (readonly number[])[]
  readonly outside: readonly OutsideInput[]
}

/** Times the largest value in training that is taken for possible where the machine's spec says nothing. */
export const defaultLimit = 10

/** Rounding of raw features to text and back is no value outside. */
const tolerance = 1e-9

/**
 * Compares rows with the ranges of training. Columns are found by name; values that are not finite numbers are left to
 * the model, which refuses them.
 */
export function checkInputs(
  ranges: readonly InputRange[],
  metrics: readonly string[],
  rows: readonly (readonly number[])[],
): CheckedInputs {
  const columns = ranges.map(({ feature }) => metrics.indexOf(feature))
  const outside: OutsideInput[] = []
  let checked: (readonly number[])[] | undefined
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!
    let clamped: number[] | undefined
    for (let j = 0; j < ranges.length; j++) {
      const column = columns[j]!
      const value = column < 0 ? Number.NaN : row[column]
      const range = ranges[j]!
      const { lower, upper } = range
      if (value === undefined || !Number.isFinite(value)) continue
      const beyond = value > upper ? value - upper : lower - value
      if (beyond <= tolerance * Math.max(Math.abs(lower), Math.abs(upper))) continue
      const possible = Math.min(Math.max(value, 0), range.limit)
      const found = { row: i, feature: range.feature, value, lower, upper, by: beyond / widthOf(range) }
      if (possible === value) {
        outside.push(found)
        continue
      }
      outside.push({ ...found, clampedTo: possible })
      clamped ??= [...row]
      clamped[column] = possible
    }
    if (clamped !== undefined) {
      checked ??= [...rows]
      checked[i] = clamped
    }
  }
  return { rows: checked ?? rows, outside }
}

/** How far each row's used values lie outside, in widths of the range: the largest of its features; 0 inside. */
export function distancesOutside(rows: number, outside: readonly OutsideInput[]): Float64Array {
  const distances = new Float64Array(rows)
  for (const { row, lower, upper, by, clampedTo } of outside) {
    const used =
      clampedTo === undefined ? by : Math.max(clampedTo - upper, lower - clampedTo, 0) / widthOf({ lower, upper })
    distances[row] = Math.max(distances[row]!, Math.min(used, maxDistance))
  }
  return distances
}

/** The width of a range, in which distances from it are measured; never 0. */
export function widthOf({ lower, upper }: Pick<InputRange, 'lower' | 'upper'>): number {
  return upper - lower || upper || 1
}

/** Beyond this many widths nothing more is said: the interval stays finite whatever was given. */
export const maxDistance = 1e6
