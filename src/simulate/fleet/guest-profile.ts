import { type UsageProfile, usageProfiles } from '../usage.js'

/** What a kind of work does to the machine that it runs in, as its operating system counts it. */
export interface GuestProfile {
  /** How it uses a core: this decides its power, and a guest does not see it. */
  readonly usage: UsageProfile
  /** Parts of its processor time in the kernel and in interrupts; the rest is `user`. */
  readonly system: number
  readonly irq: number
  /** Seconds that a processor waits for a disk, for each second of work. */
  readonly iowait: number
  /** Per second of work. */
  readonly contextSwitches: number
  readonly pageFaults: number
  /** Part of the memory in use when it does nothing, and when it is as busy as can be. */
  readonly memory: readonly [idle: number, busy: number]
}

export const guestProfileNames = [
  'web',
  'compute',
  'database',
  'analytics',
  'cache',
  'compile',
  'stream',
  'backup',
  'vector',
] as const
export type GuestProfileName = (typeof guestProfileNames)[number]

const { cpu, memory, network, storage } = usageProfiles

const compute: GuestProfile = {
  usage: cpu,
  system: 0.02,
  irq: 0.002,
  iowait: 0,
  contextSwitches: 180,
  pageFaults: 120,
  memory: [0.15, 0.3],
}

export const guestProfiles: Readonly<Record<GuestProfileName, GuestProfile>> = Object.freeze({
  compute,
  /** The same to its operating system, but in wide vector instructions, which cost half as much again. */
  vector: { ...compute, usage: { ...cpu, instructionsPerCycle: 4.5 } },
  web: {
    usage: { ...network, instructionsPerCycle: 1.2 },
    system: 0.27,
    irq: 0.09,
    iowait: 0.01,
    contextSwitches: 11_000,
    pageFaults: 700,
    memory: [0.3, 0.45],
  },
  database: {
    usage: storage,
    system: 0.22,
    irq: 0.03,
    iowait: 0.5,
    contextSwitches: 7500,
    pageFaults: 1800,
    memory: [0.6, 0.75],
  },
  analytics: {
    usage: memory,
    system: 0.06,
    irq: 0.004,
    iowait: 0.05,
    contextSwitches: 600,
    pageFaults: 9000,
    memory: [0.4, 0.9],
  },
  cache: {
    usage: { ...network, instructionsPerCycle: 0.9 },
    system: 0.42,
    irq: 0.14,
    iowait: 0,
    contextSwitches: 19_000,
    pageFaults: 250,
    memory: [0.7, 0.8],
  },
  compile: {
    usage: { ...cpu, instructionsPerCycle: 1.5, missesPerInstruction: 0.003 },
    system: 0.15,
    irq: 0.005,
    iowait: 0.12,
    contextSwitches: 2200,
    pageFaults: 26_000,
    memory: [0.2, 0.55],
  },
  stream: {
    usage: { ...cpu, instructionsPerCycle: 1.7, missesPerInstruction: 0.002 },
    system: 0.09,
    irq: 0.06,
    iowait: 0,
    contextSwitches: 4200,
    pageFaults: 400,
    memory: [0.25, 0.35],
  },
  backup: {
    usage: { ...storage, instructionsPerCycle: 1 },
    system: 0.35,
    irq: 0.05,
    iowait: 0.9,
    contextSwitches: 5200,
    pageFaults: 3200,
    memory: [0.3, 0.5],
  },
})
