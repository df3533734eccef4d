import type { CurveEstimate, CurveModel } from './curve-model.js'
import { loads, type MeasuredMachine } from './machine.js'
import { leftOutGroups, type Novelty, novelties } from './novelty.js'
import { type Weighted, weightedQuantile } from './weighted-quantile.js'

/** The share of machines whose watts are inside the interval. */
export const coverage = 0.9

/** By how many deviations the interval reaches to both sides at each load, by novelty. */
export type CoverageFactors = Readonly<Record<Novelty, Float64Array>>

/** How many deviations a machine's watts are from what was said of it, at each load; NaN where not measured. */
export function standardisedErrors({ watts, deviations }: CurveEstimate, machine: MeasuredMachine): Float64Array {
  return watts.map((value, u) => Math.abs(Math.log(machine.watts[u]! / value)) / deviations[u]!)
}

/**
 * The factors that cover the table's own machines, each judged without itself, its processor or its family. A processor
 * or family that the table has many machines of does not count as many times: by the root of their number.
 */
export function coverageFactors(model: CurveModel): CoverageFactors {
  const factorsOf = (novelty: Novelty) => {
    const groups = leftOutGroups(model.raw, novelty)
    const errors = model.leaveGroupsOut(groups).map((estimate, i) => standardisedErrors(estimate, model.machines[i]!))
    // What is new is a family, whatever the number of its machines: there each family counts once.
    return quantiles(
      errors,
      novelty === 'new' ? memberWeights(groups, 1) : memberWeights(leftOutGroups(model.raw, 'family')),
    )
  }
  const [processor, family, fresh] = novelties.map(factorsOf)
  return { processor: processor!, family: family!, new: fresh! }
}

/** The weighted quantile of the errors at each load, NaN where none was measured. */
export function quantiles(errors: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return Float64Array.from(loads, (_, u) => {
    const known: Weighted[] = []
    errors.forEach((error, i) => {
      if (Number.isFinite(error[u])) known.push({ value: error[u]!, weight: weights[i]! })
    })
    return weightedQuantile(known, coverage)
  })
}

/** 1 / n to a power for each member of a group of n: with 1 each group counts once. */
export function memberWeights(groups: readonly string[], power = 0.5): readonly number[] {
  const sizes = new Map<string, number>()
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1)
  return groups.map((group) => sizes.get(group)! ** -power)
}
