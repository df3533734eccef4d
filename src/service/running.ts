import { messageOf } from '../core/errors.js'
import type { Logger } from '../runtime/ports.js'

/** Something that was started and can be stopped. */
export interface Running {
  readonly name: string
  stop(): Promise<void>
}

/** What has been started so far; `stop` takes it down in reverse order. */
export interface RunningStack {
  add<T extends Running>(running: T): T
  /** Every one is stopped, also when another one fails to; the first failure is thrown in the end. Stops once. */
  stop(): Promise<void>
}

export function runningStack(logger: Logger): RunningStack {
  const stack: Running[] = []
  let stopping: Promise<void> | undefined
  const stopAll = async () => {
    const failures: unknown[] = []
    for (let last = stack.pop(); last; last = stack.pop()) {
      try {
        await last.stop()
        logger.debug({ service: last.name }, 'stopped')
      } catch (error) {
        logger.error({ service: last.name, cause: error }, `cannot stop: ${messageOf(error)}`)
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
  return {
    add(running) {
      stack.push(running)
      return running
    },
    stop() {
      stopping ??= stopAll()
      return stopping
    },
  }
}

/** Waits until `signal` aborts; at once if it has. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve())
  })
}
