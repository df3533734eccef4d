import { messageOf } from '../core/errors.js'
import type { Attribution } from './attribution/attribution.js'
import { type Comparison, createComparison } from './comparison.js'
import type { NodeUsage, PowerSource, ZonePower } from './power-source.js'
import type { NodeReader } from './proc/node-reader.js'
import type { ProcessTable } from './workload/process-table.js'
import type { Zone } from './zone.js'

/** How a zone's power is split. `model`: idle is what the model has for a machine that does nothing. `kepler`: active is power times usage ratio, as Kepler has it. */
export const splits = ['model', 'kepler'] as const
export type Split = (typeof splits)[number]

/** A zone now, and what it has used since the start of the meter. */
export interface ZoneReading extends ZonePower {
  readonly activeWatts: number
  /** `watts - activeWatts` */
  readonly restWatts: number
  readonly joules: number
  readonly activeJoules: number
  readonly restJoules: number
}

export interface MeterReading {
  /** Readings so far that gave watts. */
  readonly count: number
  readonly usage: NodeUsage | undefined
  readonly zones: readonly ZoneReading[]
  /** Why there is no newer value, `undefined` while all is well. */
  readonly gap: string | undefined
  /** Seconds since the last value. */
  readonly age: number
}

/** What must be said of one tick. */
export interface TickResult {
  /** New watts were estimated for the time since the last ones. */
  readonly updated: boolean
  readonly gap: string | undefined
  /** Seconds that the new watts stand for, 0 without any. */
  readonly seconds: number
}

export interface MeterParts {
  readonly node: NodeReader
  readonly source: PowerSource
  readonly split: Split
  /** Absent: no workloads are looked at. */
  readonly workloads?: { readonly table: ProcessTable; readonly attribution: Attribution }
  /** Takes the energy of each step, e.g. the powercap tree. */
  readonly sink?: (powers: readonly ZonePower[], seconds: number) => void
  /** Watts of the hardware's own meter since it was last asked. */
  readonly measured?: (seconds: number) => ReadonlyMap<Zone, number>
  /** Seconds of this process's time that a scan of all processes took; monotonic. */
  readonly now: () => number
}

export interface Meter {
  readonly source: PowerSource
  readonly comparison: Comparison
  readonly split: Split
  /** Reads the machine and estimates the time since the tick before. Never throws. @param seconds monotonic time */
  tick(seconds: number): TickResult
  reading(seconds: number): MeterReading
}

/** Scans may take this part of the time: with 100,000 processes they are made less often. */
const scanBudget = 0.05

interface ZoneState {
  power: ZonePower
  activeWatts: number
  joules: number
  activeJoules: number
}

/** This machine's power, tick by tick: usage from the kernel, watts from the model, workloads by their share. */
export function createMeter(parts: MeterParts): Meter {
  const { node, source, split, workloads, sink, measured, now } = parts
  const states = new Map<Zone, ZoneState>()
  const comparison = createComparison()
  const pending = new Float64Array(source.zones.length)
  let pendingSeconds = 0
  let usage: NodeUsage | undefined
  let count = 0
  let gap: string | undefined
  let updatedAt: number | undefined
  let carried = 0
  let scanAt = Number.NEGATIVE_INFINITY

  /** @returns why there are none */
  function estimate(next: NodeUsage): readonly ZonePower[] | string {
    try {
      const powers = source.power(next)
      const wrong = powers.find(({ watts, low, high }) => !(watts >= 0 && low <= high && Number.isFinite(watts)))
      return wrong ? `the model gave ${wrong.watts} W for ${wrong.zone}` : powers
    } catch (error) {
      return messageOf(error)
    }
  }

  function account(powers: readonly ZonePower[], { utilisation }: NodeUsage, seconds: number): void {
    for (const power of powers) {
      const index = source.zones.indexOf(power.zone)
      if (index < 0) continue
      const activeWatts =
        split === 'kepler' ? power.watts * utilisation : Math.max(0, power.watts - Math.max(0, power.idleWatts))
      const state = states.get(power.zone) ?? { power, activeWatts, joules: 0, activeJoules: 0 }
      states.set(power.zone, state)
      state.power = power
      state.activeWatts = activeWatts
      state.joules += power.watts * seconds
      state.activeJoules += activeWatts * seconds
      pending[index]! += activeWatts * seconds
    }
    pendingSeconds += seconds
  }

  function attribute(seconds: number): void {
    if (!workloads || seconds < scanAt) return
    const started = now()
    const scan = workloads.table.scan()
    const took = now() - started
    scanAt = seconds + took / scanBudget - took
    if (!scan) return
    workloads.attribution.update(scan, pending, pendingSeconds, seconds)
    pending.fill(0)
    pendingSeconds = 0
  }

  return {
    source,
    comparison,
    split,
    tick(seconds) {
      const next = node.read(seconds)
      const truth = measured?.(seconds)
      if (!next) {
        if (!node.readable()) gap = '/proc/stat cannot be read or understood'
        // The first reading of all has no watts yet: processes are looked at so that the next one knows what is new.
        if (node.readable() && updatedAt === undefined) workloads?.table.scan()
        return { updated: false, gap, seconds: 0 }
      }
      const powers = estimate(next)
      if (typeof powers === 'string') {
        gap = `no watts: ${powers}`
        // This time is not lost: the next value stands for it too.
        carried += next.seconds
        return { updated: false, gap, seconds: 0 }
      }
      const elapsed = next.seconds + carried
      carried = 0
      gap = undefined
      usage = next
      updatedAt = seconds
      count++
      account(powers, next, elapsed)
      sink?.(powers, elapsed)
      if (truth) comparison.add(truth, powers)
      attribute(seconds)
      return { updated: true, gap, seconds: elapsed }
    },
    reading: (seconds) => ({
      count,
      usage,
      zones: source.zones.flatMap((zone) => {
        const state = states.get(zone)
        return state ? [zoneReading(state)] : []
      }),
      gap,
      age: updatedAt === undefined ? 0 : Math.max(0, seconds - updatedAt),
    }),
  }
}

function zoneReading({ power, activeWatts, joules, activeJoules }: ZoneState): ZoneReading {
  return {
    ...power,
    activeWatts,
    restWatts: power.watts - activeWatts,
    joules,
    activeJoules,
    restJoules: joules - activeJoules,
  }
}
