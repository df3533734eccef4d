import type { ReadOptions } from '../prometheus/response.js'
import { type LabelMatcher, matching } from '../prometheus/selector.js'
import type { IdentityRule } from './identity/identity-rule.js'
import type { Meter } from './meter.js'

/** Whose measurements count, and by which meter. Plain data, so that it can be sent to a worker. */
export interface Measurements {
  /** Conditions on labels that all hold; none: all series. */
  readonly select: readonly LabelMatcher[]
  /** Labels that tell machines apart, besides those that everybody uses. */
  readonly machineLabels: readonly string[]
  readonly identity: readonly IdentityRule[]
  readonly meters: readonly Meter[]
}

export const allMeasurements: Measurements = { select: [], machineLabels: [], identity: [], meters: [] }

/** The series to keep of a response. A meter has a selector of its own, and often none of the labels of a cluster. */
export function selecting({ select, meters }: Pick<Measurements, 'select' | 'meters'>): Pick<ReadOptions, 'select'> {
  if (select.length === 0) return {}
  const matches = matching(select)
  const own = meterMetrics(meters)
  return { select: (labels, metric) => own.has(metric) || matches(labels) }
}

export function meterMetrics(meters: readonly Meter[]): ReadonlySet<string> {
  return new Set(meters.flatMap(({ selector }) => selector.metric ?? []))
}
