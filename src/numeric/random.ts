/** A stream of random numbers that a seed decides; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number
  /** A whole number in 0 .. bound - 1. */
  below(bound: number): number
  /** Normally distributed, mean 0 and deviation 1. */
  normal(): number
}

/** sfc32 (Doty-Humphrey, PractRand), four 32-bit words of state. Not for secrets. */
export function seededRandom(seed = 0): Random {
  let a = seed | 0
  let b = Math.floor(seed / 2 ** 32) | 0
  let c = 0x9e3779b9 | 0
  let counter = 1

  function word(): number {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    c |= 0
    return result >>> 0
  }
  // The first words of neighbouring seeds are alike: the author's advice is to leave twelve out.
  for (let k = 0; k < 12; k++) word()

  const next = () => word() / 2 ** 32
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    // Box-Muller; 1 - next() keeps the logarithm away from zero.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

/** Puts `values` into a random order, in place (Fisher and Yates). */
export function shuffleInPlace(values: Int32Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const k = random.below(i + 1)
    const swapped = values[i]!
    values[i] = values[k]!
    values[k] = swapped
  }
}
