import { type Findings, findings as noFindings } from './findings.js'
import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import { type EnergyPart, type NodePower, nodePower } from './power.js'
import { type RowClock, rowClock } from './row-clock.js'
import { type CleanCounter, scrapeTargets } from './scrapes.js'
import { joinMistimed } from './timing.js'
import { nodeUsage, type Usage, usageOf } from './usage.js'

/** Power and usage of a node on the rows of one clock. */
export interface Measurement {
  readonly rows: RowClock
  readonly power: NodePower
  readonly usages: readonly Usage[]
}

/** Without rows where power and usage have no time in common. */
export function measureNode(
  energy: readonly EnergyPart[],
  usage: ReadonlyMap<string, readonly CleanCounter[]>,
  mode: UsageMode,
  findings: Findings,
): Measurement {
  const targets = scrapeTargets(
    energy.flatMap(({ counters }) => counters),
    [...usage.values()].flat(),
  )
  const rows = rowClock([...targets.values()], findings)
  const usages = [...usage].map(([name, counters]) => usageOf(name, counters, targets, mode, findings))
  const power = nodePower(energy, targets, rows, findings)
  const isGrid = [...targets.values()].some(({ clock }) => clock.step > 0)
  if (!isGrid || usages.length === 0 || rows.seen.length < 2) return { rows, power, usages }
  const watts = power.columns.map(({ values }) => values)
  const joined = joinMistimed(rows, watts, nodeUsage(usages, rows))
  if (joined === rows) return { rows, power, usages }
  return { rows: joined, power: nodePower(energy, targets, joined, noFindings()), usages }
}
