import { energyComponents, type SimulatedContainer } from './container.js'
import type { SimulatedNode } from './node.js'
import { usageFeatures } from './usage.js'

export interface ExposedOptions {
  /** Processes of a virtual machine instead of containers, and the hypervisor's energy of it. @default false */
  readonly vm?: boolean
  /** The `job` label of series that describe a virtual machine. @default 'vm' */
  readonly vmJob?: string
  /** Also how each container's CPU time is spread over the packages. @default false */
  readonly packageRatio?: boolean
  /** Also the gauge of an accelerator card. @default false */
  readonly accelerator?: boolean
}

/** A metric of the exporter: what it is called and what it says now. */
export interface ExposedMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  /** Calls `emit` for each series; `key` tells series apart and stays the same for the same labels. */
  read(node: SimulatedNode, emit: Emit): void
}

export type Emit = (key: string, labels: () => Readonly<Record<string, string>>, value: number) => void

/** Everything that a Kepler of 0.7 to 0.9 shows and this system looks at. */
export function exposedMetrics({
  vm = false,
  vmJob = 'vm',
  packageRatio = false,
  accelerator = false,
}: ExposedOptions = {}): readonly ExposedMetric[] {
  const usage = vm ? processUsage(vmJob) : containerUsage()
  return [
    ...usage,
    ...energyComponents.flatMap((component, c) => [energy(component, c, vm)]),
    frequency,
    nodeInfo,
    ...(packageRatio && !vm ? [ratio] : []),
    ...(accelerator ? [qat] : []),
  ]
}

const keplerJob = 'kepler'

/** The exporter counts whole units; with a restart in between a rate would be off by one. */
const whole = Math.floor
const millijoules = (joules: number) => Math.floor(joules * 1000) / 1000

function containerLabels({ machine }: SimulatedNode, { id, pod, workload }: SimulatedContainer) {
  return {
    container_id: id,
    container_name: workload.name,
    container_namespace: workload.namespace,
    pod_name: pod,
    instance: machine.instance,
    job: keplerJob,
  }
}

function containerUsage(): readonly ExposedMetric[] {
  return usageFeatures.map((feature, f) => ({
    name: `kepler_container_${feature}_total`,
    type: 'counter',
    help: `Aggregated ${feature} of a container`,
    read(node, emit) {
      for (const container of node.containers()) {
        emit(container.id, () => containerLabels(node, container), whole(container.usage[f]!))
      }
    },
  }))
}

function processUsage(job: string): readonly ExposedMetric[] {
  return usageFeatures.map((feature, f) => ({
    name: `kepler_process_${feature}_total`,
    type: 'counter',
    help: `Aggregated ${feature} of a process`,
    read(node, emit) {
      for (const { id, pid, usage, workload } of node.containers()) {
        const labels = () => ({
          command: workload.name,
          container_id: id,
          pid: String(pid),
          instance: `${node.machine.instance}-vm`,
          job,
        })
        emit(id, labels, whole(usage[f]!))
      }
    },
  }))
}

function energy(component: (typeof energyComponents)[number], c: number, vm: boolean): ExposedMetric {
  const platform = component === 'platform'
  return {
    name: `kepler_${vm ? 'vm' : 'node'}_${component}_joules_total`,
    type: 'counter',
    help: `Energy of the component ${component} in joules`,
    read({ machine, counted }, emit) {
      for (const mode of ['dynamic', 'idle'] as const) {
        counted[mode][c]!.forEach((joules, chip) => {
          const labels = () => ({
            ...(platform ? {} : { package: String(chip) }),
            source: platform ? 'acpi' : 'rapl-sysfs',
            mode,
            instance: machine.instance,
            job: keplerJob,
            ...(vm ? { vm_id: `${machine.instance}-vm` } : {}),
          })
          emit(`${mode}/${chip}`, labels, millijoules(joules))
        })
      }
    },
  }
}

const frequency: ExposedMetric = {
  name: 'kepler_node_cpu_scaling_frequency_hertz',
  type: 'gauge',
  help: 'Current frequency of a core',
  read({ machine, hertz }, emit) {
    for (let cpu = 0; cpu < machine.spec.cores; cpu++) {
      const labels = () => ({ cpu: String(cpu), instance: machine.instance, job: keplerJob })
      emit(String(cpu), labels, Math.round(hertz()))
    }
  },
}

const nodeInfo: ExposedMetric = {
  name: 'kepler_node_node_info',
  type: 'gauge',
  help: 'Node type: the index of the machine in a node type index',
  read({ machine }, emit) {
    const labels = () => ({ cpu_architecture: 'Simulated', instance: machine.instance, job: keplerJob })
    emit('', labels, machine.nodeType)
  },
}

const ratio: ExposedMetric = {
  name: 'kepler_container_cpu_usage_per_package_ratio',
  type: 'gauge',
  help: 'Share of the CPU time of a container that a package had',
  read(node, emit) {
    for (const container of node.containers()) {
      container.packageShares.forEach((share, chip) => {
        const labels = () => ({ ...containerLabels(node, container), pkg_id: String(chip) })
        emit(`${container.id}/${chip}`, labels, share)
      })
    }
  },
}

const qat: ExposedMetric = {
  name: 'kepler_node_accelerator_intel_qat',
  type: 'gauge',
  help: 'Throughput of an accelerator card in Mbit/s',
  read(node, emit) {
    const packets = node.containers().reduce((sum, { rates }) => sum + rates[5]!, 0)
    for (const [type, share] of [
      ['bw_in', 0.004],
      ['bw_out', 0.003],
    ] as const) {
      const labels = () => ({ type, qatDevID: '0', instance: node.machine.instance, job: keplerJob })
      emit(type, labels, Math.round(packets * share))
    }
  },
}
