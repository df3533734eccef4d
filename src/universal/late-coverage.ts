import { coverageFactors, quantiles, memberWeights, standardisedErrors } from './coverage.js'
import { type CurveModel, type CurveModelParameters, curveModel } from './curve-model.js'
import { rawFeatures } from './features.js'
import type { MeasuredMachine } from './machine.js'
import { noveltyOf } from './novelty.js'

/**
 * How much wider intervals must be for machines that are younger than the table, at least 1. `known`: of a processor or a
 * family that the table has; `unknown`: of neither. The same at all loads, the largest: curves are too few to tell loads
 * apart.
 */
export interface LateFactors {
  readonly known: number
  readonly unknown: number
}

/** A table with fewer machines than this before a year does not say how its future looks. */
const fewestBefore = 120
const fewestErrors = 10

/**
 * Judges the machines of each year by a model of those published before, and asks by how much the intervals of that
 * model fell short. Machines of before a table's end do not tell this: a new generation is wrong together, and what is
 * measured of an old processor years later is measured otherwise.
 */
export function lateFactors(machines: readonly MeasuredMachine[], parameters: CurveModelParameters): LateFactors {
  const thetas: CurveModelParameters = {
    full: { theta: parameters.full.theta },
    idle: { theta: parameters.idle.theta },
    shapes: parameters.shapes.map(({ theta }) => ({ theta })),
  }
  const errors: { readonly known: boolean; readonly group: string; readonly shares: Float64Array }[] = []
  const years = machines.map(({ published }) => Number(published?.slice(0, 4) ?? Number.NaN))
  for (const year of new Set(years.filter(Number.isFinite).sort((a, b) => a - b))) {
    const before = machines.filter((_, i) => !(years[i]! >= year))
    if (before.length < fewestBefore) continue
    const model = curveModel(before, thetas)
    errors.push(
      ...exceedances(
        model,
        machines.filter((_, i) => years[i] === year),
      ).map(({ family, ...error }) => ({ ...error, group: `${family} ${year}` })),
    )
  }
  const factorsOf = (known: boolean) => {
    const own = errors.filter((error) => error.known === known)
    if (own.length < fewestErrors) return 1
    // The machines of a family that appear in one year are wrong together: they count once.
    const weights = memberWeights(
      own.map(({ group }) => group),
      1,
    )
    const shares = own.map((error) => error.shares)
    return Math.max(1, ...quantiles(shares, weights).filter(Number.isFinite))
  }
  return { known: factorsOf(true), unknown: factorsOf(false) }
}

/** How far machines are from what a model says of them, as shares of half its interval. */
function exceedances(model: CurveModel, machines: readonly MeasuredMachine[]) {
  const factors = coverageFactors(model)
  const novelty = noveltyOf(model.raw)
  return machines.map((machine) => {
    const raw = rawFeatures(machine)
    const kind = novelty(raw)
    const features = model.space.complete(model.space.standardise(raw.values))
    const estimate = model.estimate({ features, codes: model.codesOf(raw.categories) })
    const shares = standardisedErrors(estimate, machine).map((error, u) => error / factors[kind][u]!)
    return { known: kind !== 'new', family: raw.categories.family ?? '?', shares }
  })
}
