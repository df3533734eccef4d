import type { Component } from '../core/energy-source.js'
import { type Dataset, trainingData } from '../extract/dataset.js'
import { movingAverage } from '../table/moving-average.js'
import type { IdleProfile } from './idle-profile.js'

export interface IdleSearch {
  /** Rows that are averaged before they are judged: a single quiet sample is no rest. @default 5 */
  readonly window?: number
  /** Averaged rows in a row that make a window. @default 10 */
  readonly shortest?: number
  /** How far above the quietest a row may be, as a part of the range of usage. @default 0.05 */
  readonly quiet?: number
}

/**
 * An idle profile from data of a working node, for who has no idle run: windows in which no feature was more than a
 * little above its quietest. Takes one row a timestamp. Who ran meanwhile says nothing of who is background, so the
 * profile names no containers.
 *
 * @returns `undefined` when the node never rested, or never worked, so that nothing stands out
 */
export function profileOfIdleWindows(
  dataset: Dataset,
  { window = 5, shortest = 10, quiet = 0.05 }: IdleSearch = {},
): IdleProfile | undefined {
  const idle = idleRows(
    dataset.features.map(({ values }) => movingAverage(values, window)),
    Math.max(0, dataset.rows - window + 1),
    quiet,
  )
  const rows = longRuns(idle, shortest)
  if (rows.length === 0) return undefined
  const units = (component: Component) => Math.max(1, dataset.powers.filter((p) => p.component === component).length)
  const components = trainingData(dataset).y.map(({ component, watts }) => {
    const perUnit = movingAverage(watts, window).map((sum) => sum / units(component))
    const byType: Record<string, { lowest: number; highest: number; units: number }> = {}
    for (const row of rows) {
      const type = String(dataset.nodeTypes[row])
      const value = perUnit[row]!
      const { lowest, highest } = byType[type] ?? { lowest: value, highest: value }
      byType[type] = { lowest: Math.min(lowest, value), highest: Math.max(highest, value), units: units(component) }
    }
    return [component, byType] as const
  })
  return {
    format: 'kepler-idle-profile/1',
    containers: [],
    power: { [dataset.source]: Object.fromEntries(components) },
  }
}

/** Rows in which every feature is near its quietest. Features that hardly vary tell nothing; if none tells, no row is idle. */
function idleRows(columns: readonly Float64Array[], rows: number, quiet: number): readonly boolean[] {
  const limits = columns.map((values) => {
    const sorted = values.slice().sort()
    const low = sorted[Math.floor(0.02 * sorted.length)] ?? 0
    const high = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0
    return high > 2 * low ? low + quiet * (high - low) : undefined
  })
  const telling = limits.some((limit) => limit !== undefined)
  return Array.from({ length: rows }, (_, row) => {
    return telling && columns.every((values, j) => limits[j] === undefined || values[row]! <= limits[j]!)
  })
}

/** The rows of all runs of `true` that are long enough. */
function longRuns(marks: readonly boolean[], shortest: number): readonly number[] {
  const rows: number[] = []
  let begin = 0
  for (let i = 0; i <= marks.length; i++) {
    if (marks[i]) continue
    if (i - begin >= shortest) for (let row = begin; row < i; row++) rows.push(row)
    begin = i + 1
  }
  return rows
}
