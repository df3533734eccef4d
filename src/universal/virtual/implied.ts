import { rawFeatures } from '../features.js'
import type { MachineDescription } from '../machine.js'
import type { UniversalModel } from '../universal-model.js'

/** What hypervisors call the processors that they make up. */
const madeUp = /^(?:common[ _]?)?(?:kvm|qemu)|^virtual/i

/**
 * Whether a description is of a part of a machine: a processor that only a hypervisor has, or fewer threads than one
 * processor of that name, or of its family, has cores. Of a description that names cores it is not asked.
 */
export function isPartOfHost({ curves }: UniversalModel, machine: MachineDescription): boolean {
  const { processor = '', threads, cores, chips = 1 } = machine
  if (madeUp.test(processor.trim())) return true
  if (threads === undefined || cores !== undefined) return false
  const { group, family, line } = rawFeatures({ processor }).categories
  const alike = (name: 'group' | 'family' | 'line', value: string | undefined) =>
    value === undefined ? [] : curves.machines.filter((_, i) => curves.raw[i]!.categories[name] === value)
  const same = alike('group', group)
  const others = [same, alike('family', family), alike('line', line)].find(({ length }) => length > 0) ?? []
  if (others.length === 0) return false
  const fewest = Math.min(...others.map((other) => other.cores / other.chips))
  // A virtual machine often has a chip for each of its threads: that says nothing of processors that are not known.
  return threads < fewest * (same.length > 0 ? Math.min(chips, threads) : 1)
}
