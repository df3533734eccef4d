export interface Deadline {
  readonly milliseconds: number
  /** Ends the work earlier, with its own reason. */
  readonly signal?: AbortSignal | undefined
  /** The reason of the work's signal when time is up. */
  readonly late: () => Error
}

/**
 * Runs with a signal that aborts when time is up, or when the outer signal does. A timer of its own and no
 * `AbortSignal.any` over an `AbortSignal.timeout`: Node 20 forgets such a timeout when it collects garbage.
 */
export async function withDeadline<T>(deadline: Deadline, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { milliseconds, signal, late } = deadline
  const controller = new AbortController()
  const stop = () => controller.abort(signal?.reason)
  const timer = setTimeout(() => controller.abort(late()), milliseconds)
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  try {
    return await run(controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
