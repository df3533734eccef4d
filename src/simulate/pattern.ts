import type { Random } from '../numeric/random.js'

/** How the load of a container moves between 0 and 1. */
export type Pattern =
  /** The same all the time. */
  | { readonly kind: 'constant'; readonly level: number }
  /** Up and down in waves. */
  | { readonly kind: 'wave'; readonly low: number; readonly high: number; readonly seconds: number }
  /** A random level for a while, then another. */
  | { readonly kind: 'steps'; readonly low: number; readonly high: number; readonly seconds: number }
  /** Silence and full load in turns of random length. */
  | { readonly kind: 'bursts'; readonly on: number; readonly off: number; readonly level: number }
  /** Idle, then one step more after the other up to full load, and again: what a benchmark run looks like. */
  | { readonly kind: 'staircase'; readonly steps: number; readonly seconds: number }

/** The load for each second in turn; `random` decides what is random in it. */
export function patternLevels(pattern: Pattern, random: Random): (second: number) => number {
  switch (pattern.kind) {
    case 'constant':
      return () => pattern.level
    case 'wave': {
      const phase = random.next()
      const { low, high, seconds } = pattern
      return (second) => low + (high - low) * (0.5 - 0.5 * Math.cos(2 * Math.PI * (second / seconds + phase)))
    }
    case 'steps': {
      const { low, high, seconds } = pattern
      return held(
        () => low + (high - low) * random.next(),
        () => seconds * (0.5 + random.next()),
      )
    }
    case 'bursts': {
      let busy = random.next() < 0.5
      return held(
        () => {
          busy = !busy
          return busy ? pattern.level * (0.8 + 0.2 * random.next()) : 0
        },
        () => (busy ? pattern.on : pattern.off) * -Math.log(1 - random.next()),
      )
    }
    case 'staircase': {
      const { steps, seconds } = pattern
      return (second) => (Math.floor(second / seconds) % (steps + 1)) / steps
    }
  }
}

/** Keeps a level until its time is over. */
function held(nextLevel: () => number, nextSeconds: () => number): (second: number) => number {
  let until = Number.NEGATIVE_INFINITY
  let level = 0
  return (second) => {
    if (second >= until) {
      level = nextLevel()
      until = second + Math.max(1, nextSeconds())
    }
    return level
  }
}
