import type { Container, Process, Scan } from '../workload/process.js'
import type {
  ContainerAccount,
  PodAccount,
  PodNames,
  ProcessAccount,
  VirtualMachineAccount,
  WorkloadSnapshot,
  Writable,
} from './account.js'
import { createLedger } from './ledger.js'

export interface Attribution {
  /**
   * Gives the active energy since the scan before to those that used processor time, by their part of it. Containers,
   * pods and virtual machines are sums of their processes, so children always add up to the machine.
   *
   * @param activeJoules by zone
   * @param seconds that they stand for
   * @param now monotonic seconds, which say how long ended workloads are shown
   */
  update(scan: Scan, activeJoules: Float64Array, seconds: number, now: number): void
  snapshot(): WorkloadSnapshot
  /** Somebody has taken the snapshot: workloads that have ended need not be shown for long any more. */
  exported(): void
}

/** @param zoneCount zones of the power source; the first is the one that ended workloads are ranked by */
export function createAttribution(zoneCount: number, pods: PodNames): Attribution {
  const processes = createLedger<Process, ProcessAccount>()
  const containers = createLedger<Container, ContainerAccount>()
  const podLedger = createLedger<string, PodAccount>()
  const virtualMachines = createLedger<string, VirtualMachineAccount>()
  const ledgers = [processes, containers, podLedger, virtualMachines]
  const activeWatts = new Float64Array(zoneCount)
  const unattributedJoules = new Float64Array(zoneCount)
  let unreadable = 0

  function accountOf(process: Process): Writable<ProcessAccount> {
    return processes.get(process) ?? processes.open(process, { process, share: 0, joules: new Float64Array(zoneCount) })
  }

  function containerAccount(container: Container): Writable<ContainerAccount> {
    const account =
      containers.get(container) ??
      containers.open(container, {
        container,
        pod: undefined,
        name: container.name,
        share: 0,
        joules: new Float64Array(zoneCount),
      })
    const named = pods.lookup(container.identity.id)
    if (named) account.name = named.containerName
    const podId = named?.podId ?? container.identity.podId
    if (podId === undefined) return account
    const pod = podAccount(podId)
    if (named) {
      pod.name = named.podName
      pod.namespace = named.namespace
    }
    account.pod = pod
    return account
  }

  function podAccount(id: string): Writable<PodAccount> {
    return (
      podLedger.get(id) ??
      podLedger.open(id, { id, name: '', namespace: '', share: 0, joules: new Float64Array(zoneCount) })
    )
  }

  function machineAccount(process: Process): Writable<VirtualMachineAccount> | undefined {
    const identity = process.identity.virtualMachine
    if (!identity) return undefined
    return (
      virtualMachines.get(identity.id) ??
      virtualMachines.open(identity.id, { identity, share: 0, joules: new Float64Array(zoneCount) })
    )
  }

  function credit(process: Process, share: number, joules: Float64Array): void {
    const container = process.container && containers.get(process.container)
    const pod = container?.pod && podLedger.get(container.pod.id)
    for (const account of [accountOf(process), container, pod, machineAccount(process)]) {
      if (!account) continue
      account.share += share
      for (let zone = 0; zone < zoneCount; zone++) account.joules[zone]! += share * joules[zone]!
    }
  }

  function closeEnded(scan: Scan, now: number): void {
    for (const process of scan.ended) processes.close(process, now)
    for (const container of scan.endedContainers) containers.close(container, now)
    const livePods = new Set<string>()
    for (const { pod } of containers.running) if (pod) livePods.add(pod.id)
    for (const { id } of [...podLedger.running]) if (!livePods.has(id)) podLedger.close(id, now)
    if (![...virtualMachines.running].length) return
    const liveMachines = new Set<string>()
    for (const { identity } of scan.running.values()) {
      if (identity.virtualMachine) liveMachines.add(identity.virtualMachine.id)
    }
    for (const { identity } of [...virtualMachines.running]) {
      if (!liveMachines.has(identity.id)) virtualMachines.close(identity.id, now)
    }
  }

  return {
    update(scan, activeJoules, seconds, now) {
      for (const ledger of ledgers) ledger.clearShares()
      for (const process of scan.running.values()) {
        accountOf(process)
        machineAccount(process)
      }
      for (const container of scan.containers.values()) containerAccount(container)
      closeEnded(scan, now)
      for (const ledger of ledgers) ledger.forget(now)
      unreadable = scan.unreadable
      for (let zone = 0; zone < zoneCount; zone++) {
        activeWatts[zone] = seconds > 0 ? activeJoules[zone]! / seconds : 0
      }
      let total = 0
      for (const { delta } of scan.active) total += delta
      if (total > 0) {
        for (const process of scan.active) credit(process, process.delta / total, activeJoules)
      } else {
        for (let zone = 0; zone < zoneCount; zone++) unattributedJoules[zone]! += activeJoules[zone]!
      }
    },
    snapshot: () => ({
      activeWatts,
      processes,
      containers,
      pods: podLedger,
      virtualMachines,
      unattributedJoules,
      unreadable,
    }),
    exported() {
      for (const ledger of ledgers) ledger.exported()
    },
  }
}
