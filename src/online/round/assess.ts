import type { EnergySource } from '../../core/energy-source.js'
import { ModelError, messageOf } from '../../core/errors.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import { autoIsolator } from '../../isolate/auto.js'
import type { IdleProfile } from '../../isolate/idle-profile.js'
import type { Isolator } from '../../isolate/isolator.js'
import type { PipelineLocation } from '../../registry/load-pipeline.js'
import type { Measurements } from '../../extract/measurements.js'
import type { TrainerName } from '../../regression/trainers.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { type Logger, silentLogger } from '../../runtime/ports.js'
import { type DamagedFile, type PartedHistory, partHistory } from '../history/part-history.js'
import type { NodeOsMachines } from '../node-os-machines.js'
import { type Candidate, trainCandidates } from './candidates.js'
import { extractMachines, type MachineData, type MachineFinding } from './datasets.js'
import { type Guest, guestStatesOf } from './guests.js'
import { keptDatasets } from './kept-datasets.js'
import { profileLearner } from './learned-profile.js'
import { machineTypes } from './machine-types.js'
import type { Machine } from './machines.js'
import { measuredMachines } from './measured-machines.js'
import { nextPipeline, type Replacement } from './next-pipeline.js'
import { openServed, type ServedPipeline } from './served.js'
import { rowCounts } from './row-counts.js'
import { type Slot, slotKey } from './slot.js'
import { slotData } from './slot-data.js'
import { type FreshError, freshError, isEnough, validateSlot } from './validate-slot.js'
import { type Decision, tooSoon } from './verdict.js'
import { type CurrentWindow, currentWindowOf } from './windows.js'

