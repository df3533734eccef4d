import { type MachineSpec, specAttributes } from '../core/machine-spec.js'
import { isKnown, wholeNumbers } from './spec.js'

/** A machine by its name. */
export interface NamedMachine {
  readonly id: string
  readonly spec: MachineSpec
}

/** A node type with the names of its machines. */
export interface NodeTypeOfMachines {
  readonly id: number
  readonly spec: MachineSpec
  readonly members: readonly string[]
}

/** The node types of machines: those that were known, with their new members, and the new ones. */
export interface AssignedNodeTypes {
  readonly types: readonly NodeTypeOfMachines[]
  /** The node type of a machine that was given. */
  readonly typeOf: (machine: string) => number | undefined
}

/**
 * Machines of equal specs are one node type; one whose spec is not known is a type of its own, for two of them may differ in
 * anything. Known types keep their numbers, and a machine that is a member of one without a spec stays in it.
 */
export function assignNodeTypes(
  known: readonly NodeTypeOfMachines[],
  machines: readonly NamedMachine[],
): AssignedNodeTypes {
  const types = known.map(({ id, spec, members }) => ({ id, spec, members: new Set(members) }))
  const bySpec = new Map(types.filter(({ spec }) => isKnown(spec)).map((type) => [keyOf(type.spec), type]))
  const numbers = new Map<string, number>()
  let next = types.reduce((most, { id }) => Math.max(most, id + 1), 0)
  for (const { id, spec } of machines) {
    const same = isKnown(spec)
      ? bySpec.get(keyOf(spec))
      : types.find((type) => !isKnown(type.spec) && type.members.has(id))
    const type = same ?? { id: next++, spec: wholeNumbers(spec), members: new Set<string>() }
    if (same === undefined) {
      types.push(type)
      if (isKnown(spec)) bySpec.set(keyOf(spec), type)
    }
    type.members.add(id)
    numbers.set(id, type.id)
  }
  return {
    types: types.map(({ id, spec, members }) => ({ id, spec, members: [...members] })),
    typeOf: (machine) => numbers.get(machine),
  }
}

function keyOf(spec: MachineSpec): string {
  const whole = wholeNumbers(spec)
  return specAttributes.map((attribute) => String(whole[attribute] ?? '').toLowerCase()).join('\0')
}
