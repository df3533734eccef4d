/**
 * What `work` gives, unless the signal aborts first: for work that does not look at the signal itself. A signal may
 * outlive thousands of such waits, so none leaves a listener.
 *
 * @throws what `work` rejects with, or the reason of the signal
 */
export function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
