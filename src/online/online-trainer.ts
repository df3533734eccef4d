import { rm } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { ModelError, messageOf } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { allMeasurements, type Measurements } from '../extract/measurements.js'
import type { IdleProfile } from '../isolate/idle-profile.js'
import type { PrometheusClient } from '../prometheus/client.js'
import type { TrainerName } from '../regression/trainers.js'
import { type Clock, type Logger, type MonotonicClock, monotonicClock } from '../runtime/ports.js'
import { failureReason, pauseAfter } from './failure.js'
import type { History } from './history/history.js'
import type { NodeOsMachines } from './node-os-machines.js'
import type { ProfileFile } from './profile-file.js'
import type { Assessment, SlotReport } from './round/assess.js'
import { whyNoGuest } from './round/guests.js'
import { runAssess } from './round/run-assess.js'
import { slotKey } from './round/slot.js'
import type { OnlineStatus, Round, RoundOutcome } from './status.js'
import { statusRecorder } from './status-recorder.js'
import type { LogEntry } from './versions/version-log.js'
import type { Pin, Versions } from './versions/versions.js'

export interface OnlineTrainerOptions {
  readonly client: PrometheusClient
  /** Whose measurements count, and by which meter. @default all, by Kepler's */
  readonly measurements?: Measurements
  /** Whose models of NodeOS are trained. @default 'off' */
  readonly nodeOs?: NodeOsMachines
  readonly history: History
  readonly versions: Versions
  readonly learned: ProfileFile
  /** The idle profile that the operator gave; it takes precedence over the learned one. */
  readonly profile?: IdleProfile
  /** Of machines, by `instance` or the host in it. */
  readonly specs: ReadonlyMap<string, MachineSpec>
  readonly trainers: readonly TrainerName[]
  /** Milliseconds between two versions while no decision is urgent. */
  readonly publishInterval: number
  /** Milliseconds from the start of one round to the start of the next. */
  readonly interval: number
  /** Seconds of the newest measurements, from which the validation rows are held out. */
  readonly recentSeconds: number
  readonly minRows: number
  /** Rows that each model is trained on at most. */
  readonly maxRows: number
  /** Share of the served model's error by which a new one must be better. */
  readonly margin: number
  /** Percent of error above which nothing is published. */
  readonly maxError: number
  /** The metadata attribute by which the model server ranks. */
  readonly errorKey: string
  readonly logger: Logger
  readonly clock?: Clock
  /** For pauses and durations. @default that of the process */
  readonly monotonic?: MonotonicClock
  readonly random?: () => number
  readonly onRoundEnd?: (seconds: number) => void
  /** Runs a round; tests pass another one. */
  readonly assess?: typeof runAssess
}

/** Keeps a pipeline accurate: queries Prometheus, measures the served models, trains, and publishes better ones. */
export interface OnlineTrainer {
  /** One round. It rejects only with `CANCELLED`; any other error is the outcome `failed`. */
  round(signal: AbortSignal): Promise<Round>
  /** Runs rounds until the signal aborts; after failures with longer pauses. */
  run(signal: AbortSignal): Promise<void>
  status(): OnlineStatus
}

