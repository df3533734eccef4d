/** Parts of the recent time, of which every third is held out, the newest one first. */
const parts = 12
const every = 3

export interface HeldOut {
  heldOut(time: number): boolean
  /** Unix seconds behind which the newest part begins. */
  readonly newestFrom: number
}

/**
 * Which times are held out to judge by: of the last `seconds` every third part of twelve, the newest among them. Whole
 * windows, since rows beside each other are nearly the same and one of them would give the other away.
 *
 * @param timestamps unix seconds, ascending
 */
export function heldOutTimes(timestamps: Float64Array, seconds: number): HeldOut {
  const first = timestamps[0] ?? 0
  const last = timestamps.at(-1) ?? 0
  const length = Math.min(seconds, last - first) / parts
  if (!(length > 0)) return { heldOut: () => false, newestFrom: last }
  const heldOut = (time: number) => {
    const part = Math.floor((last - time) / length)
    return part < parts && part % every === 0
  }
  return { heldOut, newestFrom: last - length }
}
