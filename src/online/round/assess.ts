import type { EnergySource } from '../../core/energy-source.js'
import { ModelError, messageOf } from '../../core/errors.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import { type Logger, silentLogger } from '../../core/ports.js'
import type { TrainerName } from '../../core/trainer.js'
import { writeFileWhole } from '../../core/write-file.js'
import type { IdleProfile } from '../../isolate/idle-profile.js'
import type { Isolator } from '../../isolate/isolator.js'
import { minIsolator } from '../../isolate/min.js'
import { profileIsolator } from '../../isolate/profile.js'
import type { PipelineLocation } from '../../registry/load-pipeline.js'
import { rowsAt } from '../../train/training-set.js'
import { trainCandidates } from './candidates.js'
import { extractMachines, type MachineData } from './datasets.js'
import { learnProfile } from './learned-profile.js'
import { machineTypes } from './machine-types.js'
import { type Machine, machinesIn } from './machines.js'
import { type Measured, measured } from './measure.js'
import { nextPipeline, type Replacement } from './next-pipeline.js'
import { readHistory } from '../history/read-history.js'
import { openServed, type ServedModel, type ServedPipeline } from './served.js'
import { type Slot, slotKey } from './slot.js'
import { type SlotData, slotData } from './slot-data.js'
import { type MachineStretch, stretchOf } from './stretches.js'
import { type Contender, type Judgement, judge, tooSoon, type Verdict } from './verdict.js'

