import type { Emit } from '../../vocabulary/shown-metric.js'
import { fleetZoneNames, type Host, type MeteredGuest, type ZoneJoules } from './host.js'
import { type OperatingSystem, osCpuModes } from './operating-system.js'

/** A metric of a target of a fleet: a host's Kepler, or a node_exporter on a host or in a guest. */
export interface FleetMetric<Target> {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'untyped'
  readonly help: string
  read(target: Target, emit: Emit): void
}

const micro = (value: number) => Math.floor(value * 1e6) / 1e6
const hypervisor = 'kvm'

function keplerLabels({ name }: Host) {
  return { instance: `${name}:28282`, job: 'kepler', node_name: name }
}

function forZones(read: (host: Host) => ZoneJoules): FleetMetric<Host>['read'] {
  return (host, emit) => {
    const values = read(host)
    fleetZoneNames.forEach((zone, z) => {
      const path = `/sys/class/powercap/intel-rapl/${zone}`
      emit(zone, () => ({ ...keplerLabels(host), zone, path }), micro(values[z]!))
    })
  }
}

function forGuests(
  labels: (guest: MeteredGuest) => Readonly<Record<string, string>>,
  read: (guest: MeteredGuest) => ZoneJoules,
): FleetMetric<Host>['read'] {
  return (host, emit) => {
    for (const guest of host.guests) {
      const values = read(guest)
      fleetZoneNames.forEach((zone, z) => {
        emit(
          `${guest.guest.id}/${zone}`,
          () => ({ ...keplerLabels(host), ...labels(guest), state: 'running', zone }),
          micro(values[z]!),
        )
      })
    }
  }
}

const vmLabels = ({ guest: { id, name } }: MeteredGuest) => ({ vm_id: id, vm_name: name, hypervisor })
const processLabels = ({ guest: { id }, pid }: MeteredGuest) => ({
  pid: String(pid),
  comm: 'qemu-system-x86',
  exe: '/usr/bin/qemu-system-x86_64',
  type: 'vm',
  container_id: '',
  vm_id: id,
})
const ownLabels = (pid: number) => ({
  pid: String(pid),
  comm: 'systemd',
  exe: '/usr/lib/systemd/systemd',
  type: 'regular',
  container_id: '',
  vm_id: '',
})

/** What the Kepler 0.10 of a host shows. */
export const hostMetrics: readonly FleetMetric<Host>[] = [
  {
    name: 'kepler_node_cpu_joules_total',
    type: 'counter',
    help: 'Energy consumption of cpu at node level in joules',
    read: forZones(({ joules }) => joules),
  },
  {
    name: 'kepler_node_cpu_active_joules_total',
    type: 'counter',
    help: 'Energy consumption of cpu in active state at node level in joules',
    read: forZones(({ activeJoules }) => activeJoules),
  },
  {
    name: 'kepler_node_cpu_watts',
    type: 'gauge',
    help: 'Power consumption of cpu at node level in watts',
    read: forZones(({ watts }) => watts),
  },
  {
    name: 'kepler_node_cpu_usage_ratio',
    type: 'gauge',
    help: 'CPU usage ratio of a node (value between 0.0 and 1.0)',
    read: (host, emit) => emit('', () => keplerLabels(host), micro(host.usageRatio)),
  },
  {
    name: 'kepler_vm_cpu_joules_total',
    type: 'counter',
    help: 'Energy consumption of cpu at vm level in joules',
    read: forGuests(vmLabels, ({ joules }) => joules),
  },
  {
    name: 'kepler_vm_cpu_watts',
    type: 'gauge',
    help: 'Power consumption of cpu at vm level in watts',
    read: forGuests(vmLabels, ({ watts }) => watts),
  },
  {
    name: 'kepler_process_cpu_joules_total',
    type: 'counter',
    help: 'Energy consumption of cpu at process level in joules',
    read(host, emit) {
      forGuests(processLabels, ({ joules }) => joules)(host, emit)
      fleetZoneNames.forEach((zone, z) => {
        const labels = () => ({ ...keplerLabels(host), ...ownLabels(host.own.pid), state: 'running', zone })
        emit(`own/${zone}`, labels, micro(host.own.joules[z]!))
      })
    },
  },
  {
    name: 'kepler_process_cpu_seconds_total',
    type: 'counter',
    help: 'Total user and system time of cpu at process level in seconds',
    read(host, emit) {
      for (const guest of host.guests) {
        emit(guest.guest.id, () => ({ ...keplerLabels(host), ...processLabels(guest) }), micro(guest.cpuSeconds))
      }
      emit('own', () => ({ ...keplerLabels(host), ...ownLabels(host.own.pid) }), micro(host.own.cpuSeconds))
    },
  },
]

function nodeLabels({ name }: OperatingSystem) {
  return { instance: `${name}:9100`, job: 'node' }
}

function one(name: string, type: FleetMetric<unknown>['type'], help: string, value: (of: OperatingSystem) => number) {
  const read: FleetMetric<OperatingSystem>['read'] = (system, emit) =>
    emit('', () => nodeLabels(system), micro(value(system)))
  return { name, type, help, read }
}

/** What a node_exporter shows of the machine that it runs on, as far as models look at it. */
export const systemMetrics: readonly FleetMetric<OperatingSystem>[] = [
  {
    name: 'node_cpu_seconds_total',
    type: 'counter',
    help: 'Seconds the CPUs spent in each mode.',
    read(system, emit) {
      for (let cpu = 0; cpu < system.cpus; cpu++) {
        for (const mode of osCpuModes) {
          const labels = () => ({ ...nodeLabels(system), cpu: String(cpu), mode })
          // The kernel counts in ticks.
          emit(`${cpu}/${mode}`, labels, Math.floor((system.seconds[mode] * 100) / system.cpus) / 100)
        }
      }
    },
  },
  one('node_context_switches_total', 'counter', 'Total number of context switches.', ({ contextSwitches }) =>
    Math.floor(contextSwitches),
  ),
  one('node_vmstat_pgfault', 'untyped', '/proc/vmstat information field pgfault.', ({ pageFaults }) =>
    Math.floor(pageFaults),
  ),
  one('node_memory_MemTotal_bytes', 'gauge', 'Memory information field MemTotal_bytes.', (of) => of.memoryBytes),
  one(
    'node_memory_MemAvailable_bytes',
    'gauge',
    'Memory information field MemAvailable_bytes.',
    (of) => of.memoryAvailable,
  ),
  one('node_load1', 'gauge', '1m load average.', ({ load1 }) => Math.round(load1 * 100) / 100),
  {
    name: 'node_cpu_scaling_frequency_hertz',
    type: 'gauge',
    help: 'Current scaled CPU thread frequency in hertz.',
    read(system, emit) {
      const { hertz } = system
      if (hertz === undefined) return
      for (let cpu = 0; cpu < system.cpus; cpu++) {
        emit(String(cpu), () => ({ ...nodeLabels(system), cpu: String(cpu) }), Math.round(hertz))
      }
    },
  },
]
