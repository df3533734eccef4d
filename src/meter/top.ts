import type { Account, WorkloadSnapshot, Workloads } from './attribution/account.js'
import type { MeterReading } from './meter.js'
import type { PowerProvenance } from './power-source.js'
import type { Zone } from './zone.js'

export const topKinds = ['processes', 'containers', 'pods', 'vms'] as const
export type TopKind = (typeof topKinds)[number]
export const topOrders = ['watts', 'joules', 'name'] as const
export type TopOrder = (typeof topOrders)[number]

/** One workload as a row of `top`. Text is safe for a terminal: no control characters. */
export interface TopRow {
  readonly id: string
  readonly name: string
  /** What it belongs to: container of a process, pod of a container, namespace of a pod. */
  readonly owner: string
  readonly watts: number
  readonly joules: number
  /** Part of the machine's active power, 0 to 1. */
  readonly share: number
}

export interface TopZone {
  readonly zone: Zone
  readonly watts: number
  readonly low: number
  readonly high: number
  readonly active_watts: number
  readonly idle_watts: number
  readonly joules: number
  readonly out_of_range: boolean
}

/** Where the watts come from. */
export interface TopModel {
  readonly kind: PowerProvenance['kind']
  readonly name: string
  readonly error: PowerProvenance['error'] | undefined
  readonly calibration_points: number
  readonly share: PowerProvenance['share']
  readonly assumptions: readonly string[]
}

/** What `top` shows; with `--json` exactly this. */
export interface TopView {
  readonly model: TopModel
  readonly utilisation: number | undefined
  readonly steal: number | undefined
  readonly gap: string | undefined
  readonly zones: readonly TopZone[]
  /** The zone that workloads are shown and sorted by. */
  readonly zone: Zone | undefined
  readonly kind: TopKind
  readonly order: TopOrder
  readonly rows: readonly TopRow[]
  /** Workloads of this kind, of which `rows` may be the first. */
  readonly count: number
}

export interface TopOptions {
  readonly kind: TopKind
  readonly order: TopOrder
  readonly limit: number
  /** Index among the zones of the source. */
  readonly zone: number
}

/** Brings a reading and its workloads into rows, sorted, the largest first. */
export function topView(
  reading: MeterReading,
  model: PowerProvenance,
  workloads: WorkloadSnapshot | undefined,
  { kind, order, limit, zone: wanted }: TopOptions,
): TopView {
  const zone = reading.zones.length === 0 ? 0 : wanted % reading.zones.length
  const rows = workloads ? allRows(workloads, kind, zone) : []
  rows.sort(comparisons[order])
  return {
    model: modelOf(model),
    utilisation: reading.usage?.utilisation,
    steal: reading.usage?.steal,
    gap: reading.gap,
    zones: reading.zones.map(({ zone: name, watts, low, high, activeWatts, restWatts, joules, outOfRange }) => ({
      zone: name,
      watts,
      low,
      high,
      active_watts: activeWatts,
      idle_watts: restWatts,
      joules,
      out_of_range: outOfRange,
    })),
    zone: reading.zones[zone]?.zone,
    kind,
    order,
    rows: rows.slice(0, limit),
    count: rows.length,
  }
}

function modelOf({ kind, model, error, calibrationPoints, share, assumptions }: PowerProvenance): TopModel {
  return { kind, name: model, error, calibration_points: calibrationPoints, share, assumptions }
}

const comparisons: Readonly<Record<TopOrder, (a: TopRow, b: TopRow) => number>> = {
  watts: (a, b) => b.watts - a.watts || b.joules - a.joules || compare(a.id, b.id),
  joules: (a, b) => b.joules - a.joules || b.watts - a.watts || compare(a.id, b.id),
  name: (a, b) => compare(a.name, b.name) || compare(a.id, b.id),
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function allRows(workloads: WorkloadSnapshot, kind: TopKind, zone: number): TopRow[] {
  const active = workloads.activeWatts[zone] ?? 0
  const rows = <A extends Account>({ running }: Workloads<A>, name: (account: A) => [string, string, string]) =>
    [...running].map((account) => {
      const [id, title, owner] = name(account)
      const { share, joules } = account
      const text = { id: printable(id), name: printable(title), owner: printable(owner) }
      return { ...text, watts: share * active, joules: joules[zone] ?? 0, share }
    })
  if (kind === 'processes') {
    return rows(workloads.processes, ({ process }) => [
      String(process.pid),
      process.comm,
      process.container?.identity.id.slice(0, 12) ?? process.identity.virtualMachine?.name ?? '',
    ])
  }
  if (kind === 'containers') {
    return rows(workloads.containers, ({ container, name, pod }) => [
      container.identity.id.slice(0, 12),
      name || container.identity.id.slice(0, 12),
      // Names of pods are known where somebody is asked for them.
      pod ? pod.name || pod.id : container.identity.runtime,
    ])
  }
  if (kind === 'pods') return rows(workloads.pods, ({ id, name, namespace }) => [id, name || id, namespace])
  return rows(workloads.virtualMachines, ({ identity }) => [identity.id, identity.name, identity.hypervisor])
}

/** Names come from whoever started the program: control characters in them could take over a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
}

const bars = '▁▂▃▄▅▆▇█'

/** Part of the highest value that the bars show at least: what changes less is noise, and drawn as a flat line. */
const leastRange = 0.1

/**
 * Values as a line of bars of at most `width`, from the lowest of them to the highest; empty before the first. Where there
 * are more values, a bar is the mean of as many as need be.
 */
export function sparkline(values: readonly number[], width: number): string {
  const shown = meansOf(values, Math.ceil(values.length / width))
  const low = Math.min(...shown)
  const high = Math.max(...shown)
  const range = Math.max(high - low, leastRange * Math.abs(high))
  return shown.map((value) => bars[range > 0 ? Math.min(7, Math.floor(((value - low) / range) * 8)) : 0]).join('')
}

/** The mean of each so many values, counted from the last one; the first group may be smaller. */
function meansOf(values: readonly number[], size: number): readonly number[] {
  const means: number[] = []
  for (let end = values.length; end > 0; end -= size) {
    const group = values.slice(Math.max(0, end - size), end)
    means.unshift(group.reduce((sum, value) => sum + value, 0) / group.length)
  }
  return means
}
