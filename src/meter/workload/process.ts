import type { KeptFile } from '../proc/kernel-files.js'
import type { CgroupTime } from './cgroup-time.js'
import type { ContainerIdentity } from './container.js'
import type { ProcessIdentity } from './workload-files.js'

/** A process that is running, as the last scan found it. */
export interface Process {
  readonly pid: number
  /** Ticks since the boot when it started: tells it from a later process of the same number. */
  readonly startTicks: number
  readonly comm: string
  readonly identity: ProcessIdentity
  readonly container: Container | undefined
  /** Processor seconds since its start. */
  readonly seconds: number
  /**
   * Processor seconds since the scan before. In a container it may hold a part of what processes did that came and
   * went between two scans, which only the container's cgroup has counted.
   */
  readonly delta: number
}

/** A container that has a running process. */
export interface Container {
  readonly identity: ContainerIdentity
  /** What it is called by itself; empty when it does not say. */
  readonly name: string
  /** Processor seconds of the container. */
  readonly seconds: number
  readonly processes: ReadonlySet<Process>
}

/** One look at all processes. */
export interface Scan {
  readonly running: ReadonlyMap<number, Process>
  /** Those that used processor time since the scan before. */
  readonly active: readonly Process[]
  readonly containers: ReadonlyMap<string, Container>
  /** Those that are gone since the scan before. */
  readonly ended: readonly Process[]
  readonly endedContainers: readonly Container[]
  /** Processes that are listed but cannot be read: hidden, torn, or just gone. */
  readonly unreadable: number
}

/** The table's own side of a process. */
export interface ProcessRecord extends Process {
  comm: string
  identity: ProcessIdentity
  container: ContainerRecord | undefined
  seconds: number
  delta: number
  readonly stat: KeptFile
  /** The bytes of its `stat` that were parsed last, and where its name ends in them. */
  line: Buffer
  nameEnd: number
  /** Number of the scan that saw it last, and of the one that looked up its identity. */
  seenIn: number
  identifiedIn: number
  readonly bornIn: number
}

export interface ContainerRecord extends Container {
  seconds: number
  readonly processes: Set<ProcessRecord>
  readonly time: CgroupTime | undefined
  /** What its cgroup counted at the last scan; -1 before the first. */
  counted: number
  /** What it counted since the scan before; -1 when it cannot be told. */
  countedDelta: number
  /** Seconds that it has counted and its processes have not, so far. */
  surplus: number
}
