import type { Assessment } from './round/assess.js'
import type { FreshError } from './round/validate-slot.js'
import type { Slot } from './round/slot.js'
import type { Verdict } from './round/verdict.js'

/** `waiting`: there is nothing to learn from yet. `kept`: what is served stays. */
export type RoundOutcome = 'published' | 'kept' | 'waiting' | 'failed'

export const roundOutcomes: readonly RoundOutcome[] = ['published', 'kept', 'waiting', 'failed']

/** What came of one round. */
export interface Round {
  readonly outcome: RoundOutcome
  /** One sentence for people. */
  readonly why: string
  /** What it found out, if it came so far. */
  readonly assessment?: Assessment
}

/** What went wrong outside: Prometheus away or failing, refusing us, answering nonsense; a disk that is full or closed to us; a
 * served pipeline that cannot be read; a round. */
export type FailureReason = (typeof failureReasons)[number]

export const failureReasons = ['unavailable', 'refused', 'invalid', 'disk', 'pipeline', 'round'] as const

/** What the online trainer did and sees, for metrics, probes and people. Counts are since the start. */
export interface OnlineStatus {
  readonly pipeline: string
  readonly rounds: Readonly<Record<RoundOutcome, number>>
  readonly failures: Readonly<Record<FailureReason, number>>
  readonly consecutiveFailures: number
  /** Why the last round failed; `undefined` when it did not. */
  readonly lastFailure: string | undefined
  /** One sentence on the last round. */
  readonly lastRound: string
  /** Milliseconds since the epoch; `undefined` before the first. */
  readonly lastRoundAt: number | undefined
  readonly lastPublishAt: number | undefined
  readonly history: { readonly seconds: number; readonly bytes: number }
  readonly machines: Readonly<Record<'metered' | 'no_meter', number>>
  readonly served: readonly ServedError[]
  readonly servedVersion: number
  readonly pinned: boolean
  readonly verdicts: Readonly<Record<Verdict, number>>
}

/** How far a served model is off on measurements that it has not learnt from. */
export interface ServedError extends FreshError {
  readonly slot: Slot
}
