/** Times of samples, each distinct list of them once: series that are scraped together share theirs. */
export interface ClockTable {
  /** The number of a list of times; it is copied where it is new. */
  idOf(timestamps: Float64Array): number
  clockOf(id: number): Float64Array
  /** Lists behind each other as one, the same array for the same numbers while the function is in use. */
  joiner(): (ids: readonly number[]) => Float64Array
}

/** @param copy how a new list is copied */
export function clockTable(copy = (timestamps: Float64Array): Float64Array => timestamps.slice()): ClockTable {
  const clocks: Float64Array[] = []
  const byEnds = new Map<string, number[]>()
  let last = -1
  return {
    idOf(timestamps) {
      // Mostly those of the series before.
      if (last >= 0 && isSame(clocks[last]!, timestamps)) return last
      const ends = `${timestamps.length} ${timestamps[0]} ${timestamps.at(-1)}`
      const alike = byEnds.get(ends) ?? []
      byEnds.set(ends, alike)
      const known = alike.find((id) => isSame(clocks[id]!, timestamps))
      last = known ?? clocks.push(copy(timestamps)) - 1
      if (known === undefined) alike.push(last)
      return last
    },
    clockOf: (id) => clocks[id]!,
    joiner() {
      const joined = new Map<string, Float64Array>()
      return (ids) => {
        const [only] = ids
        if (ids.length === 1 && only !== undefined) return clocks[only]!
        const key = ids.join()
        const whole = joined.get(key) ?? concatenated(ids.map((id) => clocks[id]!))
        joined.set(key, whole)
        return whole
      }
    },
  }
}

/** Arrays behind each other; of a single one itself. */
export function concatenated(parts: readonly Float64Array[]): Float64Array {
  const [only] = parts
  if (parts.length === 1 && only) return only
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
