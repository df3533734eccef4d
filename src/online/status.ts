import type { Assessment } from './round/assess.js'
import type { FreshError } from './round/validate-slot.js'
import type { GuestState } from './round/guests.js'
import type { Slot } from './round/slot.js'
import type { Verdict } from './round/verdict.js'

/** `waiting`: there is nothing to train on yet. `kept`: the served pipeline stays. */
export type RoundOutcome = 'published' | 'kept' | 'waiting' | 'failed'

export const roundOutcomes: readonly RoundOutcome[] = ['published', 'kept', 'waiting', 'failed']

/** The outcome of one round. */
export interface Round {
  readonly outcome: RoundOutcome
  /** One sentence for people. */
  readonly why: string
  /** Its result, when it got that far. */
  readonly assessment?: Assessment
}

/**
 * Reasons of failures: `unavailable`, Prometheus does not answer; `refused`, it refuses the credentials; `invalid`, its
 * answer is not usable; `disk`, a disk is full or not writable; `pipeline`, the served pipeline cannot be read; `round`,
 * anything else in a round.
 */
export type FailureReason = (typeof failureReasons)[number]

export const failureReasons = ['unavailable', 'refused', 'invalid', 'disk', 'pipeline', 'round'] as const

/** The state of the online trainer, for metrics, probes and people. Counts are since the start. */
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
  /** Virtual machines that NodeOS models are learnt from, and those that something is missing of. */
  readonly guests: Readonly<Record<GuestState, number>>
  /** What was wrong with the measurements of the last round, by kind. */
  readonly findings: Readonly<Record<string, number>>
  readonly served: readonly ServedError[]
  readonly servedVersion: number
  readonly pinned: boolean
  readonly verdicts: Readonly<Record<Verdict, number>>
}

/** The error of a served model on measurements that it was not trained on. */
export interface ServedError extends FreshError {
  readonly slot: Slot
}
