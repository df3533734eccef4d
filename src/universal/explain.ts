import type { CurveModel } from './curve-model.js'
import type { MachineDescription, MeasuredMachine } from './machine.js'
import type { CurveAnswer, UniversalModel } from './universal-model.js'

/** What a field that is not known costs: how much narrower the interval at half load would be with it. */
export interface FieldCost {
  readonly field: keyof MachineDescription
  /** Percent of the watts, at least 0. */
  readonly narrower: number
}

/** A machine of the table that an answer rests on. */
export interface RestsOn {
  readonly machine: MeasuredMachine
  /** Correlation of the two, at most 1. */
  readonly likeness: number
}

const half = 5

/**
 * What each missing field costs in width: the interval again, with the field as if its most likely value had been given.
 */
export function fieldCosts(
  model: UniversalModel,
  given: MachineDescription,
  answer: CurveAnswer,
): readonly FieldCost[] {
  const width = widthOf(answer)
  return answer.assumptions.flatMap(({ field, value, from }) => {
    if (from === 'processor' || from === 'other fields') return []
    const stand = field === 'vendor' ? mostUsualVendor(model.curves) : field === 'form' ? `${value}U` : value
    if (stand === undefined) return []
    try {
      const narrower = width - widthOf(model.answer({ ...given, [field]: stand }, answer.points))
      return [{ field, narrower: Math.max(0, narrower) }]
    } catch {
      // The expected value of one field alone may contradict another: then no cost can be told.
      return []
    }
  })
}

function widthOf({ watts, low, high }: CurveAnswer): number {
  return (100 * (high[half]! - low[half]!)) / watts[half]!
}

function mostUsualVendor({ raw }: CurveModel): string | undefined {
  const counts = new Map<string, number>()
  for (const { categories } of raw) {
    if (categories.vendor) counts.set(categories.vendor, (counts.get(categories.vendor) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** The machines of the table most like one, by what they have in common beyond what all have. */
export function restsOn(model: UniversalModel, machine: MachineDescription, count = 5): readonly RestsOn[] {
  const { curves } = model
  const likeness = curves.likeness(model.complete(machine).expected)
  return Array.from(likeness.keys())
    .sort((a, b) => likeness[b]! - likeness[a]!)
    .slice(0, count)
    .map((i) => ({ machine: curves.machines[i]!, likeness: likeness[i]! }))
}
