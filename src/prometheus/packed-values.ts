/** Bytes of a packed change; 0 where all changes are the same. */
type Width = 0 | 1 | 2 | 4

/**
 * How numbers stand in few bytes: as whole numbers of a decimal unit, of which the first is kept and then what each
 * changes by, less the smallest change. A counter of 3,000 samples grows by at most some hundred units between two of
 * them, and takes one or two bytes a sample where a `Float64Array` takes eight.
 */
export interface Packing {
  /** Units in one: a power of ten. */
  readonly scale: number
  /** In units. */
  readonly first: number
  readonly least: number
  readonly width: Width
  readonly count: number
}

/** Beyond these a double does not have all whole numbers, nor their differences. */
const largestUnits = 2 ** 52
const scales = [1, 10, 100, 1000, 1e4, 1e5, 1e6]

/**
 * The packing that gives back exactly these numbers; `undefined` where there is none.
 *
 * @param changes takes what each number changes by, in units, for {@link pack}; as long as `values` at least
 */
export function packingOf(values: Float64Array, changes: Float64Array): Packing | undefined {
  const count = values.length
  // Text of few decimals is read as its digits divided by a power of ten.
  for (const scale of scales) {
    const first = Math.round((values[0] ?? 0) * scale)
    const ends = changesOf(values, scale, changes)
    if (ends === 'too large') return undefined
    if (ends === 'finer') continue
    const [least, most] = count < 2 ? [0, 0] : ends
    const width = widthOf(most - least)
    return width === undefined ? undefined : { scale, first, least, width, count }
  }
  return undefined
}

/** The bytes that a packing needs. */
export function packedBytes({ width, count }: Packing): number {
  return width * Math.max(0, count - 1)
}

/** Writes changes to `buffer` from `at`, a multiple of four. */
export function pack(changes: Float64Array, { least, width, count }: Packing, buffer: ArrayBuffer, at: number): void {
  if (width === 0) return
  const packed = changesIn(width, buffer, at, count)
  for (let i = 1; i < count; i++) packed[i - 1] = changes[i]! - least
}

/** The numbers that were packed, in an array of their own. */
export function unpack({ scale, first, least, width, count }: Packing, buffer: ArrayBuffer, at: number): Float64Array {
  const values = new Float64Array(count)
  if (count > 0) values[0] = first
  if (width === 0) for (let i = 1; i < count; i++) values[i] = first + i * least
  else {
    const changes = changesIn(width, buffer, at, count)
    let units = first
    for (let i = 1; i < count; i++) {
      units += least + changes[i - 1]!
      values[i] = units
    }
  }
  if (scale !== 1) for (let i = 0; i < count; i++) values[i]! /= scale
  return values
}

/**
 * Fills `changes` in units of `1 / scale`, and gives the smallest and the largest of them. `finer` where a number is no whole
 * multiple of the unit, `too large` where units would not be exact.
 */
function changesOf(
  values: Float64Array,
  scale: number,
  changes: Float64Array,
): readonly [least: number, most: number] | 'finer' | 'too large' {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let last = Number.NaN
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const units = scale === 1 ? Math.trunc(value) : Math.round(value * scale)
    // Negative zero is equal to zero, and spelled otherwise.
    if (units / scale !== value || (units === 0 && 1 / value < 0)) return 'finer'
    if (units > largestUnits || units < -largestUnits) return 'too large'
    const change = units - last
    changes[i] = change
    if (change < least) least = change
    if (change > most) most = change
    last = units
  }
  return [least, most]
}

function widthOf(range: number): Width | undefined {
  if (range === 0) return 0
  if (range < 2 ** 8) return 1
  if (range < 2 ** 16) return 2
  return range < 2 ** 32 ? 4 : undefined
}

function changesIn(width: 1 | 2 | 4, buffer: ArrayBuffer, at: number, count: number) {
  if (width === 1) return new Uint8Array(buffer, at, count - 1)
  return width === 2 ? new Uint16Array(buffer, at, count - 1) : new Uint32Array(buffer, at, count - 1)
}
