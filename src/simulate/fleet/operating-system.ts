import type { Random } from '../../numeric/random.js'

export const osCpuModes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const
export type OsCpuMode = (typeof osCpuModes)[number]

/** What the operating system of a simulated machine counts. */
export interface OperatingSystem {
  readonly name: string
  readonly cpus: number
  /** Seconds of all processors since the start, by kind. */
  readonly seconds: Readonly<Record<OsCpuMode, number>>
  readonly contextSwitches: number
  readonly pageFaults: number
  readonly memoryBytes: number
  readonly memoryAvailable: number
  readonly load1: number
  /** Of the processors now; `undefined` in a guest, which is not told. */
  readonly hertz: number | undefined
}

/** A second of a machine, or a part of it: seconds of processor time and events for each second that passes. */
export interface OsRates {
  readonly cpu: Readonly<Partial<Record<OsCpuMode, number>>>
  readonly contextSwitches: number
  readonly pageFaults: number
  /** Part of the memory. */
  readonly memoryUsed: number
  /** Processes that run or want to. */
  readonly running: number
  readonly hertz?: number
}

export interface CountingSystem extends OperatingSystem {
  /** Counts what happens while `seconds` pass; time that no kind has is idle. */
  pass(rates: OsRates, seconds: number): void
}

/** Events of a system that does nothing, per processor and second. */
const idleEvents = { contextSwitches: 35, pageFaults: 6 }
const loadSeconds = 60

export function countingSystem(name: string, cpus: number, memoryBytes: number): CountingSystem {
  const seconds = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0 }
  const state = { contextSwitches: 0, pageFaults: 0, memoryUsed: 0, load1: 0 }
  let hertz: number | undefined
  return {
    name,
    cpus,
    seconds,
    memoryBytes,
    get contextSwitches() {
      return state.contextSwitches
    },
    get pageFaults() {
      return state.pageFaults
    },
    get memoryAvailable() {
      return Math.round(memoryBytes * (1 - state.memoryUsed))
    },
    get load1() {
      return state.load1
    },
    get hertz() {
      return hertz
    },
    pass(rates, passed) {
      let busy = 0
      for (const mode of osCpuModes) {
        const part = rates.cpu[mode] ?? 0
        seconds[mode] += part * passed
        busy += part
      }
      seconds.idle += Math.max(0, cpus - busy) * passed
      state.contextSwitches += (rates.contextSwitches + idleEvents.contextSwitches * cpus) * passed
      state.pageFaults += (rates.pageFaults + idleEvents.pageFaults * cpus) * passed
      state.memoryUsed = rates.memoryUsed
      state.load1 += (rates.running - state.load1) * (1 - Math.exp(-passed / loadSeconds))
      hertz = rates.hertz
    },
  }
}

/** A factor around 1 that stays positive. */
export function around(random: Random, deviation: number): number {
  return Math.max(0.2, 1 + deviation * random.normal())
}
