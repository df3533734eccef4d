import { type Component, components } from '../core/energy-source.js'
import { acceleratorFeatures, systemFeatures } from '../core/feature-group.js'
import type { EnergyMetric, MetricVocabulary, UsageMode } from './metric-vocabulary.js'
import type { ShownContainer, ShownMetric, ShownNode } from './shown-metric.js'

/** What older releases called the sources of energy: 0.7.1 and 0.7.2 `rapl`, 0.7.5 to 0.7.9 `intel_rapl`. */
const sourceNames: Readonly<Record<string, string>> = {
  rapl: 'rapl-sysfs',
  intel_rapl: 'rapl-sysfs',
  'trained power model': 'trained_power_model',
}

const energyName = (component: Component, mode: UsageMode) =>
  `kepler_${mode === 'vm' ? 'vm' : 'node'}_${component}_joules_total`
const usageName = (feature: string, mode: UsageMode) =>
  `kepler_${mode === 'vm' ? 'process' : 'container'}_${feature}_total`
const gaugeName = (feature: string) => `kepler_node_${feature}`
const ratioName = 'kepler_container_cpu_usage_per_package_ratio'

function energy(component: Component, mode: UsageMode): EnergyMetric {
  return {
    metric: energyName(component, mode),
    unit: 'joules',
    measures: ({ source, package: unit }) => ({
      // Of a virtual machine the hypervisor's energy has no source that could be asked for.
      source: mode === 'vm' ? undefined : component === 'gpu' ? 'gpu' : (sourceNames[source ?? ''] ?? source ?? ''),
      component,
      ...(unit !== undefined && { package: unit }),
    }),
  }
}

const gauges: ReadonlySet<string> = new Set([...systemFeatures, ...acceleratorFeatures])

/** Kepler 0.7 to 0.9: a metric for each component and each feature; the energy source is a label. */
export const kepler07: MetricVocabulary = {
  name: 'kepler-0.7',
  title: 'Kepler 0.7 to 0.9',
  groups: [
    'WorkloadOnly',
    'CounterOnly',
    'BPFOnly',
    'BPFIRQ',
    'CounterIRQCombined',
    'Basic',
    'AcceleratorOnly',
    'NodeOS',
    'ThirdParty',
  ],
  defaultGroup: 'BPFOnly',
  energy: {
    container: components.map((component) => energy(component, 'container')),
    vm: components.map((component) => energy(component, 'vm')),
  },
  usage: (feature, mode) =>
    gauges.has(feature) ? [] : [{ metric: usageName(feature === 'cpu_time_ms' ? 'bpf_cpu_time_ms' : feature, mode) }],
  nodeGauge: (feature) => (gauges.has(feature) ? gaugeName(feature) : undefined),
  packageRatio: ratioName,
  nodeInfo: gaugeName('node_info'),
  labels: [
    ...['container_id', 'pod_name', 'container_name', 'container_namespace', 'pid', 'command', 'vm_id', 'cgroup_id'],
    ...['source', 'mode', 'package', 'pkg_id', 'type', 'cpu', 'index', 'gpu', 'gpu_id', 'qatDevID'],
    ...['cpu_architecture', 'components_power_source', 'platform_power_source'],
  ],
  names: [],
  aliases: {},
  shown({ vm = false, vmJob = 'vm', packageRatio = false, accelerator = false }) {
    const mode: UsageMode = vm ? 'vm' : 'container'
    return [
      ...shownFeatures.map((feature) => shownUsage(feature, mode, vmJob)),
      ...shownComponents.map((component) => shownEnergy(component, mode)),
      shownFrequency,
      shownNodeInfo,
      ...(packageRatio && !vm ? [shownRatio] : []),
      ...(accelerator ? [shownAccelerator] : []),
    ]
  },
}

// What follows is the exporter's side, for the simulator.

