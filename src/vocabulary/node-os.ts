import type { NodeOsFeature } from '../core/feature-group.js'
import type { LabelSet } from './metric-vocabulary.js'

/** A metric, and which of its series count: those that have all of `where`. */
export interface OsMetric {
  readonly metric: string
  readonly where?: LabelSet
  /** What one unit of the metric is in units of the feature. @default 1 */
  readonly scale?: number
}

/** How an exporter tells what an operating system counts of its machine. */
export interface NodeOsVocabulary {
  readonly name: string
  /** Counter of seconds by `mode`: user, nice, system, idle, iowait, irq, softirq, steal; by processor or all together. */
  readonly cpuSeconds: string
  readonly contextSwitches: OsMetric
  /** Series that match add up. */
  readonly pageFaults: OsMetric
  readonly memoryTotal: OsMetric
  readonly memoryAvailable: OsMetric
  readonly load1: OsMetric
  /** A gauge by processor or of all; not every machine tells it. */
  readonly frequency: OsMetric
}

/** Prometheus' own exporter, on a host or in a guest. */
export const nodeExporter: NodeOsVocabulary = {
  name: 'node_exporter',
  cpuSeconds: 'node_cpu_seconds_total',
  contextSwitches: { metric: 'node_context_switches_total' },
  pageFaults: { metric: 'node_vmstat_pgfault' },
  memoryTotal: { metric: 'node_memory_MemTotal_bytes' },
  memoryAvailable: { metric: 'node_memory_MemAvailable_bytes' },
  load1: { metric: 'node_load1' },
  frequency: { metric: 'node_cpu_scaling_frequency_hertz' },
}

/** This package's power meter: `metrics/meter-families.ts` has the same names. */
export const powerMeter: NodeOsVocabulary = {
  name: 'power-meter',
  cpuSeconds: 'kepler_meter_cpu_seconds_total',
  contextSwitches: { metric: 'kepler_meter_context_switches_total' },
  pageFaults: { metric: 'kepler_meter_page_faults_total' },
  memoryTotal: { metric: 'kepler_meter_memory_bytes', where: { state: 'total' } },
  memoryAvailable: { metric: 'kepler_meter_memory_bytes', where: { state: 'available' } },
  load1: { metric: 'kepler_meter_load1' },
  frequency: { metric: 'kepler_meter_frequency_megahertz', scale: 1e6 },
}

/** The first that a machine has counts. */
export const nodeOsVocabularies: readonly NodeOsVocabulary[] = [nodeExporter, powerMeter]

/** The modes of processor time that a ratio is made of. */
export const nodeOsCpuModes = Object.freeze({
  node_cpu_user_ratio: ['user', 'nice'],
  node_cpu_system_ratio: ['system'],
  node_cpu_iowait_ratio: ['iowait'],
  node_cpu_irq_ratio: ['irq', 'softirq'],
  node_cpu_steal_ratio: ['steal'],
} as const satisfies Partial<Record<NodeOsFeature, readonly string[]>>)

/** The metrics that every machine tells, and so all but the frequency. */
export function neededMetrics(vocabulary: NodeOsVocabulary): readonly string[] {
  const { cpuSeconds, contextSwitches, pageFaults, memoryTotal, memoryAvailable, load1 } = vocabulary
  return [
    cpuSeconds,
    ...new Set([contextSwitches, pageFaults, memoryTotal, memoryAvailable, load1].map(({ metric }) => metric)),
  ]
}

/** All metrics that features of the operating system are made of, of all exporters. */
export const nodeOsMetrics: ReadonlySet<string> = new Set(
  nodeOsVocabularies.flatMap((vocabulary) => [...neededMetrics(vocabulary), vocabulary.frequency.metric]),
)

export function isNodeOsMetric(metric: string): boolean {
  return nodeOsMetrics.has(metric)
}
