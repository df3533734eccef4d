import { messageOf } from '../core/errors.js'
import type { Clock } from '../core/ports.js'
import type { RegistryStatus } from './model-service.js'

/** What could not be read or downloaded, by where it is, until it could. */
export interface Troubles {
  report(origin: string, error: unknown): void
  /** It is well now, or it is no more. */
  over(origin: string): void
  /** Latest last. */
  list(): RegistryStatus['errors']
}

/** @param most how many are remembered; the oldest are forgotten first */
export function createTroubles(clock: Clock, most: number): Troubles {
  const troubles = new Map<string, { origin: string; message: string; at: number }>()
  return {
    report(origin, error) {
      troubles.delete(origin)
      troubles.set(origin, { origin, message: messageOf(error), at: clock() })
      for (const oldest of troubles.keys()) {
        if (troubles.size <= most) break
        troubles.delete(oldest)
      }
    },
    over: (origin) => void troubles.delete(origin),
    list: () => [...troubles.values()],
  }
}
