import { components, type EnergySource, isEnergySource } from '../../core/energy-source.js'
import { energyMetric } from '../../extract/metrics.js'
import type { Labels } from '../../prometheus/labels.js'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'

/** A machine that a Kepler reports, and whether it has a power meter to train on. */
export interface Machine {
  /** What Kepler calls it: `exported_instance`, or `instance` where Prometheus kept the label. */
  readonly instance: string
  readonly state: 'metered' | 'no_meter'
  /** The energy sources that a meter measures. */
  readonly sources: readonly EnergySource[]
  /** Why it has no meter. */
  readonly why: string
}

/** The source label of watts that Kepler estimates with a model, e.g. ours. Training on them would copy that model. */
const estimated: EnergySource = 'trained_power_model'

const energyMetrics = components.map((component) => energyMetric(component, 'container'))

/**
 * Every machine in a response. A machine has a meter when its energy carries the label of a metered source and its
 * counters increase. Without a meter, Kepler reports estimates, counters that stay constant, or no energy.
 */
export function machinesIn(response: PrometheusResponse): readonly Machine[] {
  const energy = new Map<string, Series[]>()
  for (const metric of energyMetrics) {
    for (const series of response.series.get(metric) ?? []) {
      const instance = instanceOf(series.labels)
      const known = energy.get(instance)
      if (known) known.push(series)
      else energy.set(instance, [series])
    }
  }
  const instances = new Set(energy.keys())
  for (const [metric, series] of response.series) {
    if (!metric.startsWith('kepler_container_')) continue
    for (const { labels } of series) instances.add(instanceOf(labels))
  }
  return [...instances].sort().map((instance) => machineOf(instance, energy.get(instance) ?? []))
}

function machineOf(instance: string, energy: readonly Series[]): Machine {
  const named = new Set(energy.map(({ labels }) => labels.source ?? '(none)'))
  const meters = [...named].filter((source): source is EnergySource => isEnergySource(source) && source !== estimated)
  const moving = meters.filter((source) => energy.some((series) => series.labels.source === source && moves(series)))
  const state = moving.length > 0 ? 'metered' : 'no_meter'
  return { instance, state, sources: moving, why: state === 'metered' ? '' : whyNot(named, meters) }
}

function whyNot(named: ReadonlySet<string>, meters: readonly string[]): string {
  if (named.size === 0) return 'Kepler reports no energy of it'
  if (meters.length > 0) return `its energy counters (source ${meters.join(', ')}) stand still`
  return `its energy is estimated, not measured (source ${[...named].join(', ')})`
}

function moves({ values }: Series): boolean {
  const first = values.find(Number.isFinite)
  return first !== undefined && values.some((value) => Number.isFinite(value) && value !== first)
}

function instanceOf(labels: Labels): string {
  return labels.exported_instance ?? labels.instance ?? ''
}
