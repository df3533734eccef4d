/** Usage counters a model may use, per second and summed over the containers of a node. */
export const counterFeatures = ['cache_miss', 'cpu_cycles', 'cpu_instructions'] as const
export const bpfFeatures = ['bpf_cpu_time_ms', 'bpf_page_cache_hit'] as const
/** CPU time by itself, the only usage that Kepler offers from 0.10 on. The same quantity as `bpf_cpu_time_ms`. */
export const cpuTimeFeatures = ['cpu_time_ms'] as const
export const irqFeatures = ['bpf_block_irq', 'bpf_net_rx_irq', 'bpf_net_tx_irq'] as const
export const acceleratorFeatures = ['accelerator_intel_qat'] as const
export const systemFeatures = ['cpu_scaling_frequency_hertz', 'node_info'] as const

/**
 * What any machine, also a guest, sees of itself, by its operating system. Ratios are parts of the time of all its
 * processors (or of its memory), 0 to 1: `user` with nice, `irq` with softirq. Rates are per second; `node_load1` is the
 * load average of a minute. `node_cpu_frequency_hertz` is the mean of the processors, 0 where the machine does not tell it,
 * as most guests do not.
 */
export const nodeOsFeatures = [
  'node_context_switches_per_second',
  'node_cpu_frequency_hertz',
  'node_cpu_iowait_ratio',
  'node_cpu_irq_ratio',
  'node_cpu_steal_ratio',
  'node_cpu_system_ratio',
  'node_cpu_user_ratio',
  'node_load1',
  'node_memory_used_ratio',
  'node_page_faults_per_second',
] as const
export type NodeOsFeature = (typeof nodeOsFeatures)[number]

/** Features that only generation v0.6 had. Its archives still name them. */
const cgroupFeatures = [
  'cgroupfs_cpu_usage_us',
  'cgroupfs_memory_usage_bytes',
  'cgroupfs_system_cpu_usage_us',
  'cgroupfs_user_cpu_usage_us',
] as const
const kubeletFeatures = ['kubelet_cpu_usage', 'kubelet_memory_bytes'] as const

export type FeatureGroup =
  | 'Full'
  | 'WorkloadOnly'
  | 'CounterOnly'
  | 'BPFOnly'
  | 'BPFIRQ'
  | 'CounterIRQCombined'
  | 'Basic'
  | 'AcceleratorOnly'
  | 'CPUTimeOnly'
  | 'NodeOS'
  | 'ThirdParty'
  | 'CgroupOnly'
  | 'KubeletOnly'

const workloadFeatures = [...counterFeatures, ...bpfFeatures, ...irqFeatures, ...acceleratorFeatures]

/** The features of each group with a fixed list, sorted by name. `ThirdParty` has none: its user names them. */
export const groupFeatures: Readonly<Record<Exclude<FeatureGroup, 'ThirdParty'>, readonly string[]>> = Object.freeze({
  Full: [...workloadFeatures, ...systemFeatures].sort(),
  WorkloadOnly: [...workloadFeatures].sort(),
  CounterOnly: counterFeatures,
  BPFOnly: bpfFeatures,
  BPFIRQ: [...bpfFeatures, ...irqFeatures].sort(),
  CounterIRQCombined: [...counterFeatures, ...irqFeatures].sort(),
  Basic: [...counterFeatures, ...bpfFeatures].sort(),
  AcceleratorOnly: acceleratorFeatures,
  CPUTimeOnly: cpuTimeFeatures,
  NodeOS: nodeOsFeatures,
  CgroupOnly: cgroupFeatures,
  KubeletOnly: kubeletFeatures,
})

export function isNodeOsFeature(name: string): name is NodeOsFeature {
  return nodeOsFeatures.some((feature) => feature === name)
}

/** Every feature that some group has. */
export const allFeatures: readonly string[] = [...new Set(Object.values(groupFeatures).flat())].sort()

/** Those that Kepler measures: all but what an operating system tells. */
export const keplerFeatures: readonly string[] = allFeatures.filter((feature) => !isNodeOsFeature(feature))

/** Whether a machine that measures `metrics` can feed a model that needs `features`. */
export function covers(metrics: ReadonlySet<string>, features: readonly string[]): boolean {
  return features.every((feature) => metrics.has(feature))
}

export function isFeatureGroup(value: string): value is FeatureGroup {
  return value === 'ThirdParty' || Object.hasOwn(groupFeatures, value)
}

/** The features of a group; third-party metrics, named by the user, make up `ThirdParty` and join `WorkloadOnly`. */
export function featuresOf(group: FeatureGroup, thirdParty: readonly string[] = []): readonly string[] {
  if (group === 'ThirdParty') return [...new Set(thirdParty)].sort()
  if (group !== 'WorkloadOnly') return groupFeatures[group]
  return [...new Set([...groupFeatures.WorkloadOnly, ...thirdParty])].sort()
}

/** Of `groups` those whose features are all among `metrics`. A group without features is never valid. */
export function validFeatureGroups(
  metrics: Iterable<string>,
  groups: readonly FeatureGroup[],
  thirdParty: readonly string[] = [],
): readonly FeatureGroup[] {
  const measured = new Set(metrics)
  return groups.filter((group) => {
    const features = featuresOf(group, thirdParty)
    return features.length > 0 && covers(measured, features)
  })
}
