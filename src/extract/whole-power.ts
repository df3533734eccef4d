import type { Component } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import { append } from '../core/multimap.js'
import { exporterLabels } from '../vocabulary/vocabularies.js'
import { describeLabels, type Findings } from './findings.js'
import type { EnergyPart } from './power.js'
import { type RowClock, rowsWhere } from './row-clock.js'
import { type CleanCounter, type ScrapeTarget, targetOf } from './scrapes.js'

/** What may be missing of a row at its ends: counters of another scrape target begin and end at moments of their own. */
const mostMissing = 0.5
/** A component that is known in fewer than this share of the rows of the first one is left out, instead of those rows. */
const leastKnown = 0.5

/** What can be told of a node's power. */
export interface WholePower {
  readonly energy: readonly EnergyPart[]
  readonly rows: RowClock
}

/** Counters of one package and mode. When the exporter was started again, several follow each other. */
interface Measured {
  readonly component: Component
  readonly counters: readonly CleanCounter[]
  /** For each row whether one of the counters runs in it. */
  readonly runs: Uint8Array
}

/**
 * The rows in which all counters of a node's energy run. A package, a mode or a component that began later, or ended before,
 * would be 0 W in the others, and their sum too low. What is left out is said in `findings`.
 *
 * @throws ModelError `INVALID_DATA` when no row is left
 */
export function wholePower(
  energy: readonly EnergyPart[],
  targets: ReadonlyMap<string, ScrapeTarget>,
  rows: RowClock,
  findings: Findings,
): WholePower {
  const [first] = energy
  if (first === undefined || rows.seen.length === 0) return { energy, rows }
  const measured = energy.flatMap((part) => measuredIn(part, targets, rows))
  const known = (component: Component) => countTogether(measured.filter((one) => one.component === component))
  const components = [...new Set(energy.map(({ component }) => component))]
  const least = leastKnown * known(first.component)
  const rare = components.filter((component) => component !== first.component && known(component) < least)
  for (const component of rare) {
    const example = measured.find((one) => one.component === component)!.counters[0]!
    findings.add('missing component', example.metric, 1, `${component}, in less than half of the time`)
  }
  const taken = measured.filter(({ component }) => !rare.includes(component))
  const whole = allTogether(taken)
  const kept = energy.filter(({ component }) => !rare.includes(component))
  const missing = whole.reduce((count, all) => count + (all === 1 ? 0 : 1), 0)
  if (missing === 0) return { energy: kept, rows }
  const rarest = taken.reduce((a, b) => (sum(b.runs) < sum(a.runs) ? b : a))
  const { metric, labels } = rarest.counters[0]!
  if (missing === whole.length) {
    throw new ModelError(
      'INVALID_DATA',
      `${metric}${describeLabels(labels)} runs in ${sum(rarest.runs)} of ${whole.length} rows, and never together with all others of the node's energy; take a time in which all of them run`,
      { field: metric },
    )
  }
  findings.add('incomplete time', metric, missing, describeLabels(labels))
  return { energy: kept, rows: rowsWhere(rows, (row) => whole[row] === 1) }
}

/** The counters of a part by what the exporter says that they measure, whichever way they came. */
function measuredIn(
  { component, counters }: EnergyPart,
  targets: ReadonlyMap<string, ScrapeTarget>,
  rows: RowClock,
): readonly Measured[] {
  const byLabels = new Map<string, CleanCounter[]>()
  for (const counter of counters) append(byLabels, measuredBy(counter), counter)
  return [...byLabels.values()].map((own) => {
    const runs = new Uint8Array(rows.seen.length)
    for (const { labels, timeline } of own) {
      const { timestamps } = targets.get(targetOf(labels))!.toScrapes(timeline)
      markRows(timestamps[0]!, timestamps.at(-1)!, rows, runs)
    }
    return { component, counters: own, runs }
  })
}

function measuredBy({ metric, labels }: CleanCounter): string {
  return [metric, ...exporterLabels.map((label) => labels[label] ?? '')].join('\n')
}

/** Marks the rows that lie within a counter's first and last sample. */
function markRows(first: number, last: number, { from, to }: RowClock, runs: Uint8Array): void {
  for (let row = 0; row < runs.length; row++) {
    const missing = Math.max(0, first - from[row]!) + Math.max(0, to[row]! - last)
    if (missing < mostMissing * (to[row]! - from[row]!)) runs[row] = 1
  }
}

function allTogether(measured: readonly Measured[]): Uint8Array {
  const [first, ...others] = measured
  return first!.runs.map((runs, row) => (others.every((one) => one.runs[row] === 1) ? runs : 0))
}

function countTogether(measured: readonly Measured[]): number {
  return sum(allTogether(measured))
}

function sum(flags: Uint8Array): number {
  return flags.reduce((count, flag) => count + flag, 0)
}