export function createOnlineTrainer(options: OnlineTrainerOptions): OnlineTrainer {
  const { client, history, versions, learned, logger, interval } = options
  const { clock = Date.now, monotonic = monotonicClock, random = Math.random, assess = runAssess } = options
  const status = statusRecorder(versions.name)
  let lastLogged = ''
  let loggedFindings: ReadonlySet<string> = new Set()
  let loggedGuests: ReadonlySet<string> = new Set()
  /** Log entries that could not be written yet, oldest first. */
  const unwritten: LogEntry[] = []

  async function work(signal: AbortSignal): Promise<Round> {
    await history.catchUp(client, clock(), signal)
    if (history.segments.length === 0) {
      return { outcome: 'waiting', why: 'Prometheus has no measurements of a Kepler yet' }
    }
    const assessment = await assess(
      {
        paths: history.segments.map(({ path }) => path),
        measurements: options.measurements ?? allMeasurements,
        nodeOs: options.nodeOs ?? 'off',
        name: versions.name,
        served: versions.served(),
        errorKey: options.errorKey,
        specs: options.specs,
        trainers: options.trainers,
        margin: options.margin,
        minRows: options.minRows,
        maxRows: options.maxRows,
        maxError: options.maxError,
        recentSeconds: options.recentSeconds,
        threads: 0,
        profile: options.profile,
        learned: learned.profile,
        nextVersion: await versions.nextNumber(),
        lastPublished: await lastPublished(),
        publishInterval: options.publishInterval,
        scratch: history.folder,
        candidatePath: versions.candidatePath,
        now: clock(),
      },
      logger,
      signal,
    )
    for (const { path, why } of assessment.damaged)
      logger.warn({ path, why }, 'a damaged file of the history is removed')
    await history.drop(assessment.damaged.map(({ path }) => path))
    await learned.keep(assessment.learned)
    const round = await decide(assessment)
    return { ...round, assessment }
  }

  /** Read from the log file, so that it is known after a restart. */
  async function lastPublished(): Promise<number | undefined> {
    const last = (await versions.history()).findLast(({ action }) => action === 'published')
    return last && Date.parse(last.time)
  }

  async function decide(assessment: Assessment): Promise<Round> {
    const { slots, machines, candidate, servedVersion } = assessment
    if (!candidate) {
      const outcome = servedVersion > 0 ? 'kept' : 'waiting'
      return record(outcome, whyNotPublished(assessment), servedVersion, slots)
    }
    const winners = slots.filter(({ publish }) => publish)
    const notPublished = (reason: string, served: number) =>
      record('kept', `${reason}; ${winners.length} better models are not published`, served, slots)
    const pin = await versions.pin()
    if (pin || versions.liveNumber() !== servedVersion) {
      await rm(versions.candidatePath, { force: true })
      return notPublished(pin ? pinned(pin) : 'somebody published meanwhile', servedVersion)
    }
    const version = await versions.nextNumber()
    const overtaken = await versions.publish(version)
    if (overtaken) return notPublished(pinned(overtaken), overtaken.version)
    const metered = machines.filter(({ state }) => state === 'metered').length
    const from = `${metered} machine${metered === 1 ? '' : 's'}`
    const why = `${winners.length} of ${slots.length} models replaced, from ${from}: ${reasonOf(winners)}`
    return record('published', why, version, slots)
  }

  /** Adds a log entry for every published version, and for a round that changes nothing when its verdicts are new. */
  async function record(
    outcome: Exclude<RoundOutcome, 'failed'>,
    why: string,
    version: number,
    slots: readonly SlotReport[],
  ): Promise<Round> {
    const verdicts = slots.map(({ slot, verdict }) => `${slotKey(slot)} ${verdict}`).join()
    if (outcome === 'published' || verdicts !== lastLogged) {
      lastLogged = verdicts
      unwritten.push({
        time: new Date(clock()).toISOString(),
        action: outcome === 'published' ? 'published' : 'kept',
        version,
        why,
        slots: Object.fromEntries(slots.map(({ slot, verdict, why: own }) => [slotKey(slot), { verdict, why: own }])),
      })
      unwritten.splice(0, unwritten.length - maxUnwritten)
    }
    await writeLog()
    return { outcome, why }
  }

  /** A log that cannot be written does not undo what was published; its entries are written later. */
  async function writeLog(): Promise<void> {
    try {
      for (; unwritten[0] !== undefined; unwritten.shift()) await versions.log(unwritten[0])
    } catch (error) {
      const reason = failureReason(error)
      logger.error({ reason, cause: error, lines: unwritten.length }, `the history file waits: ${messageOf(error)}`)
      status.countFailure(reason)
    }
  }

  async function round(signal: AbortSignal): Promise<Round> {
    const begun = monotonic()
    try {
      const done = await work(signal)
      logRound(done)
      status.finished(done, clock())
      return done
    } catch (error) {
      if (signal.aborted) throw new ModelError('CANCELLED', 'the online trainer was stopped', { cause: error })
      const reason = failureReason(error)
      logger.error({ reason, cause: error, failures: status.read().consecutiveFailures + 1 }, messageOf(error))
      status.failed(reason, messageOf(error), clock())
      return { outcome: 'failed', why: messageOf(error) }
    } finally {
      options.onRoundEnd?.((monotonic() - begun) / 1000)
      await updateStorage()
    }
  }

  /** Updates the status from disk: the size of the history, and the served version. */
  async function updateStorage(): Promise<void> {
    const { segments } = history
    try {
      status.setStorage({
        history: {
          seconds: segments.length === 0 ? 0 : segments.at(-1)!.end - segments[0]!.start,
          bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
        },
        servedVersion: versions.liveNumber(),
        pinned: (await versions.pin()) !== undefined,
      })
    } catch (error) {
      logger.debug({ cause: error }, 'versions cannot be looked at')
    }
  }

  /** Each is said once, and again when it has changed. */
  function logNews(news: readonly object[], before: ReadonlySet<string>, message: string): ReadonlySet<string> {
    const now = new Set<string>()
    for (const one of news) {
      const text = JSON.stringify(one)
      now.add(text)
      if (!before.has(text)) logger.warn(one, message)
    }
    return now
  }

  function logRound({ outcome, why, assessment }: Round): void {
    const fields = { outcome, version: versions.liveNumber(), why }
    if (outcome === 'published') logger.info(fields, 'published a new version')
    else logger.info(fields, outcome === 'kept' ? 'the served models stay' : 'nothing is published yet')
    for (const { instance, state, why: reason } of assessment?.machines ?? []) {
      if (state !== 'metered') logger.debug({ instance, reason }, 'machine without a power meter: not learnt from')
    }
    for (const failure of assessment?.failures ?? []) logger.debug(failure, 'cannot be trained')
    const { findings = [], guests = [] } = assessment ?? {}
    loggedFindings = logNews(findings, loggedFindings, 'something is wrong with the measurements')
    const left = guests.filter(({ state }) => state !== 'joined')
    loggedGuests = logNews(left, loggedGuests, 'virtual machine that is not learnt from')
  }

  return {
    round,
    async run(signal) {
      await updateStorage()
      while (!signal.aborted) {
        const begun = monotonic()
        try {
          await round(signal)
        } catch (error) {
          if (signal.aborted) return
          throw error
        }
        const pause = pauseAfter(status.read().consecutiveFailures, interval, random)
        const left = Math.max(minPause, begun + pause - monotonic())
        if (pause !== interval) logger.info({ seconds: Math.round(left / 100) / 10 }, 'trying again')
        await wait(left, undefined, { signal }).catch(() => {})
      }
    },
    status: () => status.read(),
  }
}

