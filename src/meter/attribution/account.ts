import type { Container, Process } from '../workload/process.js'
import type { VirtualMachineIdentity } from '../workload/virtual-machine.js'

/** The energy of one workload. Arrays are in the order of the zones of the power source. */
export interface Account {
  /** Its part of the machine's active power over the last scan, 0 to 1; 0 once it has ended. */
  readonly share: number
  /** Joules by zone since the meter first saw it. */
  readonly joules: Float64Array
}

export interface ProcessAccount extends Account {
  readonly process: Process
}

export interface ContainerAccount extends Account {
  readonly container: Container
  readonly pod: PodAccount | undefined
  /** The pod's name for it, else its own. */
  readonly name: string
}

export interface PodAccount extends Account {
  readonly id: string
  readonly name: string
  readonly namespace: string
}

export interface VirtualMachineAccount extends Account {
  readonly identity: VirtualMachineIdentity
}

/** What the kubelet or the API server says of a container. */
export interface PodName {
  readonly podId: string
  readonly podName: string
  readonly namespace: string
  readonly containerName: string
}

/** Asked for each container at each scan: answers from memory, at once. */
export interface PodNames {
  lookup(containerId: string): PodName | undefined
}

export const noPodNames: PodNames = Object.freeze({ lookup: () => undefined })

/** Running workloads and those that ended a short while ago, which draw nothing any more. */
export interface Workloads<A extends Account> {
  readonly running: Iterable<A>
  readonly terminated: Iterable<A>
}

export interface WorkloadSnapshot {
  /** Active watts by zone that the shares are parts of. */
  readonly activeWatts: Float64Array
  readonly processes: Workloads<ProcessAccount>
  readonly containers: Workloads<ContainerAccount>
  readonly pods: Workloads<PodAccount>
  readonly virtualMachines: Workloads<VirtualMachineAccount>
  /** Active joules by zone of times when no process was seen to run. */
  readonly unattributedJoules: Float64Array
  readonly unreadable: number
}

/** Attribution's own side: it writes what others read. */
export type Writable<A extends Account> = { -readonly [K in keyof A]: A[K] }
