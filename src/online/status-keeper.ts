import { verdicts as allVerdicts, type Verdict } from './round/verdict.js'
import {
  type FailureReason,
  failureReasons,
  type OnlineStatus,
  type Round,
  type RoundOutcome,
  roundOutcomes,
} from './status.js'

/** Gathers what rounds say. */
export interface StatusKeeper {
  finished(round: Round, now: number): void
  failed(reason: FailureReason, why: string, now: number): void
  /** What went wrong without failing a round. */
  trouble(reason: FailureReason): void
  /** What can be looked at without a round. */
  around(seen: Pick<OnlineStatus, 'history' | 'servedVersion' | 'pinned'>): void
  read(): OnlineStatus
}

export function statusKeeper(pipeline: string): StatusKeeper {
  // From 0 on, so that Prometheus sees the first one of each as an increase.
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
      const { machines, slots } = assessment
      for (const { verdict } of slots) verdicts[verdict]++
      const inState = (wanted: string) => machines.filter(({ state }) => state === wanted).length
      status = {
        ...status,
        machines: { metered: inState('metered'), no_meter: inState('no_meter') },
        served: slots.flatMap(({ slot, fresh }) => (fresh ? [{ slot, ...fresh }] : [])),
      }
    },
    failed(reason, why, now) {
      count('failed', why, now)
      this.trouble(reason)
      status = { ...status, consecutiveFailures: status.consecutiveFailures + 1, lastFailure: why }
    },
    trouble(reason) {
      failures[reason]++
    },
    around(seen) {
      status = { ...status, ...seen }
    },
    read: () => ({ ...status, rounds, failures, verdicts }),
  }
}

function zeroes<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>
}
