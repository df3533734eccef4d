import { type Guest, type GuestState, guestStates } from './round/guests.js'
import { verdicts as allVerdicts, type Verdict } from './round/verdict.js'
import {
  type FailureReason,
  failureReasons,
  type OnlineStatus,
  type Round,
  type RoundOutcome,
  roundOutcomes,
} from './status.js'

/** Collects the status from the outcomes of rounds. */
export interface StatusRecorder {
  finished(round: Round, now: number): void
  failed(reason: FailureReason, why: string, now: number): void
  /** Counts an error that did not fail a round. */
  countFailure(reason: FailureReason): void
  /** Sets the part of the status that is read from disk. */
  setStorage(seen: Pick<OnlineStatus, 'history' | 'servedVersion' | 'pinned'>): void
  read(): OnlineStatus
}

export function statusRecorder(pipeline: string): StatusRecorder {
  // Each counter starts at 0, so that Prometheus sees the first event as an increase.
  const rounds = zeroes<RoundOutcome>(roundOutcomes)
  const failures = zeroes<FailureReason>(failureReasons)
  const verdicts = zeroes<Verdict>(allVerdicts)
  let status: Omit<OnlineStatus, 'rounds' | 'failures' | 'verdicts'> = {
    pipeline,
    consecutiveFailures: 0,
    lastFailure: undefined,
    lastRound: 'no round has ended yet',
    lastRoundAt: undefined,
    lastPublishAt: undefined,
    history: { seconds: 0, bytes: 0 },
    machines: { metered: 0, no_meter: 0 },
    guests: zeroes<GuestState>(guestStates),
    findings: {},
    served: [],
    servedVersion: 0,
    pinned: false,
  }

  function count(outcome: RoundOutcome, why: string, now: number): void {
    rounds[outcome]++
    status = { ...status, lastRound: why, lastRoundAt: now }
  }

  return {
    finished({ outcome, why, assessment }, now) {
      count(outcome, why, now)
      status = { ...status, consecutiveFailures: 0, lastFailure: undefined }
      if (outcome === 'published') status = { ...status, lastPublishAt: now }
      if (assessment === undefined) return
      const { machines, guests = [], slots, findings } = assessment
      for (const { verdict } of slots) verdicts[verdict]++
      const inState = (wanted: string) => machines.filter(({ state }) => state === wanted).length
      status = {
        ...status,
        machines: { metered: inState('metered'), no_meter: inState('no_meter') },
        guests: guestCounts(guests),
        findings: countByKind(findings),
        served: slots.flatMap(({ slot, fresh }) => (fresh ? [{ slot, ...fresh }] : [])),
      }
    },
    failed(reason, why, now) {
      count('failed', why, now)
      this.countFailure(reason)
      status = { ...status, consecutiveFailures: status.consecutiveFailures + 1, lastFailure: why }
    },
    countFailure(reason) {
      failures[reason]++
    },
    setStorage(storage) {
      status = { ...status, ...storage }
    },
    read: () => ({ ...status, rounds, failures, verdicts }),
  }
}

function countByKind(findings: readonly { readonly kind: string; readonly count: number }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind, count } of findings) counts[kind] = (counts[kind] ?? 0) + count
  return counts
}

function guestCounts(guests: readonly Guest[]): Record<GuestState, number> {
  const counts = zeroes<GuestState>(guestStates)
  for (const { state } of guests) counts[state]++
  return counts
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>
}
