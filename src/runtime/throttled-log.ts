import { LRUCache } from 'lru-cache'
import { type MonotonicClock, monotonicClock } from './ports.js'

export interface ThrottledLogOptions {
  /** @default that of the process */
  readonly clock?: MonotonicClock
  /** Milliseconds between two lines of a kind. @default 60,000 */
  readonly every?: number
}

/** Logs `line` now, or counts it. `more` is the number of lines of its kind that were only counted since the last one. */
export type ThrottledLog = (kind: string, line: (more: number) => void) => void

/** Kinds that are remembered; beyond them, the one that was logged longest ago is dropped. */
const maxKinds = 100

/**
 * Limits log lines that every request may cause: the first of a kind is logged at once, then at most one a minute, with
 * the number of those in between.
 */
export function throttledLog({ clock = monotonicClock, every = 60_000 }: ThrottledLogOptions = {}): ThrottledLog {
  const kinds = new LRUCache<string, { readonly logged: number; more: number }>({ max: maxKinds })
  return (kind, line) => {
    const known = kinds.peek(kind)
    const now = clock()
    if (known && now - known.logged < every) {
      known.more++
      return
    }
    kinds.set(kind, { logged: now, more: 0 })
    line(known?.more ?? 0)
  }
}

/**
 * Whether the n-th failure in a row is worth a line: the 1st, 2nd, 4th, 8th and so on, so that one that lasts is logged at
 * a falling rate.
 */
export function isLoggedFailure(count: number): boolean {
  return Number.isInteger(Math.log2(count))
}
