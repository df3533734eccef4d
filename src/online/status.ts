import type { FreshError } from './assess.js'
import type { Slot } from './slot.js'
import type { Verdict } from './verdict.js'

/** `waiting`: there is nothing to learn from yet. `kept`: what is served stays. */
export type RoundOutcome = 'published' | 'kept' | 'waiting' | 'failed'

export const roundOutcomes: readonly RoundOutcome[] = ['published', 'kept', 'waiting', 'failed']

/** What went wrong outside: Prometheus away or failing, refusing us, answering nonsense; a disk that is full; a round. */
export type FailureReason = 'unavailable' | 'refused' | 'invalid' | 'disk' | 'round'

/** What the online trainer did and sees, for metrics, probes and people. Counts are since the start. */
export interface OnlineStatus {
  readonly pipeline: string
  readonly rounds: Readonly<Record<RoundOutcome, number>>
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>
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
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>
}

/** How far a served model is off on measurements that it has not learnt from. */
export interface ServedError extends FreshError {
  readonly slot: Slot
}
