import { messageOf } from '../core/errors.js'
import type { Clock } from '../runtime/ports.js'
import type { RegistryStatus } from './model-service.js'

/** What could not be read or downloaded, by where it is, until it could. */
export interface PipelineErrors {
  report(origin: string, error: unknown): void
  /** It is well now, or it is no more. */
  over(origin: string): void
  /** Latest last. */
  list(): RegistryStatus['errors']
}

/** @param most how many are remembered; the oldest are forgotten first */
export function createPipelineErrors(clock: Clock, most: number): PipelineErrors {
  const pipelineErrors = new Map<string, { origin: string; message: string; at: number }>()
  return {
    report(origin, error) {
      pipelineErrors.delete(origin)
      pipelineErrors.set(origin, { origin, message: messageOf(error), at: clock() })
      for (const oldest of pipelineErrors.keys()) {
        if (pipelineErrors.size <= most) break
        pipelineErrors.delete(oldest)
      }
    },
    over: (origin) => void pipelineErrors.delete(origin),
    list: () => [...pipelineErrors.values()],
  }
}
