export interface Deadline {
  readonly milliseconds: number
  /** Aborts the work earlier, with its own reason. */
  readonly signal?: AbortSignal | undefined
  /** Makes the reason of the abort when time is up. */
  readonly late: () => Error
}

/**
 * Runs with a signal that aborts when time is up, or when the outer signal does. It has a timer of its own because Node 20
 * may garbage-collect an `AbortSignal.timeout` that only an `AbortSignal.any` refers to, and then never aborts.
 */
export async function withDeadline<T>(deadline: Deadline, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { milliseconds, signal, late } = deadline
  const controller = new AbortController()
  const stop = () => controller.abort(signal?.reason)
  const timer = setTimeout(() => controller.abort(late()), milliseconds)
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  try {
    return await run(controller.signal)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
