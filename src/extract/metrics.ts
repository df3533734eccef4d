import { type Component, components, componentsOf, type EnergySource } from '../core/energy-source.js'
import { acceleratorFeatures, systemFeatures } from '../core/feature-group.js'

/** Where usage is measured: per container by a node's Kepler, or per process by the Kepler inside a virtual machine. */
export type UsageMode = 'container' | 'vm'

export const ratioMetric = 'kepler_container_cpu_usage_per_package_ratio'
export const nodeInfoMetric = 'kepler_node_node_info'

const accelerator: ReadonlySet<string> = new Set(acceleratorFeatures)
const system: ReadonlySet<string> = new Set(systemFeatures)

export type FeatureKind = 'usage' | 'accelerator' | 'system'

export function kindOf(feature: string): FeatureKind {
  return accelerator.has(feature) ? 'accelerator' : system.has(feature) ? 'system' : 'usage'
}

/** The metric that a feature comes from. Third-party features are metrics themselves. */
export function metricOf(feature: string, mode: UsageMode, thirdParty: readonly string[]): string {
  if (thirdParty.includes(feature)) return feature
  if (kindOf(feature) !== 'usage') return `kepler_node_${feature}`
  return mode === 'vm' ? `kepler_process_${feature}_total` : `kepler_container_${feature}_total`
}

/** The feature that a metric carries, the other way round; `undefined` for other metrics. */
export function featureOf(metric: string, mode: UsageMode): string | undefined {
  const usage = mode === 'vm' ? /^kepler_process_(.+)_total$/ : /^kepler_container_(.+)_total$/
  const name = usage.exec(metric)?.[1]
  if (name !== undefined && !name.endsWith('joules')) return name
  const node = /^kepler_node_(.+)$/.exec(metric)?.[1]
  return node !== undefined && kindOf(node) !== 'usage' ? node : undefined
}

export function energyMetric(component: Component, mode: UsageMode): string {
  return `kepler_${mode === 'vm' ? 'vm' : 'node'}_${component}_joules_total`
}

/** All metrics that a dataset of these features and source is made of, the optional ones included. */
export function metricsFor(
  features: readonly string[],
  source: EnergySource,
  mode: UsageMode,
  thirdParty: readonly string[],
): ReadonlySet<string> {
  return new Set([
    ...features.map((feature) => metricOf(feature, mode, thirdParty)),
    ...componentsOf(source).map((component) => energyMetric(component, mode)),
    ratioMetric,
    nodeInfoMetric,
  ])
}

/** Whether any dataset, or a profile, is made of a metric; Kepler has several times as many. */
export function isTrainingMetric(metric: string, mode: UsageMode): boolean {
  if (metric === ratioMetric || metric === nodeInfoMetric || featureOf(metric, mode) !== undefined) return true
  return components.some((component) => energyMetric(component, mode) === metric)
}

/** The labels that extraction looks at; a reader need not keep others. */
export const usedLabels: ReadonlySet<string> = new Set([
  'container_id',
  'pod_name',
  'container_name',
  'container_namespace',
  'pid',
  'job',
  'instance',
  'exported_instance',
  'source',
  'mode',
  'package',
  'pkg_id',
  'type',
])
