/** Numbers of a slab, the first and the largest: 128 KiB and 40 MiB. */
const firstSlab = 1 << 14
const largestSlab = 5 << 20

/**
 * Copies of arrays in large slabs. A response has tens of thousands of arrays of some kilobytes; memory that is given back
 * in such pieces stays with the process, since something small lies between them. A slab above 32 MiB is a mapping of its
 * own to the C library, which goes back as a whole, and until it is written to it takes no memory.
 */
export function sampleStore(): (values: Float64Array) => Float64Array<ArrayBuffer> {
  let slab = new Float64Array(0)
  let used = 0
  let next = firstSlab
  return (values) => {
    if (values.length > largestSlab) return new Float64Array(values)
    if (used + values.length > slab.length) {
      slab = new Float64Array(Math.max(next, values.length))
      used = 0
      next = Math.min(2 * next, largestSlab)
    }
    const copy = slab.subarray(used, used + values.length)
    copy.set(values)
    used += values.length
    return copy
  }
}
