import type { MachineSpec } from '../../../src/core/machine-spec.js'
import type { NodeType } from '../../../src/machine/node-type-index.js'
import { normaliseProcessorName } from '../../../src/machine/processor-name.js'
import { nodeTypeMatcher } from '../../../src/selection/match-node-type.js'
import { type Curve, hasWholeCurve, type MeasuredMachine } from '../../../src/universal/machine.js'

/** Kepler's rule: machines of equal specs are a node type, and a machine has the curve of the one that comes closest. */
export function nearestNodeType(machines: readonly MeasuredMachine[]): (machine: MeasuredMachine) => Curve {
  const types = new Map<string, { readonly spec: MachineSpec; readonly members: MeasuredMachine[] }>()
  for (const machine of machines) {
    const spec = specOf(machine)
    const key = JSON.stringify(spec)
    const type = types.get(key)
    if (type) type.members.push(machine)
    else types.set(key, { spec, members: [machine] })
  }
  const all = [...types.values()]
  const index = all.map(({ spec, members }, id): NodeType => ({ id, spec, members: members.length }))
  const matchSpec = nodeTypeMatcher(index)
  const usual = meanShape(machines)
  return (machine) => {
    const match = matchSpec(specOf(machine))
    if (!match) throw new Error('a measured machine has a spec')
    return curveOf(all[match.nodeType]!.members, usual)
  }
}

function specOf({ processor, cores, chips, memory, megahertz }: MeasuredMachine): MachineSpec {
  return {
    processor: normaliseProcessorName(processor),
    cores,
    chips,
    ...(memory ? { memory: Math.max(1, Math.round(memory)) } : {}),
    frequency: Math.round(megahertz / 100) * 100,
  }
}

function curveOf(members: readonly MeasuredMachine[], usual: Float64Array): Curve {
  const mean = (u: number) => members.reduce((sum, { watts }) => sum + watts[u]!, 0) / members.length
  const shape = members.some(hasWholeCurve) ? meanShape(members) : usual
  return shape.map((share) => mean(0) + (mean(10) - mean(0)) * share)
}

function meanShape(machines: readonly MeasuredMachine[]): Float64Array {
  const whole = machines.filter(hasWholeCurve)
  const shape = new Float64Array(11)
  for (const { watts } of whole) {
    for (let u = 0; u < 11; u++) shape[u]! += (watts[u]! - watts[0]!) / (watts[10]! - watts[0]!) / whole.length
  }
  return shape
}
