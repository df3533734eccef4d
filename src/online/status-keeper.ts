import type { FailureReason, OnlineStatus, RoundOutcome } from './status.js'
import type { Round } from './trainer.js'

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
  const rounds: Record<RoundOutcome, number> = { published: 0, kept: 0, waiting: 0, failed: 0 }
  const failures: Partial<Record<FailureReason, number>> = {}
  const verdicts: Record<string, number> = {}
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
      for (const { verdict } of slots) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
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
      failures[reason] = (failures[reason] ?? 0) + 1
    },
    around(seen) {
      status = { ...status, ...seen }
    },
    read: () => ({ ...status, rounds, failures, verdicts }),
  }
}
