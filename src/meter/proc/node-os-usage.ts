import type { NodeOsFeature } from '../../core/feature-group.js'
import { cpuModes } from './cpu-time.js'

/** What was counted between two readings; `undefined` where the kernel does not tell it. */
export interface CountedUsage {
  /** Parts of the processors' time, in the order of `cpuModes`. */
  readonly modes: Float64Array
  readonly seconds: number
  readonly contextSwitches: number
  /** Minor and major ones. */
  readonly pageFaults: number | undefined
  readonly load1: number | undefined
  readonly memoryUsed: number | undefined
  /** MHz. */
  readonly frequency: number | undefined
}

const [user, nice, system, , iowait, irq, softirq, steal] = cpuModes.map((_, column) => column)

/** The features of the group NodeOS, as training makes them of the same counters. A counter that went back counted nothing. */
export function nodeOsUsage(counted: CountedUsage): Readonly<Partial<Record<NodeOsFeature, number>>> {
  const { seconds, contextSwitches, pageFaults, load1, memoryUsed, frequency } = counted
  const part = (...columns: readonly (number | undefined)[]) =>
    columns.reduce<number>((sum, column) => sum + (counted.modes[column ?? -1] ?? 0), 0)
  return {
    node_context_switches_per_second: Math.max(0, contextSwitches) / seconds,
    node_cpu_frequency_hertz: (frequency ?? 0) * 1e6,
    node_cpu_iowait_ratio: part(iowait),
    node_cpu_irq_ratio: part(irq, softirq),
    node_cpu_steal_ratio: part(steal),
    node_cpu_system_ratio: part(system),
    node_cpu_user_ratio: part(user, nice),
    ...(load1 === undefined ? {} : { node_load1: load1 }),
    ...(memoryUsed === undefined ? {} : { node_memory_used_ratio: memoryUsed }),
    ...(pageFaults === undefined ? {} : { node_page_faults_per_second: Math.max(0, pageFaults) / seconds }),
  }
}
