/** A feature that tells how busy a machine is. */
export interface UsageFeature {
  readonly name: string
  /** The group under which models of it are listed. */
  readonly group: string
  /** Its value at full load, of a machine with so many hardware threads. */
  fullLoad(threads: number): number
}

const milliseconds = 1000

/** CPU time a second as Kepler to 0.9 and from 0.10 on counts it, and the share of the CPUs that is busy; the first that is measured. */
export const usageFeatures: readonly UsageFeature[] = [
  { name: 'bpf_cpu_time_ms', group: 'BPFOnly', fullLoad: (threads) => threads * milliseconds },
  { name: 'cpu_time_ms', group: 'CPUTimeOnly', fullLoad: (threads) => threads * milliseconds },
  { name: 'cpu_seconds', group: 'CPUTimeOnly', fullLoad: (threads) => threads },
  { name: 'cpu_usage_ratio', group: 'CPUTimeOnly', fullLoad: () => 1 },
]

/** The one that a client measures; `undefined` when it measures none. */
export function usageFeatureIn(metrics: readonly string[]): UsageFeature | undefined {
  return usageFeatures.find(({ name }) => metrics.includes(name))
}
