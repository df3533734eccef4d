import type { MachineSpec } from './machine-spec.js'

/** Instructions that a core retires in a cycle at most: the width of the widest cores that are sold. */
const instructionsPerCycle = 8
/** Specs round the maximum frequency to 100 MHz, and counters are read a little late or early. */
const slack = 1.1

/**
 * The most that a machine can do of a feature per second; `undefined` where that does not follow from its spec.
 *
 * CPU time is at most a second per second and logical core; cycles are at most the cores' at maximum frequency.
 */
export function featureLimit(feature: string, { cores, frequency }: MachineSpec): number | undefined {
  if (cores === undefined) return undefined
  if (feature === 'bpf_cpu_time_ms' || feature === 'cpu_time_ms') return cores * 1e3 * slack
  if (feature === 'bpf_cpu_time_us') return cores * 1e6 * slack
  if (frequency === undefined) return undefined
  const cycles = cores * frequency * 1e6 * slack
  if (feature === 'cpu_cycles') return cycles
  if (feature === 'cpu_instructions') return cycles * instructionsPerCycle
  return undefined
}
