import { setTimeout as wait } from 'node:timers/promises'
import { ModelError, messageOf } from '../core/errors.js'
import { backoff } from './backoff.js'

export interface RetryOptions {
  /** @default 5 */
  readonly attempts?: number | undefined
  /** Milliseconds before the second attempt; doubled for each further one. @default 500 */
  readonly delay?: number | undefined
  /** Milliseconds between two attempts at most. @default 30,000 */
  readonly longestDelay?: number | undefined
  /** From 0 to 1; spreads clients that failed together. @default Math.random */
  readonly random?: (() => number) | undefined
  readonly onRetry?: ((error: unknown, seconds: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** What is tried, for the message when it is cancelled. @default 'the query' */
  readonly what?: string | undefined
}

/** A failure that another attempt may mend: the other side is away, busy, or broke off. */
export class Transient extends Error {
  constructor(
    cause: unknown,
    /** Milliseconds that the other side wants to be left alone for. */
    readonly after = 0,
  ) {
    super(messageOf(cause), { cause })
  }
}

/**
 * Does `attempt` again while it fails with `Transient`, after longer and longer pauses, and never earlier than the other
 * side wants; if that is further away than the longest pause, not at all.
 *
 * @throws what `attempt` threw last, unwrapped; ModelError `CANCELLED` when the signal comes
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 5, delay = 500, longestDelay = 30_000, random = Math.random, onRetry, signal } = options
  const cancelled = (cause?: unknown) =>
    new ModelError('CANCELLED', `${options.what ?? 'the query'} was cancelled`, { cause })
  for (let failures = 1; ; failures++) {
    if (signal?.aborted) throw cancelled(signal.reason)
    try {
      return await attempt()
    } catch (error) {
      if (signal?.aborted) throw cancelled(error)
      if (!(error instanceof Transient)) throw error
      if (failures >= attempts || error.after > longestDelay) throw error.cause
      const own = backoff(failures, { first: delay, longest: longestDelay, random })
      // Those who were sent away together must not come back together.
      const pause = Math.max(own, error.after + delay * random())
      onRetry?.(error.cause, pause / 1000)
      await wait(pause, undefined, signal && { signal }).catch((cause: unknown) => {
        throw cancelled(cause)
      })
    }
  }
}
