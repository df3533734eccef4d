import { isCounted } from '../../core/energy-source.js'
import { messageOf } from '../../core/errors.js'
import { windowSinceDrift } from '../../online/round/drift.js'
import { publishedError } from '../../online/round/served.js'
import { normalError } from '../../online/round/windows.js'
import type { Versions } from '../../online/versions/versions.js'
import { pipelineAt } from '../../registry/find-pipelines.js'
import { loadPipeline } from '../../registry/load-pipeline.js'
import { metadataNumber } from '../../registry/metadata-numbers.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { createModelOrder } from '../../selection/model-order.js'
import type { EstimatedPower } from './estimated-power.js'
import type { ModelLabel } from './model-label.js'

/** What the online trainer published and did, from the versions that it kept and its log. */
export interface DriftHistory {
  readonly pipeline: string
  readonly versions: readonly {
    readonly version: number
    /** Unix seconds. */
    readonly publishedAt: number
    /** Of the best model of each slot: its error when it was published, in percent of the mean power. */
    readonly slots: Readonly<Record<string, number>>
  }[]
  readonly events: readonly {
    /** Unix seconds. */
    readonly time: number
    readonly action: string
    readonly version?: number
    readonly why: string
  }[]
  /** Versions that cannot be read, and why. */
  readonly unreadable: readonly string[]
}

/** The error of a model in the course of time, and whether it has drifted. */
export interface DriftOverTime extends ModelLabel {
  /** Unix seconds. */
  readonly times: readonly number[]
  /** Absolute error of each row, in percent of the mean power. */
  readonly errors: readonly number[]
  /** The error that is normal for this model, in percent. */
  readonly normal: number
  /** Unix seconds since which the error has been too large; absent where it has not. */
  readonly driftingSince?: number
}

/** @throws ModelError when the folder cannot be read; a damaged version is named instead */
export async function driftHistory(versions: Versions, signal: AbortSignal): Promise<DriftHistory> {
  const read: DriftHistory['versions'][number][] = []
  const unreadable: string[] = []
  for (const { number, path, publishedAt } of await versions.list()) {
    try {
      const slots = await publishedErrors(path, versions.name, signal)
      read.push({ version: number, publishedAt: publishedAt / 1000, slots })
    } catch (error) {
      if (signal.aborted) throw error
      unreadable.push(`version ${number}: ${messageOf(error)}`)
    }
  }
  const events = (await versions.history()).flatMap(({ time, action, version, why }) => {
    const seconds = Date.parse(time) / 1000
    return Number.isFinite(seconds) ? [{ time: seconds, action, ...(version !== undefined && { version }), why }] : []
  })
  return { pipeline: versions.name, versions: read, events, unreadable }
}

async function publishedErrors(path: string, name: string, signal: AbortSignal): Promise<Record<string, number>> {
  const pipeline = await loadPipeline(pipelineAt(path, name), { signal })
  try {
    const order = createModelOrder<ModelEntry>()
    const best = new Map<string, number>()
    for (const entry of order.sort(pipeline.entries)) {
      const slot = `${entry.folder.path}/${entry.nodeType}`
      const error = publishedError(entry)?.percent ?? metadataNumber(entry.numbers, 'mape')
      if (error !== undefined && !best.has(slot)) best.set(slot, error)
    }
    return Object.fromEntries(best)
  } finally {
    pipeline.store.close()
  }
}

/** How far a model is off in the course of time, judged as the online trainer judges it. */
export function driftOverTime(entry: ModelEntry, estimated: EstimatedPower): DriftOverTime {
  const { pipeline, model, processor, times, components } = estimated
  const counted = components.filter(({ component }) => isCounted(component))
  const own = counted.length > 0 ? counted : components
  const sum = (of: (component: (typeof own)[number], row: number) => number, row: number) =>
    own.reduce((total, component) => total + of(component, row), 0)
  const measured = times.map((_, row) => sum((component, i) => component.measured[i]!, row))
  const mean = measured.reduce((total, watts) => total + watts, 0) / Math.max(1, times.length)
  const watts = times.map((_, row) => sum((c, i) => Math.abs(c.estimated[i]! - c.measured[i]!), row))
  const errors = Float64Array.from(watts, (error) => (mean > 0 ? error / mean : 0))
  const normal = normalError(publishedError(entry))
  const { drifting, since } = windowSinceDrift(errors, normal)
  return {
    pipeline,
    model,
    ...(processor !== undefined && { processor }),
    times,
    errors: [...errors].map((error) => 100 * error),
    normal: 100 * normal,
    ...(drifting && { driftingSince: times[since] ?? times[0] ?? 0 }),
  }
}
