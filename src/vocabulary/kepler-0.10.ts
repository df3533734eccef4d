import type { Component } from '../core/energy-source.js'
import type { EnergyMetric, LabelSet, MeasuredEnergy, MetricVocabulary, UsageMode } from './metric-vocabulary.js'
import type { ShownContainer, ShownMetric, ShownNode } from './shown-metric.js'

const componentOfZone: Readonly<Record<string, Component>> = {
  package: 'package',
  core: 'core',
  pp0: 'core',
  uncore: 'uncore',
  pp1: 'uncore',
  dram: 'dram',
}

/**
 * Zones are those of RAPL, the number behind a zone's name its package. `psys` is the whole platform: it is offered as
 * the platform of `acpi`, the name under which Kepler up to 0.9 asks for platform power.
 */
function measuredZone({ zone = '', path = '' }: LabelSet): MeasuredEnergy | undefined {
  const [, name = '', index] = /^([a-z0-9]+?)(?:-(\d+))?$/.exec(zone.toLowerCase()) ?? []
  if (name === 'psys') return { source: 'acpi', component: 'platform' }
  const component = Object.hasOwn(componentOfZone, name) ? componentOfZone[name] : undefined
  if (component === undefined) return undefined
  const unit = index ?? /intel-rapl:(\d+)/.exec(path)?.[1]
  return { source: 'rapl-sysfs', component, ...(unit !== undefined && { package: unit }) }
}

function cpuEnergy(of: 'node' | 'vm'): readonly EnergyMetric[] {
  return [
    { metric: `kepler_${of}_cpu_joules_total`, unit: 'joules', measures: measuredZone },
    { metric: `kepler_${of}_cpu_watts`, unit: 'watts', measures: measuredZone },
  ]
}

/** The process that is a virtual machine, where its host shows processes and no virtual machines. */
const vmProcess: readonly EnergyMetric[] = [
  { metric: 'kepler_process_cpu_joules_total', unit: 'joules', measures: ofVirtualMachine },
  { metric: 'kepler_process_cpu_watts', unit: 'watts', measures: ofVirtualMachine },
]

function ofVirtualMachine(labels: LabelSet): MeasuredEnergy | undefined {
  return labels.vm_id ? measuredZone(labels) : undefined
}

const gpu: readonly EnergyMetric[] = [
  { metric: 'kepler_node_gpu_joules_total', unit: 'joules', measures: () => ({ source: 'gpu', component: 'gpu' }) },
  { metric: 'kepler_node_gpu_watts', unit: 'watts', measures: () => ({ source: 'gpu', component: 'gpu' }) },
]

/** Power of the whole machine, as its management controller tells it. */
const platform: EnergyMetric = {
  metric: 'kepler_platform_watts',
  unit: 'watts',
  measures: ({ source }) => ({ source: source ?? 'redfish', component: 'platform' }),
}

/** Processes that run in no container and no virtual machine, as Kepler before 0.10 called them. */
const system: LabelSet = {
  container_id: 'system_processes',
  container_name: 'system_processes',
  pod_name: 'system_processes',
  container_namespace: 'system',
}

const secondsToMilliseconds = 1000

/**
 * Kepler 0.10 and later, a rewrite: one metric of energy whose label `zone` is the component, and CPU time as the only
 * usage. CPU time of processes comes first: that of containers lacks all that runs outside of them, and a node does it.
 */
export const kepler010: MetricVocabulary = {
  name: 'kepler-0.10',
  title: 'Kepler 0.10 and later',
  groups: ['CPUTimeOnly', 'NodeOS', 'ThirdParty'],
  defaultGroup: 'CPUTimeOnly',
  energy: { container: [...cpuEnergy('node'), platform, ...gpu], vm: [...cpuEnergy('vm'), ...vmProcess] },
  usage(feature, mode) {
    if (feature !== 'cpu_time_ms' && feature !== 'bpf_cpu_time_ms') return []
    const ofProcesses = { metric: 'kepler_process_cpu_seconds_total', scale: secondsToMilliseconds }
    const ofContainers = { metric: 'kepler_container_cpu_seconds_total', scale: secondsToMilliseconds }
    return mode === 'vm' ? [ofProcesses] : [ofProcesses, ofContainers]
  },
  nodeGauge: () => undefined,
  containerLabels(labels) {
    const { container_id: id = '', vm_id: vm = '', container_name: name = '', pod_id: pod = '' } = labels
    if (id === '' && vm === '') return { ...labels, ...system }
    if (id === '') return { ...labels, container_id: vm, container_name: vm, pod_name: vm, container_namespace: 'vm' }
    return { pod_name: pod, container_name: name, ...labels }
  },
  labels: [
    ...['container_id', 'container_name', 'runtime', 'vm_id', 'vm_name', 'hypervisor', 'pod_id', 'pod_name'],
    ...[
      'pod_namespace',
      'pid',
      'comm',
      'exe',
      'type',
      'state',
      'zone',
      'path',
      'source',
      'gpu',
      'gpu_uuid',
      'gpu_name',
    ],
    ...['vendor', 'bmc_id', 'chassis_id', 'source_id', 'source_name', 'source_type', 'processor', 'vendor_id'],
    ...['model_name', 'physical_id', 'core_id'],
  ],
  names: [
    ...['kepler_container_cpu_seconds_total', 'kepler_container_cpu_joules_total'].map((metric) => ({
      metric,
      by: 'container_id',
      gives: { container_name: 'container_name', pod_id: 'pod_id' },
    })),
    {
      metric: 'kepler_pod_cpu_joules_total',
      by: 'pod_id',
      gives: { pod_name: 'pod_name', pod_namespace: 'container_namespace' },
    },
  ],
  aliases: { cpu_time_ms: 'bpf_cpu_time_ms' },
  shown({ vm = false, vmJob = 'vm' }) {
    const mode: UsageMode = vm ? 'vm' : 'container'
    return [
      shownNodeEnergy(mode),
      shownProcessSeconds(mode, vmJob),
      ...(vm ? [] : [shownContainerSeconds, shownPodEnergy, shownCpuInfo]),
    ]
  },
}

