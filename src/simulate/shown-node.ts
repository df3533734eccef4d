import type { Component } from '../core/energy-source.js'
import type { MetricVocabulary } from '../vocabulary/metric-vocabulary.js'
import type { ShownContainer, ShownMetric, ShownNode, ShownOptions } from '../vocabulary/shown-metric.js'
import { vocabularies } from '../vocabulary/vocabularies.js'
import { energyComponents, type SimulatedContainer } from './container.js'
import type { SimulatedNode } from './node.js'
import { usageFeatures } from './usage.js'

/** What an exporter of the node shows. */
export interface ExposedOptions extends ShownOptions {
  /** What its metrics are called. @default that of Kepler 0.7 to 0.9 */
  readonly vocabulary?: MetricVocabulary
}

/** Everything that a Kepler of that version shows and this system looks at. */
export function exposedMetrics({
  vocabulary = vocabularies[0]!,
  ...options
}: ExposedOptions = {}): readonly ShownMetric[] {
  return vocabulary.shown(options)
}

/** A simulated node as vocabularies look at nodes. */
export function shownNode(node: SimulatedNode): ShownNode {
  const { machine, counted } = node
  return {
    instance: machine.instance,
    nodeType: machine.nodeType,
    cores: machine.spec.cores,
    containers: () => node.containers().map(shownContainer),
    joules: (component, mode) => counted[mode][indexOf(component)] ?? [],
    hertz: () => node.hertz(),
  }
}

function shownContainer({
  id,
  pid,
  pod,
  workload,
  usage,
  rates,
  joules,
  packageShares,
}: SimulatedContainer): ShownContainer {
  const at = (values: Float64Array, feature: string) => values[features.indexOf(feature)] ?? 0
  return {
    id,
    pid,
    pod,
    name: workload.name,
    namespace: workload.namespace,
    usage: (feature) => at(usage, feature),
    rate: (feature) => at(rates, feature),
    joules: (component) => joules[indexOf(component)] ?? 0,
    packageShares,
  }
}

const features: readonly string[] = usageFeatures

const columns: readonly Component[] = energyComponents
const indexOf = (component: Component) => columns.indexOf(component)
