import { LRUCache } from 'lru-cache'
import { messageOf } from '../core/errors.js'
import type { Clock } from '../runtime/ports.js'

/** A pipeline that cannot be read or downloaded. */
export interface PipelineError {
  /** Path or URL. */
  readonly origin: string
  readonly message: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The current errors of pipelines, one per path or URL. */
export interface PipelineErrors {
  report(origin: string, error: unknown): void
  /** The pipeline can be read again, or it is gone. */
  resolve(origin: string): void
  /** Latest last. */
  list(): readonly PipelineError[]
}

/** @param limit how many errors are remembered; the oldest are forgotten first */
export function createPipelineErrors(clock: Clock, limit: number): PipelineErrors {
  const errors = new LRUCache<string, PipelineError>({ max: limit })
  return {
    report(origin, error) {
      errors.set(origin, { origin, message: messageOf(error), at: clock() })
    },
    resolve: (origin) => void errors.delete(origin),
    list: () => [...errors.rvalues()].filter((error) => error !== undefined),
  }
}