/** What a round needs to know; plain data, since it crosses to a worker thread. */
export interface AssessRequest {
  /** Files of the history, in the order of their times. */
  readonly paths: readonly string[]
  readonly name: string
  /** What is served under that name now. */
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
  /** A profile that was made by hand. */
  readonly profile: IdleProfile | undefined
  /** What was learned of idle power before. */
  readonly learned: IdleProfile | undefined
  readonly nextVersion: number
  /** Milliseconds since the epoch of the last version that was published. */
  readonly lastPublished: number | undefined
  /** Milliseconds between two versions while nothing is wrong with what is served. */
  readonly publishInterval: number
  /** Where the next version is written, if there is one. */
  readonly candidatePath: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What a round found out. */
export interface Assessment {
  readonly machines: readonly Machine[]
  readonly damaged: readonly { readonly path: string; readonly why: string }[]
  /** Unix seconds of the first and the last measurement; 0 without any. */
  readonly dataFrom: number
  readonly dataUntil: number
  readonly slots: readonly SlotReport[]
  readonly failures: readonly { readonly what: string; readonly why: string }[]
  readonly learned: IdleProfile | undefined
  readonly servedVersion: number
  /** Whether the next version is at `candidatePath`. */
  readonly candidate: boolean
}

export interface SlotReport extends Judgement {
  readonly slot: Slot
  /** The model that is served, on measurements that it has not learnt from. */
  readonly fresh: FreshError | undefined
  /** Unix seconds since which the served model is off. */
  readonly driftingSince: number | undefined
}

export interface FreshError {
  readonly model: string
  readonly rows: number
  readonly watts: number
  readonly percent: number
  /** Error in watts now, over that on held-out data when it was published. */
  readonly ratio: number | undefined
}

/** Rows that must be held out for a judgement. */
const leastJudged = 5

/**
 * One round, from the measurements to the next version of the pipeline: recognises machines, measures what is served,
 * trains candidates, judges them, and writes the pipeline in which those that win have taken their place.
 *
 * @throws ModelError `INVALID_ARCHIVE` when the served pipeline cannot be read, `UNAVAILABLE` when the next version
 *   cannot be written
 */
export async function assess(request: AssessRequest, logger: Logger = silentLogger): Promise<Assessment> {
  const { response, damaged } = await readHistory(request.paths)
  const machines = machinesIn(response)
  const served = request.served && (await readServed(request.served, request, logger))
  try {
    const types = machineTypes(machines, request.specs, served?.pipeline.nodeTypes ?? [])
    const { data, failures } = extractMachines(response, machines, types)
    const stretches = new Map<MachineData, MachineStretch>(data.map((one) => [one, stretchOf(one, served)]))
    const ofMachine = (one: MachineData) => stretches.get(one)!
    const learned = learnProfile(data, ofMachine, request.learned)
    const isolatorOf = isolators(request.profile ?? learned)
    const { slots, failures: unprepared } = slotData(data, {
      recentSeconds: request.recentSeconds,
      maxRows: request.maxRows,
      stretchOf: ofMachine,
      isolatorOf,
    })
    const enough = slots.filter((slot) => rowsOf(slot) >= request.minRows && slot.judge.x.rows >= leastJudged)
    const { bySlot, failures: untrained } = await trainCandidates(enough, { ...request, types, seed: 0 })
    const judged = slots.map((slot): SlotReport => {
      const candidate = bySlot.get(slotKey(slot.slot))
      const judgement = enough.includes(slot)
        ? judgeSlot(slot, candidate, served, request)
        : tooFew(rowsOf(slot), request.minRows)
      const { driftingSince } = slot
      return { slot: slot.slot, ...judgement, fresh: freshError(slot, served), driftingSince }
    })
    const hurry = judged.some(({ urgent }) => urgent)
    const reports = !hurry && isSoon(request, served) ? judged.map(waiting) : judged
    const replacements = reports.flatMap(({ slot, publish }): Replacement[] =>
      publish ? [{ slot, models: bySlot.get(slotKey(slot))!.models }] : [],
    )
    if (replacements.length > 0) {
      const version = request.nextVersion
      const isolator = request.profile || learned ? 'profile' : 'min'
      await writeFileWhole(request.candidatePath, [
        nextPipeline(served, replacements, { ...request, types, version, isolator }),
      ])
    }
    const times = data.flatMap(({ node }) => [...node.values()].map(({ timestamps }) => timestamps))
    return {
      machines,
      damaged,
      dataFrom: Math.min(...times.map((clock) => clock[0] ?? 0), ...(times.length === 0 ? [0] : [])),
      dataUntil: Math.max(0, ...times.map((clock) => clock.at(-1) ?? 0)),
      slots: reports,
      failures: [...failures, ...unprepared, ...untrained],
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

/** The profile isolator where the idle power of a machine is known, else min (REFERENCE §8). */
function isolators(profile: IdleProfile | undefined): (data: MachineData) => Isolator {
  const knows = (source: EnergySource) => Object.keys(profile?.power[source] ?? {}).length > 0
  return ({ source }) => (profile && knows(source) ? profileIsolator(profile) : minIsolator())
}

function rowsOf({ current, whole, judge: held }: SlotData): number {
  return (current ?? whole).x.rows + held.x.rows
}

function tooFew(rows: number, least: number): Judgement {
  return {
    verdict: 'too_few_rows',
    publish: false,
    urgent: false,
    why: `${rows} measurements, at least ${least} are needed`,
  }
}

function judgeSlot(
  { slot, judge: held, driftingSince, newestFrom, spread, machines }: SlotData,
  candidate: Contender | undefined,
  served: ServedPipeline | undefined,
  { margin, maxError }: AssessRequest,
): Judgement {
  if (candidate === undefined) {
    return {
      verdict: 'untrainable',
      publish: false,
      urgent: false,
      why: 'no trainer could learn from the measurements',
    }
  }
  const measure = (model: ServedModel | undefined): Measured | undefined => {
    const watts = model?.watts(held)
    return watts && measured(held, watts)
  }
  const best = served?.best(slot)
  const any = measure(best)
  const theirs = any && {
    any,
    weights: measure(served?.bestWeights(slot)),
    highestUsage: best?.highestUsage,
  }
  const judgement = judge(candidate, theirs, {
    margin,
    maxError,
    spread,
    drifting: driftingSince !== undefined,
    isNewest: (row) => held.timestamps[row]! > newestFrom,
  })
  if (machines === 1 || !mixed.has(judgement.verdict)) return judgement
  const hint = `${machines} machines are taken for one kind; if they are not, tell their specs (ONLINE_MACHINE_SPECS)`
  return { ...judgement, why: `${judgement.why}; ${hint}` }
}

/**
 * Whether a version was published so recently that only what is urgent is worth another. Models of a machine that is new, or
 * has changed, know little and get better fast: they may be replaced whenever the time that they know has doubled. A
 * clock that was put back holds up nothing.
 */
function isSoon({ lastPublished, publishInterval, now }: AssessRequest, served: ServedPipeline | undefined): boolean {
  if (lastPublished === undefined || served?.newestDataFrom === undefined) return false
  const since = now - lastPublished
  const known = lastPublished - 1000 * served.newestDataFrom
  return since >= 0 && since < Math.min(publishInterval, known)
}

function waiting(report: SlotReport): SlotReport {
  return report.publish ? { ...report, ...tooSoon(report) } : report
}

/** What becomes of a model of machines that are not alike. */
const mixed: ReadonlySet<Verdict> = new Set(['no_skill', 'too_inaccurate'])

function freshError({ slot, recent }: SlotData, served: ServedPipeline | undefined): FreshError | undefined {
  const model = served?.best(slot)
  if (model === undefined) return undefined
  const unseen = rowsAt(recent, (time) => time > (model.dataUntil ?? 0))
  // A handful of rows is chance.
  const predicted = unseen.x.rows >= leastJudged ? model.watts(unseen) : undefined
  if (predicted === undefined) return undefined
  const { rows, watts, percent } = measured(unseen, predicted)
  const before = model.published?.watts
  return { model: model.name, rows, watts, percent, ratio: before ? watts / before : undefined }
}
