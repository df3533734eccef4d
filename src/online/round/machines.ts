import { keplerFeatures } from '../../core/feature-group.js'
import { type EnergySource, estimatedSource, isEnergySource } from '../../core/energy-source.js'
import { type EnergySeries, energyIn } from '../../extract/energy.js'
import { findings } from '../../extract/findings.js'
import { joinedSeries } from '../../extract/identity/join.js'
import { type IdentityOptions, type MachineViews, machinesOf } from '../../extract/identity/machines.js'
import { ownSeries } from '../../extract/identity/own-series.js'
import { identityOptions } from '../../extract/machine-series.js'
import { allMeasurements, type Measurements } from '../../extract/measurements.js'
import { meterSeries } from '../../extract/meter.js'
import { metricsOfFeature } from '../../extract/usage-series.js'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
import type { MetricVocabulary } from '../../vocabulary/metric-vocabulary.js'
import { isKeplerTrainingMetric, vocabularies } from '../../vocabulary/vocabularies.js'

/** A machine that a Kepler reports, and whether it has a power meter to train on. */
export interface Machine {
  /** What people call it: `exported_instance`, or `instance` where Prometheus kept the label. */
  readonly instance: string
  /** All that it is called by the labels that tell machines apart. */
  readonly names: readonly string[]
  readonly state: 'metered' | 'no_meter'
  /** The energy sources that a meter measures. */
  readonly sources: readonly EnergySource[]
  /** What its Kepler calls its metrics: machines of one cluster may run different versions. */
  readonly vocabulary: string
  /** Why it has no meter. */
  readonly why: string
}

/** A machine with what was measured of it. */
export interface FoundMachine {
  readonly machine: Machine
  /** Of Kepler's series those of this machine, once; of other exporters all. */
  readonly response: PrometheusResponse
  /** A virtual machine, by what its host tells of it. @default false */
  readonly guest?: boolean
}

/**
 * Every machine in a response. A machine has a meter when its energy carries the label of a metered source and its
 * counters increase, or when a meter of its own measures it. Without a meter, Kepler reports estimates, counters that stay
 * constant, or no energy.
 *
 * @param count how many machines there are at least, where others are in other responses
 */
export function machinesIn(
  response: PrometheusResponse,
  measurements: Measurements = allMeasurements,
  count = 0,
): readonly FoundMachine[] {
  const found = new Map<string, FoundMachine>()
  for (const vocabulary of vocabularies) {
    for (const one of machinesOfVersion(response, vocabulary, measurements, count)) {
      const { instance, state } = one.machine
      // The version with a meter counts; of two, the newer one.
      if (!found.has(instance) || state === 'metered') found.set(instance, one)
    }
  }
  return [...found.values()].sort((a, b) => (a.machine.instance < b.machine.instance ? -1 : 1))
}

function machinesOfVersion(
  response: PrometheusResponse,
  vocabulary: MetricVocabulary,
  measurements: Measurements,
  count: number,
): readonly FoundMachine[] {
  const options = identityOptions(measurements)
  const energy = energyIn(response, vocabulary, 'container')
  // One metric of usage is enough to know who is there; there may be thousands of containers.
  const metric = keplerFeatures
    .flatMap((feature) => metricsOfFeature(feature, vocabulary, 'container', []))
    .find((name) => (response.series.get(name)?.length ?? 0) > 0)
  const usage = response.series.get(metric ?? '') ?? []
  const views = machinesOf([...energy.map(({ series }) => series), ...usage], options)
  return views.map((view) => {
    const own = energy.filter(({ series }) => ownSeries([series], view, options).length > 0)
    const metered = meteredSources(response, view, Math.max(count, views.length), measurements)
    const machine = machineOf(view, own, metered, vocabulary)
    return {
      machine,
      response: views.length === 1 && view.replicas.length === 0 ? response : restricted(response, view, options),
    }
  })
}

/** The response without what Kepler measured of other machines, or twice. */
function restricted(response: PrometheusResponse, view: MachineViews, options: IdentityOptions): PrometheusResponse {
  const series = new Map(
    [...response.series].map(([metric, all]) => [
      metric,
      isKeplerTrainingMetric(metric, 'container') ? ownSeries(all, view, options) : all,
    ]),
  )
  const metrics = new Map([...response.metrics].map(([metric, count]) => [metric, series.get(metric)?.length ?? count]))
  return { ...response, series, metrics }
}

/** The sources of the meters that measure a machine. */
function meteredSources(
  response: PrometheusResponse,
  view: MachineViews,
  machines: number,
  { meters, identity: rules, machineLabels }: Measurements,
): readonly EnergySource[] {
  const sources = meters.filter((meter) => {
    try {
      const join = { rules, machineLabels, machines }
      return joinedSeries(meterSeries(meter, response), view, join, findings()).some(moves)
    } catch {
      // A meter of other machines.
      return false
    }
  })
  return [...new Set(sources.map(({ source }) => source))]
}

/** A machine by the energy that is its own, and the sources of meters besides. */
export function machineOf(
  { name: instance, identity }: MachineViews,
  energy: readonly EnergySeries[],
  metered: readonly EnergySource[],
  vocabulary: MetricVocabulary,
): Machine {
  const named = new Set(energy.map(({ source }) => source || '(none)'))
  const meters = [...named].filter((source) => isEnergySource(source) && source !== estimatedSource)
  const moving = meters.filter((meter) => energy.some(({ source, series }) => source === meter && moves(series)))
  const sources = [...new Set([...moving, ...metered])]
  const names = [...new Set([...identity.values()].flatMap((values) => [...values]))]
  const common = { instance, names, sources, vocabulary: vocabulary.name }
  if (sources.length > 0) return { ...common, state: 'metered', why: '' }
  return { ...common, state: 'no_meter', why: whyNot(named, meters) }
}

function whyNot(named: ReadonlySet<string>, meters: readonly string[]): string {
  if (named.size === 0) return 'Kepler reports no energy of it'
  if (meters.length > 0) return `its energy counters (source ${meters.join(', ')}) stand still`
  const sources = [...named].join(', ')
  if (named.has(estimatedSource)) return `its energy is estimated, not measured (source ${sources})`
  return `nothing says what its energy was measured with (source ${sources})`
}

function moves({ values }: Series): boolean {
  const first = values.find(Number.isFinite)
  return first !== undefined && values.some((value) => Number.isFinite(value) && value !== first)
}
