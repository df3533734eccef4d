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

/** The packing that gives back exactly these numbers; `undefined` where there is none. */
export function packingOf(values: Float64Array): Packing | undefined {
  const scale = scaleOf(values)
  if (scale === undefined) return undefined
  const first = Math.round((values[0] ?? 0) * scale)
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let last = first
  for (let i = 1; i < values.length; i++) {
    const units = Math.round(values[i]! * scale)
    const change = units - last
    if (change < least) least = change
    if (change > most) most = change
    last = units
  }
  const width = values.length < 2 ? 0 : widthOf(most - least)
  if (width === undefined) return undefined
  return { scale, first, least: values.length < 2 ? 0 : least, width, count: values.length }
}

/** The bytes that a packing needs. */
export function packedBytes({ width, count }: Packing): number {
  return width * Math.max(0, count - 1)
}

/** Writes the changes of numbers to `buffer` from `at`, a multiple of four. */
export function pack(values: Float64Array, packing: Packing, buffer: ArrayBuffer, at: number): void {
  const changes = changesIn(packing, buffer, at)
  if (changes === undefined) return
  const { scale, first, least } = packing
  let last = first
  for (let i = 1; i < values.length; i++) {
    const units = Math.round(values[i]! * scale)
    changes[i - 1] = units - last - least
    last = units
  }
}

/** The numbers that were packed, in an array of their own. */
export function unpack(packing: Packing, buffer: ArrayBuffer, at: number): Float64Array {
  const { scale, first, least, count } = packing
  const changes = changesIn(packing, buffer, at)
  const values = new Float64Array(count)
  let units = first
  for (let i = 0; i < count; i++) {
    if (i > 0) units += least + (changes === undefined ? 0 : changes[i - 1]!)
    values[i] = units / scale
  }
  return values
}

/** The units of which all numbers are whole multiples. Text of few decimals is read as its digits divided by a power of ten. */
function scaleOf(values: Float64Array): number | undefined {
  let finest = 0
  let scale = 1
  let largest = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    while (Math.round(value * scale) / scale !== value) {
      const finer = scales[++finest]
      if (finer === undefined) return undefined
      scale = finer
    }
    // Equal to zero, and spelled otherwise.
    if (value === 0 && Object.is(value, -0)) return undefined
    if (value > largest) largest = value
    else if (-value > largest) largest = -value
  }
  return largest * scale <= largestUnits ? scale : undefined
}

function widthOf(range: number): Width | undefined {
  if (range === 0) return 0
  if (range < 2 ** 8) return 1
  if (range < 2 ** 16) return 2
  return range < 2 ** 32 ? 4 : undefined
}

function changesIn({ width, count }: Packing, buffer: ArrayBuffer, at: number) {
  if (width === 0) return undefined
  if (width === 1) return new Uint8Array(buffer, at, count - 1)
  return width === 2 ? new Uint16Array(buffer, at, count - 1) : new Uint32Array(buffer, at, count - 1)
}
