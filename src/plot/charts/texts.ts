import type { Finding } from '../../extract/findings.js'
import type { IntervalMethod } from '../../predictor/uncertainty.js'
import type { Layer } from '../chart.js'
import type { TimeSpan } from '../data/gaps.js'
import type { ModelLabel } from '../data/model-label.js'

/** `LinearRegressionTrainer` -> `Linear`: the rest says nothing, and a phone has no room for it. */
export function trainerText(trainer: string): string {
  return trainer.replace(/(?<=.)(?:Regressor|Regression)?Trainer$/, '')
}

export function modelText({ pipeline, model, processor }: ModelLabel): string {
  return `${pipeline}: ${model}${processor === undefined ? '' : ` (${processor})`}`
}

/** A feature with its unit: `bpf_cpu_time_ms (ms/s)`. */
export function featureText(feature: string): string {
  if (feature.endsWith('_hertz')) return `${feature} (Hz)`
  if (feature.endsWith('_ms')) return `${feature} (ms/s)`
  if (feature.endsWith('_us')) return `${feature} (µs/s)`
  if (feature.endsWith('_bytes')) return `${feature} (B)`
  return feature.startsWith('accelerator_') ? feature : `${feature} (1/s)`
}

/** How an interval was made, for people. */
export const methodTexts: Readonly<Record<IntervalMethod, string>> = {
  'held-out blocks': 'from errors on blocks of time that were left out in training',
  'held-out workloads': 'from errors on workloads that were left out in training',
  'held-out rows': 'from errors on rows that were left out in training',
  'quantile forest': "the model's own, calibrated on blocks of time that were left out in training",
  'published error': 'from the error in the metadata; how that was measured is not known',
  'universal model': 'from errors on machines that were left out of the table of the universal model',
}

/** Components that drew power at some time; a picture of nothing is a note. */
export function withPower<T extends { readonly component: string }>(
  components: readonly T[],
  wattsOf: (component: T) => readonly number[],
): { readonly shown: readonly T[]; readonly notes: readonly string[] } {
  const some = components.filter((component) => wattsOf(component).some((watts) => watts > 0))
  if (some.length === 0) return { shown: components.slice(0, 1), notes: ['No power was measured.'] }
  const none = components.filter((component) => !some.includes(component)).map(({ component }) => component)
  return { shown: some, notes: none.length === 0 ? [] : [`${none.join(', ')}: 0 W at all times, not drawn.`] }
}

const mostFindings = 4

/** What was wrong with the data, one sentence a finding. */
export function findingNotes(findings: readonly Finding[]): readonly string[] {
  const told = findings
    .slice(0, mostFindings)
    .map(({ kind, metric, count, effect, example }) => `${metric}: ${count} × ${kind} (${effect}), first ${example}`)
  const more = findings.length - told.length
  return more > 0 ? [...told, `and ${more} more findings, see kepler-model validate`] : told
}

/** Parts of the time without rows as a layer; none without gaps. */
export function gapLayers(gaps: readonly TimeSpan[]): readonly Layer[] {
  return gaps.length === 0 ? [] : [{ kind: 'span', spans: gaps, colour: 'left-out', name: 'left out or not measured' }]
}

export const timeAxis = { label: 'time (UTC)', scale: 'time' } as const

/** `2026-11-28 10:00:00 to 10:20:00 UTC`. */
export function timeRange(times: readonly number[]): string {
  const [first, last] = [times[0], times.at(-1)]
  if (first === undefined || last === undefined) return 'no rows'
  const [from, to] = [isoText(first), isoText(last)]
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`
}

export function isoText(seconds: number): string {
  const date = new Date(1000 * seconds)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 19).replace('T', ' ')
}
