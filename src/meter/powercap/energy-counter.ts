/** Largest value of the counters: what a signed 64-bit number holds. At 2.9 kW it lasts a century. */
export const maxMicrojoules = 9_223_372_036_854_775_807n

/**
 * Energy as the sum of power over time, in whole microjoules as the kernel counts. What is less than one is kept for
 * the next time, so that rounding never adds up. Numbers of 64 bits: a `number` would lose microjoules after 104 days
 * at a kilowatt.
 */
export interface EnergyCounter {
  readonly microjoules: bigint
  /** Adds so many watts over so many seconds. What is not a positive amount of energy adds nothing. */
  add(watts: number, seconds: number): void
  /** Goes on from a larger value; a smaller one changes nothing. */
  raise(microjoules: bigint): void
}

export function createEnergyCounter(start: bigint): EnergyCounter {
  let whole = start
  let rest = 0
  return {
    get microjoules() {
      return whole
    },
    add(watts, seconds) {
      const more = watts * seconds * 1e6
      if (!(more > 0 && Number.isFinite(more))) return
      rest += more
      const units = Math.floor(rest)
      rest -= units
      whole += BigInt(units)
      if (whole > maxMicrojoules) whole = maxMicrojoules
    },
    raise(microjoules) {
      if (microjoules > whole) whole = microjoules
    },
  }
}

/** The value of a counter's file; `undefined` when it is none of ours: torn, empty, or too large. */
export function parseMicrojoules(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^\d{1,19}\n?$/.test(text)) return undefined
  const value = BigInt(text.trim())
  return value <= maxMicrojoules ? value : undefined
}
