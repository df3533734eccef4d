import { pack, type Packing, packedBytes, packingOf, unpack } from './packed-values.js'

/** Bytes of a slab, the first and the largest. */
const firstSlab = 128 << 10
const largestSlab = 40 << 20
/** Fewer numbers than these are not worth the object that knows how they are packed. */
const fewNumbers = 64

/**
 * Copies of numbers in large slabs. A response has tens of thousands of arrays of some kilobytes; memory that is given back
 * in such pieces stays with the process, since something small lies between them. A slab above 32 MiB is a mapping of its
 * own to the C library, which goes back as a whole, and until it is written to it takes no memory.
 */
export interface SampleStore {
  keep(values: Float64Array): Float64Array<ArrayBuffer>
  /** A copy in fewer bytes; `undefined` where there is none. */
  pack(values: Float64Array): PackedNumbers | undefined
}

export interface PackedNumbers {
  unpack(): Float64Array
  /** Whether each is as large as the one before, or larger. */
  readonly neverFalls: boolean
}

export function sampleStore(): SampleStore {
  const place = slabs()
  let changes = new Float64Array(0)
  // Who reads a series number by number asks for the same array again and again.
  let last: { readonly packing: Packing; readonly values: Float64Array } | undefined
  return {
    keep(values) {
      const { buffer, at } = place(values.byteLength)
      const copy = new Float64Array(buffer, at, values.length)
      copy.set(values)
      return copy
    },
    pack(values) {
      if (values.length < fewNumbers) return undefined
      if (changes.length < values.length) changes = new Float64Array(2 * values.length)
      const packing = packingOf(values, changes)
      if (packing === undefined) return undefined
      const { buffer, at } = place(packedBytes(packing))
      pack(changes, packing, buffer, at)
      return {
        unpack() {
          if (last?.packing !== packing) last = { packing, values: unpack(packing, buffer, at) }
          return last.values
        },
        neverFalls: packing.least >= 0,
      }
    },
  }
}

/** Gives places for bytes, each at a multiple of eight; what is longer than a slab has a buffer of its own. */
function slabs(): (bytes: number) => { readonly buffer: ArrayBuffer; readonly at: number } {
  let slab = new ArrayBuffer(0)
  let used = 0
  let next = firstSlab
  return (bytes) => {
    if (bytes > largestSlab) return { buffer: new ArrayBuffer(bytes), at: 0 }
    if (used + bytes > slab.byteLength) {
      slab = new ArrayBuffer(Math.max(next, bytes))
      used = 0
      next = Math.min(2 * next, largestSlab)
    }
    const at = used
    used += Math.ceil(bytes / 8) * 8
    return { buffer: slab, at }
  }
}
