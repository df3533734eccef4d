import type { Running } from './running.js'

export interface TickingOptions {
  /** Seconds between two ticks. */
  readonly interval: number
  /** Monotonic seconds. */
  readonly now: () => number
  readonly tick: (seconds: number) => void
  /** So many seconds passed in which no tick could be made, e.g. because the process was stopped. */
  readonly onLate: (seconds: number) => void
}

/** Ticks at even distances, the first at once. Ticks that were missed are left out, not made up for. */
export function startTicking({ interval, now, tick, onLate }: TickingOptions): Running {
  const begin = now()
  let timer: NodeJS.Timeout | undefined
  let last = begin
  let stopped = false
  const next = () => {
    const at = now()
    const late = at - last - interval
    if (late > Math.max(1, interval)) onLate(late)
    last = at
    tick(at)
    if (stopped) return
    const after = now() - begin
    const wait = (Math.floor(after / interval) + 1) * interval - after
    timer = setTimeout(next, wait * 1000)
  }
  next()
  return {
    name: 'readings',
    async stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
