import { messageOf } from '../../core/errors.js'
import type { FeatureGroup } from '../../core/feature-group.js'
import { type Dataset, selectRows } from '../../extract/dataset.js'
import type { Isolator } from '../../isolate/isolator.js'
import { rowsByNodeType, shareAt, type TrainingSet } from '../../train/training-set.js'
import { collectedRows } from './collected-rows.js'
import type { MachineData } from './datasets.js'
import { heldOutTimes, usualInterval } from './held-out.js'
import { powerSpread } from './measure.js'
import { type Slot, slotKey } from './slot.js'
import type { CurrentWindow } from './windows.js'

/** The training and validation rows of a slot. No row of `validation` is in the training sets. */
export interface SlotData {
  readonly slot: Slot
  /** All rows in the window that are not held out, subsampled where there are more than `maxRows`. */
  readonly whole: TrainingSet
  /** Those of them since the machine last changed, where that is not all of them. */
  readonly current: TrainingSet | undefined
  /** Held-out rows since the machine last changed. */
  readonly validation: TrainingSet
  /** All recent rows, also those that models were trained on. */
  readonly recent: TrainingSet
  /** Unix seconds since which the served model has drifted on some machine; `undefined` without a drift. */
  readonly driftingSince: number | undefined
  /** Unix seconds after which the newest rows of `validation` begin. */
  readonly newestFrom: number
  /** Seconds that count as recent, and usual seconds between two measurements. */
  readonly recentSeconds: number
  readonly interval: number
  /** How much the power of the whole node varies, as a share of its mean; includes idle power for DynPower too. */
  readonly spread: number
  /** Number of machines that the rows come from. */
  readonly machines: number
}

export interface SlotDataOptions {
  /** Seconds that count as recent. */
  readonly recentSeconds: number
  /** The most rows that a model is trained on. */
  readonly maxRows: number
  /** The share of a machine's rows that is kept, 0 to 1: all machines together have more than models are trained on. */
  readonly shareOf: (data: MachineData, group: FeatureGroup) => number
  readonly currentWindowOf: (data: MachineData) => CurrentWindow
  /** The isolator that gives a machine's dynamic power. */
  readonly isolatorOf: (data: MachineData) => Isolator
}

/** What one machine adds to a slot. */
interface Part extends Omit<SlotData, 'current' | 'machines'> {
  readonly current: TrainingSet
}

/** The data of every slot; the rows of machines of one node type are joined. */
export function slotData(
  machines: readonly MachineData[],
  options: SlotDataOptions,
): { readonly slots: readonly SlotData[]; readonly failures: readonly { what: string; why: string }[] } {
  const collected = new Map<string, CollectedSlot>()
  const failures: { what: string; why: string }[] = []
  const attempt = (what: string, work: () => readonly Part[]) => {
    try {
      for (const part of work()) {
        const key = slotKey(part.slot)
        const slot = collected.get(key)
        if (slot) slot.add(part)
        else collected.set(key, collectedSlot(part))
      }
    } catch (error) {
      failures.push({ what, why: messageOf(error) })
    }
  }
  for (const data of machines) {
    const window = options.currentWindowOf(data)
    for (const [group, dataset] of data.node) {
      const what = (output: string) => `${data.machine.instance} ${data.source}/${output}/${group}`
      const share = options.shareOf(data, group)
      attempt(what('AbsPower'), () => partsOf(dataset, dataset, dataset, group, window, share, options))
      // What an operating system tells is of the whole machine.
      if (group === 'NodeOS') continue
      attempt(what('DynPower'), () => {
        const isolator = options.isolatorOf(data)
        const input = isolator.needsContainers ? data.containers(group) : dataset
        // Idle power is taken from rows since the last change only: older rows would shift the dynamic power of all.
        const now = selectRows(input, (row) => window.isCurrent(input.timestamps[row]!))
        const current = isolator.isolate(now).dataset
        const whole = now.rows === input.rows ? current : isolator.isolate(input).dataset
        return partsOf(whole, current, dataset, group, window, share, options)
      })
    }
  }
  const slots: SlotData[] = []
  for (const [key, slot] of collected) {
    try {
      slots.push(slot.take(options.maxRows))
    } catch (error) {
      failures.push({ what: key, why: messageOf(error) })
    }
  }
  return { slots, failures }
}

function partsOf(
  whole: Dataset,
  current: Dataset,
  node: Dataset,
  group: FeatureGroup,
  { driftingSince, isCurrent }: CurrentWindow,
  share: number,
  { recentSeconds }: SlotDataOptions,
): readonly Part[] {
  const { heldOut, newestFrom, seconds } = heldOutTimes(whole.timestamps, recentSeconds)
  const recentFrom = (whole.timestamps.at(-1) ?? 0) - seconds
  const sets = new Map(rowsByNodeType(current, group).map((set) => [set.nodeType, set]))
  const spread = powerSpread(node)
  const kept = (set: TrainingSet, keep: (time: number) => boolean) => shareAt(set, keep, share)
  return rowsByNodeType(whole, group).flatMap((set): readonly Part[] => {
    const own = sets.get(set.nodeType)
    if (own === undefined) return []
    const { source, outputType, nodeType } = set
    return [
      {
        slot: { source, outputType, group, nodeType },
        whole: kept(set, (time) => !heldOut(time)),
        current: kept(own, (time) => isCurrent(time) && !heldOut(time)),
        validation: kept(own, (time) => isCurrent(time) && heldOut(time)),
        recent: kept(own, (time) => time >= recentFrom),
        driftingSince,
        newestFrom,
        recentSeconds: seconds,
        interval: usualInterval(whole.timestamps),
        spread,
      },
    ]
  })
}

interface CollectedSlot {
  add(part: Part): void
  /** @throws ModelError `SHAPE_MISMATCH` when machines differ in features or components */
  take(maxRows: number): SlotData
}

/** Joins the parts of machines as they come, so that none of them is kept. */
function collectedSlot(first: Part): CollectedSlot {
  const whole = collectedRows(first.whole)
  const current = collectedRows(first.current)
  const validation = collectedRows(first.validation)
  const recent = collectedRows(first.recent)
  let { driftingSince, newestFrom, recentSeconds, interval, spread } = first
  let machines = 1
  let mismatch: unknown
  return {
    add(part) {
      if (mismatch !== undefined) return
      try {
        whole.add(part.whole)
      } catch (error) {
        // Of the slot, and not of this machine: neither is right for both.
        mismatch = error
        return
      }
      current.add(part.current)
      validation.add(part.validation)
      recent.add(part.recent)
      driftingSince = earliest(driftingSince, part.driftingSince)
      newestFrom = Math.max(newestFrom, part.newestFrom)
      recentSeconds = Math.max(recentSeconds, part.recentSeconds)
      interval = Math.max(interval, part.interval)
      spread = Math.max(spread, part.spread)
      machines++
    },
    take(maxRows) {
      if (mismatch !== undefined) throw mismatch
      return {
        slot: first.slot,
        whole: whole.take(maxRows),
        current: current.rows === whole.rows ? undefined : current.take(maxRows),
        validation: validation.take(),
        recent: recent.take(),
        driftingSince,
        newestFrom,
        recentSeconds,
        interval,
        spread,
        machines,
      }
    },
  }
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
