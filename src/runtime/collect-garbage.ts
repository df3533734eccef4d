import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects now what nothing refers to any more, and gives its memory back. For a program between a phase that held much
 * and one in which other threads will: V8 collects a thread's memory when that thread needs more, and the main thread then
 * only waits. Takes some 50 ms. Node has no call for it but behind a flag, which may be set at any time.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') return
  collect()
  // The pages that the first one emptied go back to the system when the next one begins.
  collect()
}
