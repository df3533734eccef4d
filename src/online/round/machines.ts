import { allFeatures } from '../../core/feature-group.js'
import { type EnergySource, isEnergySource } from '../../core/energy-source.js'
import { type EnergySeries, energyIn } from '../../extract/energy.js'
import { metricsOfFeature } from '../../extract/usage-series.js'
import type { Labels } from '../../prometheus/labels.js'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
import type { MetricVocabulary } from '../../vocabulary/metric-vocabulary.js'
import { vocabularies } from '../../vocabulary/vocabularies.js'

/** A machine that a Kepler reports, and whether it has a power meter to train on. */
export interface Machine {
  /** What Kepler calls it: `exported_instance`, or `instance` where Prometheus kept the label. */
  readonly instance: string
  readonly state: 'metered' | 'no_meter'
  /** The energy sources that a meter measures. */
  readonly sources: readonly EnergySource[]
  /** What its Kepler calls its metrics: machines of one cluster may run different versions. */
  readonly vocabulary: string
  /** Why it has no meter. */
  readonly why: string
}

/** The source label of watts that Kepler estimates with a model, e.g. ours. Training on them would copy that model. */
const estimated: EnergySource = 'trained_power_model'

/**
 * Every machine in a response. A machine has a meter when its energy carries the label of a metered source and its
 * counters increase. Without a meter, Kepler reports estimates, counters that stay constant, or no energy.
 */
export function machinesIn(response: PrometheusResponse): readonly Machine[] {
  const found = new Map<string, Machine>()
  for (const vocabulary of vocabularies) {
    for (const machine of machinesOf(response, vocabulary)) {
      const known = found.get(machine.instance)
      // The version with a meter counts; of two, the newer one.
      if (known === undefined || machine.state === 'metered') found.set(machine.instance, machine)
    }
  }
  return [...found.values()].sort((a, b) => (a.instance < b.instance ? -1 : 1))
}

function machinesOf(response: PrometheusResponse, vocabulary: MetricVocabulary): readonly Machine[] {
  const energy = new Map<string, EnergySeries[]>()
  for (const one of energyIn(response, vocabulary, 'container')) {
    const instance = instanceOf(one.series.labels)
    energy.set(instance, [...(energy.get(instance) ?? []), one])
  }
  const instances = new Set(energy.keys())
  const usage = new Set(allFeatures.flatMap((feature) => metricsOfFeature(feature, vocabulary, 'container', [])))
  for (const metric of usage) {
    for (const { labels } of response.series.get(metric) ?? []) instances.add(instanceOf(labels))
  }
  return [...instances].map((instance) => machineOf(instance, energy.get(instance) ?? [], vocabulary))
}

function machineOf(instance: string, energy: readonly EnergySeries[], vocabulary: MetricVocabulary): Machine {
  const named = new Set(energy.map(({ source }) => source || '(none)'))
  const meters = [...named].filter((source): source is EnergySource => isEnergySource(source) && source !== estimated)
  const moving = meters.filter((meter) => energy.some(({ source, series }) => source === meter && moves(series)))
  const state = moving.length > 0 ? 'metered' : 'no_meter'
  return {
    instance,
    state,
    sources: moving,
    vocabulary: vocabulary.name,
    why: state === 'metered' ? '' : whyNot(named, meters),
  }
}

function whyNot(named: ReadonlySet<string>, meters: readonly string[]): string {
  if (named.size === 0) return 'Kepler reports no energy of it'
  if (meters.length > 0) return `its energy counters (source ${meters.join(', ')}) stand still`
  const sources = [...named].join(', ')
  if (named.has(estimated)) return `its energy is estimated, not measured (source ${sources})`
  return `nobody knows the source of its energy (source ${sources})`
}

function moves({ values }: Series): boolean {
  const first = values.find(Number.isFinite)
  return first !== undefined && values.some((value) => Number.isFinite(value) && value !== first)
}

function instanceOf(labels: Labels): string {
  return labels.exported_instance ?? labels.instance ?? ''
}
