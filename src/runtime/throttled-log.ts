import type { Clock } from './ports.js'

export interface ThrottledLogOptions {
  readonly clock: Clock
  /** Milliseconds between two lines of a kind. @default 60,000 */
  readonly every?: number
}

/** Says `line` now, or counts it. `more` is how many of its kind were only counted since the line before. */
export type ThrottledLog = (kind: string, line: (more: number) => void) => void

/** Kinds that are told apart; beyond them the one that was said longest ago is forgotten. */
const maxKinds = 100

/**
 * Keeps what happens for every request from filling the log: the first of a kind is said at once, then at most one a
 * minute, with the number of those between.
 */
export function throttledLog({ clock, every = 60_000 }: ThrottledLogOptions): ThrottledLog {
  const kinds = new Map<string, { said: number; more: number }>()
  return (kind, line) => {
    const known = kinds.get(kind)
    const now = clock()
    // A clock that was put back must not silence a line for long.
    if (known && now >= known.said && now - known.said < every) {
      known.more++
      return
    }
    kinds.delete(kind)
    kinds.set(kind, { said: now, more: 0 })
    if (kinds.size > maxKinds) kinds.delete(kinds.keys().next().value ?? '')
    line(known?.more ?? 0)
  }
}
