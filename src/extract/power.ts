import { type Component, componentsOf, type EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { commonClock, rowsOn, type Timeline, unionClock } from '../table/timeline.js'
import { cleanSeries } from './clean.js'
import { type PowerColumn, powerColumnName } from './dataset.js'
import { describeLabels, type Findings } from './findings.js'
import { seriesOf } from './lookup.js'
import { energyMetric, type UsageMode } from './metrics.js'

export interface NodePower {
  readonly clock: Float64Array
  readonly columns: readonly PowerColumn[]
}

/**
 * The series that measure a component's energy. In a virtual machine the hypervisor's figures have no source to ask for.
 *
 * @throws ModelError `INVALID_DATA` when the metric, or the source in it, is missing
 */
export function energySeries(
  response: PrometheusResponse,
  component: Component,
  source: EnergySource,
  mode: UsageMode,
): readonly Series[] {
  const metric = energyMetric(component, mode)
  const all = seriesOf(response, metric)
  if (mode === 'vm') return all
  const series = all.filter(({ labels }) => labels.source === source)
  if (series.length > 0) return series
  const sources = [...new Set(all.map(({ labels }) => labels.source ?? '(none)'))].sort().join(', ')
  throw new ModelError('INVALID_DATA', `metric ${metric} has no series of source ${source}; its sources: ${sources}`, {
    field: metric,
  })
}

/**
 * Watts per component on the times that all components have; with `perPackage` per component and package. Rows in which
 * no component used anything leave: the counters stood still, no machine does.
 */
export function nodePower(
  series: ReadonlyMap<Component, readonly Series[]>,
  source: EnergySource,
  perPackage: boolean,
  findings: Findings,
): NodePower {
  const parts: { component: Component; unit?: string; watts: Timeline }[] = []
  for (const component of componentsOf(source)) {
    const all = series.get(component) ?? []
    if (!perPackage) {
      parts.push({ component, watts: wattsOf(all, findings) })
      continue
    }
    for (const unit of packagesOf(all)) {
      const own = all.filter(({ labels }) => labels.package === unit)
      parts.push({ component, unit, watts: wattsOf(own, findings) })
    }
  }
  const clock = withoutStandstill(commonClock(parts.map(({ watts }) => watts.timestamps)), parts)
  const columns = parts.map(({ component, unit, watts }) => ({
    name: powerColumnName(component, unit),
    component,
    ...(unit !== undefined && { unit }),
    values: on(clock, watts),
  }))
  return { clock, columns }
}

/** The packages that series name, in the order of their numbers. */
export function packagesOf(series: readonly Series[]): readonly string[] {
  const units = new Set<string>()
  for (const { labels } of series) if (labels.package !== undefined) units.add(labels.package)
  return [...units].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

/**
 * The joules of all series (modes, packages) added up, as watts. Differences are taken per series between times that have
 * them all, so a series that begins or ends adds no step. The first time has no watts and leaves; where the sum went back,
 * the watts before are repeated.
 */
function wattsOf(series: readonly Series[], findings: Findings): Timeline {
  const timelines = series.map((one) => cleanSeries(one, findings)).filter(({ values }) => values.length > 0)
  const { clock, incomplete } = completeClock(timelines)
  const example = series[0]
  if (example) findings.add('incomplete time', example.metric, incomplete, describeLabels(example.labels))
  const joules = new Float64Array(clock.length)
  for (const { timestamps, values } of timelines) {
    const rows = rowsOn(clock, timestamps)
    let before = -2
    let valueBefore = 0
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!
      if (row < 0) continue
      if (row === before + 1) joules[row]! += values[i]! - valueBefore
      before = row
      valueBefore = values[i]!
    }
  }
  const times: number[] = []
  const watts: number[] = []
  let resets = 0
  for (let i = 1; i < clock.length; i++) {
    if (joules[i]! >= 0) watts.push(joules[i]! / (clock[i]! - clock[i - 1]!))
    else {
      resets++
      const last = watts[watts.length - 1]
      if (last === undefined) continue
      watts.push(last)
    }
    times.push(clock[i]!)
  }
  if (example) findings.add('counter reset', example.metric, resets, describeLabels(example.labels))
  return { timestamps: Float64Array.from(times), values: Float64Array.from(watts) }
}

/** The times at which every series that runs has a sample: without one of them the sum would fall and jump. */
function completeClock(timelines: readonly Timeline[]): { clock: Float64Array; incomplete: number } {
  const all = unionClock(timelines.map(({ timestamps }) => timestamps))
  if (timelines.every(({ timestamps }) => timestamps === all)) return { clock: all, incomplete: 0 }
  const missing = new Int32Array(all.length + 1)
  for (const { timestamps } of timelines) {
    const rows = rowsOn(all, timestamps)
    // One more is expected from the first to the last sample, one less wherever a sample is.
    missing[rows[0]!]! += 1
    missing[rows[rows.length - 1]! + 1]! -= 1
  }
  let expected = 0
  const present = new Int32Array(all.length)
  for (const { timestamps } of timelines) for (const row of rowsOn(all, timestamps)) present[row]! += 1
  const clock = all.filter((_, i) => {
    expected += missing[i]!
    return present[i] === expected
  })
  return { clock, incomplete: all.length - clock.length }
}

function withoutStandstill(clock: Float64Array, parts: readonly { readonly watts: Timeline }[]): Float64Array {
  const columns = parts.map(({ watts }) => on(clock, watts))
  return clock.filter((_, i) => columns.some((column) => column[i] !== 0))
}

/** The values at the times of `clock`, all of which the timeline has. */
function on(clock: Float64Array, { timestamps, values }: Timeline): Float64Array {
  if (clock === timestamps) return values
  const column = new Float64Array(clock.length)
  const rows = rowsOn(clock, timestamps)
  for (let i = 0; i < rows.length; i++) if (rows[i]! >= 0) column[rows[i]!] = values[i]!
  return column
}
