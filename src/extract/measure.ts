import type { UsageMode } from '../vocabulary/metric-vocabulary.js'
import type { ScrapeReport } from './extractor.js'
import { type Findings, findings as noFindings } from './findings.js'
import { leaveOutImpossible } from './leave-out.js'
import type { MeasuredRows } from './measured-rows.js'
import { type EnergyPart, type NodePower, nodePower } from './power.js'
import { type RowClock, rowClock } from './row-clock.js'
import { type CleanCounter, type ScrapeTarget, scrapeTargets } from './scrapes.js'
import { joinMistimed } from './timing.js'
import { nodeUsage, usageOf } from './usage.js'
import { wholePower } from './whole-power.js'

export interface Measurement extends MeasuredRows {
  readonly scrapes: readonly ScrapeReport[]
}

/**
 * Power and usage of a node, without rows that cannot be. Without rows where power and usage have no time in common.
 *
 * @throws ModelError `INVALID_DATA` when too many rows are impossible
 */
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
  const usages = [...usage].map(([name, counters]) => usageOf(name, counters, targets, mode, findings))
  const { energy: known, rows: scraped } = wholePower(
    energy,
    targets,
    rowClock([...targets.values()], findings),
    findings,
  )
  const powerOn = (rows: RowClock, found = noFindings()) => nodePower(known, targets, rows, found)
  const scrapes = [...targets.values()].map(scrapeReport)
  const rates = nodeUsage(usages, scraped)
  const all = { rows: scraped, power: powerOn(scraped, findings), usages, rates, scrapes }
  const timed = withRows(all, wellTimed(all, targets), powerOn)
  return withRows(timed, leaveOutImpossible(timed, findings), powerOn)
}

function scrapeReport({ clock, energy, usage }: ScrapeTarget): ScrapeReport {
  const { instance = '?', job, exported_instance: exported } = [...energy, ...usage][0]?.labels ?? {}
  const target = `${exported ?? instance}${job === undefined ? '' : ` (job ${job})`}`
  return { target, interval: clock.interval, step: clock.step }
}

function withRows(measured: Measurement, rows: RowClock, powerOn: (rows: RowClock) => NodePower): Measurement {
  if (rows === measured.rows) return measured
  return { ...measured, rows, power: powerOn(rows), rates: nodeUsage(measured.usages, rows) }
}

/** Only a query on a grid of times hides when scrapes were made. */
function wellTimed({ rows, power, rates }: Measurement, targets: ReadonlyMap<string, ScrapeTarget>): RowClock {
  const isGrid = [...targets.values()].some(({ clock }) => clock.step > 0)
  if (!isGrid || rates.length === 0) return rows
  return joinMistimed(
    rows,
    power.columns.map(({ values }) => values),
    rates,
  )
}