/** The input of a round; plain data, since it is sent to a worker thread. */
export interface AssessRequest {
  /** Files of the history, in the order of their times. */
  readonly paths: readonly string[]
  /** Whose measurements count, and by which meter. */
  readonly measurements: Measurements
  /** Whose models of NodeOS are trained. */
  readonly nodeOs: NodeOsMachines
  readonly name: string
  /** The pipeline that is served under that name now. */
  readonly served: PipelineLocation | undefined
  /** The metadata attribute by which the model server ranks. */
  readonly errorKey: string
  /** Of machines, by `instance` or the host in it. */
  readonly specs: ReadonlyMap<string, MachineSpec>
  readonly trainers: readonly TrainerName[]
  /** Share of the served model's error by which a candidate must be better. */
  readonly margin: number
  readonly minRows: number
  /** Rows that each model is trained on at most. */
  readonly maxRows: number
  /** Percent. */
  readonly maxError: number
  readonly recentSeconds: number
  readonly threads: number
  /** The idle profile that the operator gave. */
  readonly profile: IdleProfile | undefined
  /** The idle profile that earlier rounds learned. */
  readonly learned: IdleProfile | undefined
  readonly nextVersion: number
  /** Milliseconds since the epoch of the last version that was published. */
  readonly lastPublished: number | undefined
  /** Milliseconds between two versions while no decision is urgent. */
  readonly publishInterval: number
  /** Folder for measurements of a round that do not fit in memory; the file has no name there. */
  readonly scratch: string
  /**
   * Bytes of datasets that are kept while the round runs; samples get half as many. Beyond them, datasets are made again,
   * and samples go to a file in `scratch`. @default 128 MiB
   */
  readonly cacheBytes?: number
  /** Where the next version is written, if there is one. */
  readonly candidatePath: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The result of a round. */
export interface Assessment {
  readonly machines: readonly Machine[]
  /** Virtual machines; `undefined` where they are not looked for. */
  readonly guests: readonly Guest[] | undefined
  readonly damaged: readonly DamagedFile[]
  /** Unix seconds of the first and the last measurement; 0 without any. */
  readonly dataFrom: number
  readonly dataUntil: number
  readonly slots: readonly SlotReport[]
  readonly failures: readonly { readonly what: string; readonly why: string }[]
  /** What was wrong with measurements, and what was done about it. */
  readonly findings: readonly MachineFinding[]
  readonly learned: IdleProfile | undefined
  readonly servedVersion: number
  /** Whether the next version is at `candidatePath`. */
  readonly candidate: boolean
}

export interface SlotReport extends Decision {
  readonly slot: Slot
  /** The error of the served model on measurements that it was not trained on. */
  readonly fresh: FreshError | undefined
  /** Unix seconds since which the served model has drifted. */
  readonly driftingSince: number | undefined
}

/**
 * One round, from the measurements to the next version of the pipeline: finds the machines, measures the served models,
 * trains candidates, validates them, and writes a pipeline in which those that are better replace the served ones.
 *
 * @throws ModelError `INVALID_ARCHIVE` when the served pipeline cannot be read, `UNAVAILABLE` when the next version
 *   cannot be written
 */
export async function assess(request: AssessRequest, logger: Logger = silentLogger): Promise<Assessment> {
  const { measurements, scratch: folder } = request
  const memoryBytes = (request.cacheBytes ?? defaultCacheBytes) / 2
  const history = await partHistory(request.paths, { measurements, folder, memoryBytes })
  try {
    return await assessHistory(history, request, logger)
  } finally {
    history.store.close()
  }
}

const defaultCacheBytes = 128 * 2 ** 20

async function assessHistory(history: PartedHistory, request: AssessRequest, logger: Logger): Promise<Assessment> {
  const { measurements, nodeOs } = request
  const found = measuredMachines(history, { measurements, nodeOs })
  const machines = found.machines.map(({ machine }) => machine)
  const { guests } = found
  const all = [...found.machines, ...guests]
  const served = request.served && (await readServed(request.served, request, logger))
  try {
    const types = machineTypes(
      all.map(({ machine }) => machine),
      request.specs,
      served?.pipeline.nodeTypes ?? [],
      found.reportedTypes,
    )
    const windows = new Map<MachineData, CurrentWindow>()
    const learner = profileLearner(request.learned)
    const seen = rowCounts()
    const { data, failures, findings } = extractMachines(all, types, measurements, {
      nodeOs,
      kept: keptDatasets(request.cacheBytes ?? defaultCacheBytes),
      onExtracted(one) {
        const window = currentWindowOf(one, served)
        windows.set(one, window)
        learner.add(one, window)
        seen.add(one)
      },
    })
    const ofMachine = (one: MachineData) => windows.get(one)!
    const learned = learner.profile()
    const isolatorOf = isolators(request.profile ?? learned)
    const { slots, failures: slotFailures } = slotData(data, {
      recentSeconds: request.recentSeconds,
      maxRows: request.maxRows,
      shareOf: (one, group) => seen.share(one, group, request.maxRows),
      currentWindowOf: ofMachine,
      isolatorOf,
    })
    const enough = slots.filter((slot) => isEnough(slot, request))
    const { bySlot, failures: trainFailures } = await trainCandidates(enough, { ...request, types, seed: 0 })
    const decisions = slots.map((data): SlotReport => {
      const { slot, driftingSince } = data
      const candidate = bySlot.get(slotKey(slot))
      const decision = named(validateSlot(data, candidate, served, request), candidate)
      return { slot, ...decision, fresh: freshError(data, served), driftingSince }
    })
    const isUrgent = decisions.some(({ urgent }) => urgent)
    const reports = !isUrgent && publishedRecently(request, served) ? decisions.map(deferred) : decisions
    const replacements = reports.flatMap(({ slot, publish }): Replacement[] =>
      publish ? [{ slot, models: bySlot.get(slotKey(slot))!.models }] : [],
    )
    if (replacements.length > 0) {
      const version = request.nextVersion
      await writeFileAtomic(request.candidatePath, [
        nextPipeline(served, replacements, { ...request, types, version, isolator: 'auto' }),
      ])
    }
    return {
      machines,
      guests: nodeOs === 'guests' ? guestStatesOf(guests, { data, failures }) : undefined,
      damaged: history.damaged,
      dataFrom: seen.from(),
      dataUntil: seen.until(),
      slots: reports,
      failures: [...failures, ...slotFailures, ...trainFailures],
      findings,
      learned,
      servedVersion: served?.version ?? 0,
      candidate: replacements.length > 0,
    }
  } finally {
    served?.close()
  }
}

async function readServed(location: PipelineLocation, { name, errorKey }: AssessRequest, logger: Logger) {
  try {
    return await openServed(location, errorKey, logger)
  } catch (cause) {
    const remedy = '`kepler-model versions --rollback` serves an earlier version; or remove the file'
    throw new ModelError(
      'INVALID_ARCHIVE',
      `the served pipeline ${name} cannot be read: ${messageOf(cause)}; ${remedy}`,
      {
        cause,
      },
    )
  }
}

/** By the idle power of a machine where that is known, else by the least that it drew. */
function isolators(profile: IdleProfile | undefined): (data: MachineData) => Isolator {
  const knows = (source: EnergySource) => Object.keys(profile?.power[source] ?? {}).length > 0
  return ({ source }) => autoIsolator(knows(source) ? profile : undefined)
}

/**
 * Whether the last version is so recent that only urgent decisions are published. Models of a machine that is new or has
 * changed are trained on little data and improve fast, so they may be replaced whenever the time span of their data has
 * doubled. A last version in the future (the clock was set back) delays nothing.
 */
function publishedRecently(
  { lastPublished, publishInterval, now }: AssessRequest,
  served: ServedPipeline | undefined,
): boolean {
  if (lastPublished === undefined || served?.newestDataFrom === undefined) return false
  const since = now - lastPublished
  const known = lastPublished - 1000 * served.newestDataFrom
  return since >= 0 && since < Math.min(publishInterval, known)
}

/** Says which model a version is published for. */
function named(decision: Decision, candidate: Candidate | undefined): Decision {
  return decision.publish && candidate ? { ...decision, why: `${candidate.best} is ${decision.why}` } : decision
}

function deferred(report: SlotReport): SlotReport {
  return report.publish ? { ...report, ...tooSoon(report) } : report
}
