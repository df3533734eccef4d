import type { KernelShape } from './kernel.js'

/** What is believed of the logarithms of a kernel's parameters before data: normal, and never outside the bounds. */
export interface ParameterPrior {
  readonly mean: Float64Array
  readonly deviation: Float64Array
  readonly lower: Float64Array
  readonly upper: Float64Array
}

interface Belief {
  readonly value: number
  readonly deviation: number
  readonly lower: number
  readonly upper: number
}

/** Deviations of the logarithm of watts; wide priors that only keep the search from running away. */
const linear: Belief = { value: 0.2, deviation: 1.5, lower: -7, upper: 3 }
const smooth: Belief = { value: 0.2, deviation: 1.5, lower: -7, upper: 3 }
const noise: Belief = { value: 0.1, deviation: 1.5, lower: -7, upper: 3 }
/** In deviations of the feature. */
const length: Belief = { value: 2, deviation: 1, lower: -2, upper: 4 }
const category: Belief = { value: 0.1, deviation: 1.5, lower: -7, upper: 1 }
const trend: Belief = { value: 0.3, deviation: 1, lower: -7, upper: 1 }
const trendLinear: Belief = { value: 0.15, deviation: 1, lower: -7, upper: 1 }
/** In deviations of the year, about five years. */
const trendLength: Belief = { value: 0.7, deviation: 0.5, lower: -1.2, upper: 0.5 }
const fadingCategory: Belief = { value: 0.1, deviation: 1.5, lower: -7, upper: 1 }
const fadingLength: Belief = { value: 0.5, deviation: 0.7, lower: -2, upper: 2 }

export function priorOf({ features, categories, fading }: KernelShape): ParameterPrior {
  const beliefs = [
    linear,
    smooth,
    noise,
    ...new Array<Belief>(features).fill(length),
    ...new Array<Belief>(categories).fill(category),
    trend,
    trendLinear,
    trendLength,
    ...fading.map(() => fadingCategory),
    ...fading.map(() => fadingLength),
  ]
  return {
    mean: Float64Array.from(beliefs, ({ value }) => Math.log(value)),
    deviation: Float64Array.from(beliefs, ({ deviation }) => deviation),
    lower: Float64Array.from(beliefs, ({ lower }) => lower),
    upper: Float64Array.from(beliefs, ({ upper }) => upper),
  }
}