/** What Kepler 0.7 counts of a container, a process or a virtual machine. */
export const shownFeatures = [
  'bpf_cpu_time_ms',
  'cpu_cycles',
  'cpu_instructions',
  'cache_miss',
  'bpf_page_cache_hit',
  'bpf_net_rx_irq',
  'bpf_net_tx_irq',
  'bpf_block_irq',
] as const
const shownComponents = ['package', 'core', 'uncore', 'dram', 'platform'] as const
const job = 'kepler'
const millijoules = (joules: number) => Math.floor(joules * 1000) / 1000

function containerLabels({ instance }: ShownNode, { id, pod, name, namespace }: ShownContainer) {
  return {
    container_id: id,
    container_name: name,
    container_namespace: namespace,
    pod_name: pod,
    instance,
    job,
  }
}

function shownUsage(feature: string, mode: UsageMode, vmJob: string): ShownMetric {
  return {
    name: usageName(feature, mode),
    type: 'counter',
    help: `Aggregated ${feature} of a ${mode === 'vm' ? 'process' : 'container'}`,
    read(node, emit) {
      for (const container of node.containers()) {
        const { id, pid, name } = container
        const labels = () =>
          mode === 'container'
            ? containerLabels(node, container)
            : { command: name, container_id: id, pid: String(pid), instance: `${node.instance}-vm`, job: vmJob }
        // The exporter counts whole units; with a restart in between a rate would be off by one.
        emit(id, labels, Math.floor(container.usage(feature)))
      }
    },
  }
}

function shownEnergy(component: Component, mode: UsageMode): ShownMetric {
  const platform = component === 'platform'
  return {
    name: energyName(component, mode),
    type: 'counter',
    help: `Energy of the component ${component} in joules`,
    read(node, emit) {
      const { instance } = node
      for (const part of ['dynamic', 'idle'] as const) {
        Array.from(node.joules(component, part)).forEach((joules, chip) => {
          const labels = () => ({
            ...(platform ? {} : { package: String(chip) }),
            source: platform ? 'acpi' : 'rapl-sysfs',
            mode: part,
            instance,
            job,
            ...(mode === 'vm' ? { vm_id: `${instance}-vm` } : {}),
          })
          emit(`${part}/${chip}`, labels, millijoules(joules))
        })
      }
    },
  }
}

const shownFrequency: ShownMetric = {
  name: gaugeName('cpu_scaling_frequency_hertz'),
  type: 'gauge',
  help: 'Current frequency of a core',
  read({ instance, cores, hertz }, emit) {
    for (let cpu = 0; cpu < cores; cpu++) {
      emit(String(cpu), () => ({ cpu: String(cpu), instance, job }), Math.round(hertz()))
    }
  },
}

const shownNodeInfo: ShownMetric = {
  name: gaugeName('node_info'),
  type: 'gauge',
  help: 'Node type: the index of the machine in a node type index',
  read({ instance, nodeType }, emit) {
    emit('', () => ({ cpu_architecture: 'Simulated', instance, job }), nodeType)
  },
}

const shownRatio: ShownMetric = {
  name: ratioName,
  type: 'gauge',
  help: 'Share of the CPU time of a container that a package had',
  read(node, emit) {
    for (const container of node.containers()) {
      Array.from(container.packageShares).forEach((share, chip) => {
        const labels = () => ({ ...containerLabels(node, container), pkg_id: String(chip) })
        emit(`${container.id}/${chip}`, labels, share)
      })
    }
  },
}

const shownAccelerator: ShownMetric = {
  name: gaugeName('accelerator_intel_qat'),
  type: 'gauge',
  help: 'Throughput of an accelerator card in Mbit/s',
  read({ instance, containers }, emit) {
    const packets = containers().reduce((sum, { rate }) => sum + rate('bpf_net_rx_irq'), 0)
    for (const [type, share] of [
      ['bw_in', 0.004],
      ['bw_out', 0.003],
    ] as const) {
      emit(type, () => ({ type, qatDevID: '0', instance, job }), Math.round(packets * share))
    }
  },
}
