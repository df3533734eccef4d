import * as z from 'zod'
import { type Component, components, isEnergySource } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { matching, parseSelector, type Selector, selectorText } from '../prometheus/selector.js'
import { gaugeAsCounter } from './gauge.js'
import { keplerInterval } from './scrape-interval.js'

/** Units of a meter, and what one of them is in joules or watts. */
const units = {
  joules: { counter: true, scale: 1 },
  watts: { counter: false, scale: 1 },
  milliwatts: { counter: false, scale: 1e-3 },
  kilowatts: { counter: false, scale: 1e3 },
  'watt-hours': { counter: true, scale: 3600 },
  'kilowatt-hours': { counter: true, scale: 3.6e6 },
} as const
export type PowerUnit = keyof typeof units
export const powerUnits = Object.keys(units) as readonly PowerUnit[]

/** Any meter: a PDU, IPMI, Redfish, a wall plug. Its series of one machine add up. */
export interface Meter {
  readonly selector: Selector
  readonly unit: PowerUnit
  readonly component: Component
  /** The energy source that models are trained for, and asked for by. */
  readonly source: string
}

/** The source that Kepler asks for when it wants the power of a component. */
const usualSource: Readonly<Record<Component, string>> = {
  platform: 'acpi',
  package: 'rapl-sysfs',
  core: 'rapl-sysfs',
  uncore: 'rapl-sysfs',
  dram: 'rapl-sysfs',
  gpu: 'gpu',
}

const meterSchema = z.strictObject({
  metric: z.string().max(4096),
  unit: z.enum(powerUnits),
  component: z.enum(components).default('platform'),
  source: z.string().refine(isEnergySource, 'is no name of an energy source').optional(),
})
const metersSchema = z.union([meterSchema, z.array(meterSchema).min(1).max(100)])

/** @throws ModelError `INVALID_REQUEST` that says which field is wrong */
export function meterOf(given: { metric: string; unit: string; component?: string; source?: string }): Meter {
  const parsed = meterSchema.safeParse(given)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    const field = path.map(String).join('.')
    const value = Object.entries(given).find(([key]) => key === field)?.[1]
    throw new ModelError('INVALID_REQUEST', `meter: ${field} ${quote(value)}: ${message}`, { field: `power-${field}` })
  }
  const { metric, unit, component, source } = parsed.data
  const selector = parseSelector(metric, 'power-metric')
  if (selector.metric === undefined) {
    throw new ModelError('INVALID_REQUEST', `meter: ${quote(metric)} names no metric`, { field: 'power-metric' })
  }
  return { selector, unit, component, source: source ?? usualSource[component] }
}

/** Meters as a file lists them: `[{"metric": "...", "unit": "watts", "component": "platform", "source": "acpi"}]`. */
export function parseMeters(text: string, origin: string): readonly Meter[] {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${origin} is not JSON: ${messageOf(cause)}`, {
      cause,
      field: 'power-meters',
    })
  }
  const parsed = metersSchema.safeParse(document)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ModelError('INVALID_CONFIG', `${origin}: ${path.map(String).join('.') || 'the document'}: ${message}`, {
      field: 'power-meters',
    })
  }
  return [parsed.data]
    .flat()
    .map(({ component, source, ...meter }) => meterOf({ ...meter, component, ...(source !== undefined && { source }) }))
}

/** For people: `ipmi_power_watts{id="1"} in watts`. */
export function describeMeter({ selector, unit }: Meter): string {
  return `${selectorText(selector)} in ${unit}`
}

/** What a meter measured, as counters of joules. */
export function meterSeries({ selector, unit }: Meter, response: PrometheusResponse): readonly Series[] {
  const { counter, scale } = units[unit]
  const matches = matching(selector.matchers)
  const interval = counter ? undefined : keplerInterval(response)
  return (response.series.get(selector.metric ?? '') ?? [])
    .filter(({ labels }) => matches(labels))
    .map((series) => (scale === 1 ? series : { ...series, values: series.values.map((value) => value * scale) }))
    .map((series) => (counter ? series : gaugeAsCounter(series, { stands: 'between', interval })))
}
