/** One value per time; times ascend and none occurs twice. */
export interface Timeline {
  /** Unix seconds. Often shared between timelines: never written to. */
  readonly timestamps: Float64Array
  /** May be made anew each time that they are read, see `timelineOf`: read them once. */
  readonly values: Float64Array
  /** Whether the values are known to be finite and never to fall, so that nobody needs to read them for that. */
  readonly neverFalls?: boolean
}

/** A timeline whose values are made when they are read, and not kept. */
export function timelineOf(timestamps: Float64Array, values: () => Float64Array, neverFalls = false): Timeline {
  return {
    timestamps,
    neverFalls,
    get values() {
      return values()
    },
  }
}

export function isAscending(timestamps: Float64Array): boolean {
  for (let i = 1; i < timestamps.length; i++) if (!(timestamps[i]! > timestamps[i - 1]!)) return false
  return true
}

/** The value at `time` or the last one before it; the first one for times before all; NaN when there is none. */
export function valueAt({ timestamps, values }: Timeline, time: number): number {
  let low = 0
  let high = timestamps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (timestamps[middle]! <= time) low = middle + 1
    else high = middle
  }
  return values[Math.max(0, low - 1)] ?? Number.NaN
}

/** Timelines of one thing, one after the other or over each other: values at the same time are added up. */
export function addTimelines(parts: readonly Timeline[]): Timeline {
  const [first, ...others] = parts
  if (first !== undefined && others.length === 0) return first
  const clock = unionClock(parts.map(({ timestamps }) => timestamps))
  const sum = new Float64Array(clock.length)
  for (const { timestamps, values } of parts) {
    const rows = rowsOn(clock, timestamps)
    for (let i = 0; i < rows.length; i++) sum[rows[i]!]! += values[i]!
  }
  return { timestamps: clock, values: sum }
}

/** All times that occur, ascending. The same array is looked at once. */
export function unionClock(clocks: Iterable<Float64Array>): Float64Array {
  const distinct = [...new Set(clocks)]
  const [only, ...others] = distinct
  if (only !== undefined && others.length === 0) return only
  const times = new Set<number>()
  for (const clock of distinct) for (const time of clock) times.add(time)
  return Float64Array.from(times).sort()
}

/** The times that all clocks have, ascending. */
export function commonClock(clocks: readonly Float64Array[]): Float64Array {
  const [first, ...others] = new Set(clocks)
  let times = first ?? new Float64Array(0)
  for (const clock of others) {
    const there = new Set(clock)
    times = times.filter((time) => there.has(time))
  }
  return times
}

/** For each time of `timestamps` its row on `clock`, -1 where it has none. Both ascend. */
export function rowsOn(clock: Float64Array, timestamps: Float64Array): Int32Array {
  const rows = new Int32Array(timestamps.length)
  let row = 0
  for (let i = 0; i < timestamps.length; i++) {
    const time = timestamps[i]!
    while (row < clock.length && clock[row]! < time) row++
    rows[i] = row < clock.length && clock[row] === time ? row : -1
  }
  return rows
}