/** Milliseconds between two rounds at least, however long they take. */
const minPause = 100
const maxUnwritten = 100

function pinned({ version, since }: Pin): string {
  return `version ${version} is pinned since ${since}`
}

function reasonOf(slots: readonly SlotReport[]): string {
  const first = slots.find(({ slot }) => slot.outputType === 'AbsPower') ?? slots[0]
  return first ? `${slotKey(first.slot)}: ${first.why}` : ''
}

function whyNotPublished(assessment: Assessment): string {
  const guests = assessment.guests && whyNoGuest(assessment.guests)
  const why = whyNothing(assessment)
  return guests === undefined ? why : `${why}; no guest can be learnt from: ${guests}`
}

function whyNothing({ machines, slots, failures }: Assessment): string {
  const metered = machines.filter(({ state }) => state === 'metered')
  if (machines.length === 0) return 'there are no measurements of a machine'
  if (metered.length === 0) {
    return `no machine has a power meter: ${machines
      .map(({ instance, why }) => `${instance}: ${why}`)
      .slice(0, 3)
      .join('; ')}`
  }
  if (slots.length === 0)
    return `nothing can be trained: ${failures[0]?.what ?? ''}: ${failures[0]?.why ?? 'no feature group'}`
  return reasonOf(slots)
}
