import type { Account, WorkloadSnapshot, Workloads } from '../../src/meter/attribution/account.js'
import { type MeterExposed, metricsLevels } from '../../src/metrics/meter-exposition.js'
import { plainProvenance } from './plain-power-source.js'

/** A value that tests made up in part: what is looked at is there. */
function made<T>(part: unknown): T {
  return part as T
}

/** The first account of a kind has a quarter of the active power, the second a half. */
function accounts<A extends Account>(...own: readonly unknown[]): Workloads<A> {
  const running = own.map((part, i) => ({
    share: (i + 1) / 4,
    joules: Float64Array.of(100 * (i + 1), 10 * (i + 1)),
    ...(part as object),
  }))
  return made({ running, terminated: [] })
}

/** Two zones, two of each kind of workload (one virtual machine), with numbers that differ: all that a meter exposes. */
export function meterScene(): { readonly exposed: MeterExposed } {
  const container = { id: 'c1', runtime: 'containerd' }
  const pod = { id: 'u1', name: 'shop-1', namespace: 'shop' }
  const workloads: WorkloadSnapshot = {
    activeWatts: Float64Array.of(40, 4),
    processes: accounts(
      { process: { pid: 7, comm: 'java', seconds: 2.5, identity: { exe: '/usr/bin/java', container } } },
      { process: { pid: 8, comm: 'kworker', seconds: 0.5, identity: { exe: '' } } },
    ),
    containers: accounts(
      { container: { identity: container, seconds: 3 }, name: 'web', pod },
      { container: { identity: { id: 'c2', runtime: 'docker' }, seconds: 4 }, name: '', pod: undefined },
    ),
    pods: accounts(pod, { id: 'u2', name: '', namespace: '' }),
    virtualMachines: accounts({ identity: { id: 'v1', name: 'guest', hypervisor: 'kvm' } }),
    unattributedJoules: Float64Array.of(11, 1.5),
    unreadable: 6,
  }
  const zone = (name: string, unit: number, outOfRange: boolean) => ({
    ...{ zone: name, watts: 6 * unit, low: 5 * unit, high: 7 * unit, idleWatts: 2 * unit, outOfRange },
    ...{
      activeWatts: 4 * unit,
      restWatts: 2 * unit,
      joules: 100 * unit,
      activeJoules: 70 * unit,
      restJoules: 30 * unit,
    },
  })
  const dram = { ...zone('dram', 1, true), watts: 8, low: 7, high: 9 }
  const exposed: MeterExposed = {
    nodeName: 'w',
    levels: metricsLevels,
    provenance: { ...plainProvenance, calibrationPoints: 3, share: { fraction: 0.25, origin: '--share' } },
    split: 'kepler',
    reading: {
      count: 12,
      usage: { seconds: 1, utilisation: 0.75, steal: 0.125, onlineCpus: 4 },
      zones: made([zone('package', 10, false), dram]),
      gap: undefined,
      age: 1.5,
    },
    counters: {
      cpu: made({ total: Float64Array.of(100, 200, 300, 400, 500, 600, 700, 800), contextSwitches: 99 }),
      memoryTotal: 1024,
      memoryAvailable: 512,
      pageFaults: 50,
      majorPageFaults: 20,
      load1: 0.5,
      frequency: 2400,
    },
    workloads,
    zonePath: (name) => `/tree/${name}`,
    cpus: [
      { processor: '0', vendorId: 'v', modelName: 'm', physicalId: '1', coreId: '2' },
      { processor: '1', vendorId: '', modelName: '', physicalId: '', coreId: '' },
    ],
    comparison: [
      { zone: 'package', readings: 2, measuredWatts: 61, mae: 1.5, mape: 25, bias: -0.5, covered: 0.5 },
      { zone: 'dram', readings: 2, measuredWatts: 7.5, mae: 0.25, mape: 50, bias: 0.75, covered: 1 },
    ],
    realMeter: true,
    tree: { up: false, failures: 4 },
  }
  return { exposed }
}
