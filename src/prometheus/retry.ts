import { setTimeout as wait } from 'node:timers/promises'
import { ModelError, messageOf } from '../core/errors.js'

export interface RetryOptions {
  /** @default 5 */
  readonly attempts?: number
  /** Milliseconds before the second attempt; doubled for each further one, up to 30 s. @default 500 */
  readonly delay?: number
  /** Between 0 and 1; spreads clients that failed together. @default Math.random */
  readonly random?: () => number
  readonly onRetry?: (error: unknown, seconds: number) => void
  readonly signal?: AbortSignal
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

const longestPause = 30_000

/**
 * Does `attempt` again while it fails with `Transient`, after longer and longer pauses, and never earlier than the other
 * side wants; if that is more than half a minute away, not at all.
 *
 * @throws what `attempt` threw last, unwrapped; ModelError `CANCELLED` when the signal comes
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { attempts = 5, delay = 500, random = Math.random, onRetry, signal } = options
  for (let i = 1; ; i++) {
    if (signal?.aborted) throw new ModelError('CANCELLED', 'the query was cancelled')
    try {
      return await attempt()
    } catch (error) {
      if (signal?.aborted) throw new ModelError('CANCELLED', 'the query was cancelled', { cause: error })
      if (!(error instanceof Transient)) throw error
      if (i >= attempts || error.after > longestPause) throw error.cause
      const own = Math.min(longestPause, delay * 2 ** (i - 1)) * (0.5 + 0.5 * random())
      // Those who were sent away together must not come back together.
      const pause = Math.max(own, error.after + delay * random())
      onRetry?.(error.cause, pause / 1000)
      await wait(pause, undefined, signal && { signal }).catch((cause: unknown) => {
        throw new ModelError('CANCELLED', 'the query was cancelled', { cause })
      })
    }
  }
}
