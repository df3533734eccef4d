/** The recent time is divided into this many parts; every third is held out, beginning with the newest. */
const parts = 12
const every = 3

export interface HeldOut {
  heldOut(time: number): boolean
  /** Unix seconds after which the newest part begins. */
  readonly newestFrom: number
}

/**
 * Which times are held out for validation: of the last `seconds` every third of twelve parts, the newest among them.
 * Whole parts are held out because neighbouring rows are nearly equal: with one in training and one held out, the model
 * would be validated on what it has seen.
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
