import { ModelError } from '../core/errors.js'
import { monotonicClock } from '../runtime/ports.js'

/** How fast a client has to send. */
export interface LeastRate {
  readonly bytesPerSecond: number
  /** Milliseconds of waiting for the client over which that is measured. */
  readonly window: number
}

/**
 * Passes chunks on, and fails when they come too slowly once `isWatched` says so. Only the time counts that the client is
 * waited for, not that for which a disk keeps the client waiting.
 *
 * @throws ModelError `INVALID_REQUEST`
 */
export async function* fastEnough(
  chunks: AsyncIterable<Buffer>,
  isWatched: () => boolean,
  { bytesPerSecond, window }: LeastRate,
): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  let bytes = 0
  let waited = 0
  try {
    for (let pending = iterator.next(); ; ) {
      const started = monotonicClock()
      const result = isWatched() ? await within(window - waited, pending) : await pending
      if (isWatched()) waited += monotonicClock() - started
      if (result?.done) return
      bytes += result?.value.length ?? 0
      if (waited >= window) {
        if (bytes < (bytesPerSecond * window) / 1000) {
          throw new ModelError('INVALID_REQUEST', `the request arrives at less than ${bytesPerSecond} bytes a second`)
        }
        waited = 0
        bytes = 0
      }
      if (result === undefined) continue
      yield result.value
      pending = iterator.next()
    }
  } finally {
    await iterator.return?.()
  }
}

/** `undefined` when it takes longer. */
function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), Math.max(1, milliseconds))
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