// What follows is the exporter's side, for the simulator.

const zones = { package: 'package', core: 'core', uncore: 'uncore', dram: 'dram', psys: 'platform' } as const
const micro = (value: number) => Math.floor(value * 1e6) / 1e6

/** Prometheus adds `job` and `instance`; Kepler itself says `node_name` in every series. */
function nodeLabels({ instance }: ShownNode, job = 'kepler') {
  return { instance: `${instance}:28282`, job, node_name: instance }
}

/** The same name is another pod when it comes again. */
const podId = ({ namespace, pod }: ShownContainer) => `${namespace}-${pod}`

function containerLabels(node: ShownNode, container: ShownContainer) {
  return {
    ...nodeLabels(node),
    container_id: container.id,
    container_name: container.name,
    pod_id: podId(container),
    runtime: 'containerd',
    state: 'running',
  }
}

function shownNodeEnergy(mode: UsageMode): ShownMetric {
  return {
    name: mode === 'vm' ? 'kepler_vm_cpu_joules_total' : 'kepler_node_cpu_joules_total',
    type: 'counter',
    help: 'Energy consumption of cpu in joules',
    read(node, emit) {
      for (const [zone, component] of Object.entries(zones)) {
        // Kepler adds the packages of a zone up.
        const joules = [...Array.from(node.joules(component, 'idle')), ...Array.from(node.joules(component, 'dynamic'))]
        const own = mode === 'vm' ? { vm_id: `${node.instance}-vm`, hypervisor: 'kvm', state: 'running' } : {}
        const labels = () => ({ ...nodeLabels(node), ...own, zone, path: `/sys/class/powercap/intel-rapl/${zone}` })
        emit(zone, labels, micro(joules.reduce((a, b) => a + b, 0)))
      }
    },
  }
}

function shownProcessSeconds(mode: UsageMode, vmJob: string): ShownMetric {
  return {
    name: 'kepler_process_cpu_seconds_total',
    type: 'counter',
    help: 'Total user and system time of cpu in seconds',
    read(node, emit) {
      for (const container of node.containers()) {
        const { id, pid, name } = container
        const labels = () => ({
          ...(mode === 'vm' ? { ...nodeLabels(node, vmJob), instance: `${node.instance}-vm` } : nodeLabels(node)),
          pid: String(pid),
          comm: name,
          exe: `/usr/bin/${name}`,
          type: 'container',
          container_id: id,
          vm_id: '',
        })
        emit(id, labels, micro(container.usage('bpf_cpu_time_ms') / secondsToMilliseconds))
      }
    },
  }
}

const shownContainerSeconds: ShownMetric = {
  name: 'kepler_container_cpu_seconds_total',
  type: 'counter',
  help: 'Total user and system time of cpu in seconds of a container',
  read(node, emit) {
    for (const container of node.containers()) {
      const seconds = container.usage('bpf_cpu_time_ms') / secondsToMilliseconds
      emit(container.id, () => containerLabels(node, container), micro(seconds))
    }
  },
}

const shownPodEnergy: ShownMetric = {
  name: 'kepler_pod_cpu_joules_total',
  type: 'counter',
  help: 'Energy consumption of cpu of a pod in joules',
  read(node, emit) {
    for (const container of node.containers()) {
      for (const [zone, component] of Object.entries(zones)) {
        const labels = () => ({
          ...nodeLabels(node),
          pod_id: podId(container),
          pod_name: container.pod,
          pod_namespace: container.namespace,
          state: 'running',
          zone,
        })
        emit(`${container.id}/${zone}`, labels, micro(container.joules(component)))
      }
    }
  },
}

const shownCpuInfo: ShownMetric = {
  name: 'kepler_node_cpu_info',
  type: 'gauge',
  help: 'Information of a processor',
  read(node, emit) {
    for (let cpu = 0; cpu < node.cores; cpu++) {
      const info = { processor: String(cpu), vendor_id: 'Simulated', model_name: 'Simulated', physical_id: '0' }
      emit(String(cpu), () => ({ ...nodeLabels(node), ...info, core_id: String(cpu) }), 1)
    }
  },
}
