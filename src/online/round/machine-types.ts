import { type MachineSpec, specAttributes } from '../../core/machine-spec.js'
import type { NodeTypeIndex } from '../../machine/node-type-index.js'
import { wholeNumbers } from '../../machine/spec.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { hostOf } from '../../extract/identity/labels.js'
import { vocabularies } from '../../vocabulary/vocabularies.js'
import type { Machine } from './machines.js'

/** The spec of a node type, and the measured machines that have it. */
export interface MachineType {
  readonly spec: MachineSpec
  readonly instances: readonly string[]
}

/** The node type of each machine. */
export interface MachineTypes {
  /** `undefined` for a machine without a spec: Kepler's `kepler_node_node_info` decides, else it is 0. */
  of(instance: string): number | undefined
  /** By node type. */
  readonly known: ReadonlyMap<number, MachineType>
}

/** The type of machines without a known spec. */
const unknownType = 0

/**
 * Machines of equal specs get one node type, the same as in the served pipeline; others get types of their own, since a
 * model of two kinds of machines is right for neither.
 *
 * @param specs by `instance`, or by the host in it. Prometheus has no specs, so the operator gives them.
 * @param index of the served pipeline
 * @param reported types that Kepler itself reports; new types get other numbers
 */
export function machineTypes(
  machines: readonly Machine[],
  specs: ReadonlyMap<string, MachineSpec>,
  index: NodeTypeIndex,
  reported: ReadonlySet<number>,
): MachineTypes {
  const specOfType = new Map(index.map(({ id, spec }) => [id, wholeNumbers(spec)]))
  const types = new Map<string, number>()
  const known = new Map<number, MachineType>()
  for (const { instance, names } of machines) {
    const [given] = [instance, ...names].flatMap((name) => specs.get(name) ?? specs.get(hostOf(name)) ?? [])
    if (given === undefined) continue
    const spec = wholeNumbers(given)
    const same = [...specOfType].find(([, other]) => isSame(other, spec))
    const type = same?.[0] ?? Math.max(unknownType, ...specOfType.keys(), ...reported) + 1
    specOfType.set(type, spec)
    types.set(instance, type)
    known.set(type, { spec, instances: [...(known.get(type)?.instances ?? []), instance] })
  }
  return { of: (instance) => types.get(instance), known }
}

/** The node types in `kepler_node_node_info`. */
export function reportedTypes({ series }: Pick<PrometheusResponse, 'series'>): ReadonlySet<number> {
  const types = new Set<number>()
  for (const { values } of vocabularies.flatMap(({ nodeInfo }) => series.get(nodeInfo ?? '') ?? [])) {
    for (const value of values) if (Number.isSafeInteger(value)) types.add(value)
  }
  return types
}

function isSame(a: MachineSpec, b: MachineSpec): boolean {
  return specAttributes.every((attribute) => a[attribute] === b[attribute])
}
