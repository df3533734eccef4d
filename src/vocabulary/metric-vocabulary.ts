import type { Component } from '../core/energy-source.js'
import type { FeatureGroup } from '../core/feature-group.js'
import type { ShownMetric, ShownOptions } from './shown-metric.js'

/** Where usage is measured: per container by a node's Kepler, or per process by the Kepler inside a virtual machine. */
export type UsageMode = 'container' | 'vm'

export type LabelSet = Readonly<Record<string, string>>

/** What a series of energy measures. */
export interface MeasuredEnergy {
  /** The energy source as `core` names it, or as the labels do; `undefined` where the labels do not say. */
  readonly source: string | undefined
  readonly component: Component
  /** The package (socket) it is a part of, where packages are told apart. */
  readonly package?: string
}

/** A metric of energy. Several series of one source and component are parts of it (modes, packages) and add up. */
export interface EnergyMetric {
  readonly metric: string
  /** `joules`: a counter. `watts`: a gauge. */
  readonly unit: 'joules' | 'watts'
  /** `undefined` for a series that measures no component that this system knows. */
  measures(labels: LabelSet): MeasuredEnergy | undefined
}

/** A counter of usage. */
export interface UsageMetric {
  readonly metric: string
  /** What one unit of the metric is in units of the feature, e.g. 1000 where seconds become milliseconds. @default 1 */
  readonly scale?: number
}

/** A metric whose labels name what other metrics only identify, e.g. the name of a pod by its id. */
export interface NameMetric {
  readonly metric: string
  /** The label that both have. */
  readonly by: string
  /** Labels that are taken over: name in this metric -> name that it gets. */
  readonly gives: LabelSet
}

/**
 * What the metrics of an exporter are called, and what their labels mean. Everything else in this system speaks of
 * sources, components and features, and of containers by the labels in {@link containerId}; a vocabulary translates.
 */
export interface MetricVocabulary {
  /** As options name it, e.g. `kepler-0.10`. */
  readonly name: string
  /** For people, e.g. `Kepler 0.10 and later`. */
  readonly title: string
  /** Feature groups that training offers where all of their features are measured, in the order of reports. */
  readonly groups: readonly FeatureGroup[]
  /** The group that is extracted when none is named. */
  readonly defaultGroup: FeatureGroup
  /** The first that has series of a source and component counts. */
  readonly energy: Readonly<Record<UsageMode, readonly EnergyMetric[]>>
  /** Counters of a feature by container or process; the first that has series counts. Empty: it is not measured. */
  usage(feature: string, mode: UsageMode): readonly UsageMetric[]
  /** The gauge of a feature of the whole node (systems, accelerators); `undefined`: it is not measured. */
  nodeGauge(feature: string): string | undefined
  /** The gauge that says which part of a container's usage a package had. */
  readonly packageRatio?: string
  /** The gauge whose value is the node type. */
  readonly nodeInfo?: string
  /** Labels of usage as {@link containerId} reads them. @default as they are */
  containerLabels?(labels: LabelSet): LabelSet
  /** Labels that the exporter sets itself: they say what is measured. All others say where, or who scraped. */
  readonly labels: readonly string[]
  /** Where the names of containers and pods are. */
  readonly names: readonly NameMetric[]
  /** Features that are the same quantity under another name, in the same unit: `{new: old}`. */
  readonly aliases: LabelSet
  /** What a simulated exporter of this vocabulary shows. */
  shown(options: ShownOptions): readonly ShownMetric[]
}

const containerLabelNames = ['container_id', 'pod_name', 'container_name', 'container_namespace'] as const

/**
 * The labels that tell containers (or processes of a virtual machine) apart, joined by `/`:
 * `container_id/pod_name/container_name/container_namespace`, or `container_id/pid`.
 */
export function containerId(labels: LabelSet, mode: UsageMode): string {
  if (mode === 'vm') return `${labels.container_id ?? ''}/${labels.pid ?? ''}`
  return containerLabelNames.map((name) => labels[name] ?? '').join('/')
}
