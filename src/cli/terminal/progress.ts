import type { Output } from './io.js'

export interface Progress {
  /** `share` between 0 and 1; `undefined` where the end is not known. */
  show(share: number | undefined, text: string): void
  /** Removes the line, so that what follows starts at its beginning. */
  clear(): void
}

const barWidth = 24
const pause = 100

/** A line on a terminal that is updated at most ten times a second; nothing on a pipe. */
export function progressLine(output: Output, now: () => number = Date.now): Progress {
  if (!output.isTTY) return { show() {}, clear() {} }
  let shown = Number.NEGATIVE_INFINITY
  let width = 0
  return {
    show(share, text) {
      if (now() - shown < pause && share !== 1) return
      shown = now()
      const filled = Math.round(Math.min(1, Math.max(0, share ?? 0)) * barWidth)
      const bar =
        share === undefined
          ? ''
          : `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${(share * 100).toFixed(0).padStart(3)}% `
      const line = `${bar}${text}`.slice(0, (output.columns ?? 80) - 1)
      output.write(`\r${line.padEnd(width)}`)
      width = line.length
    },
    clear() {
      if (width > 0) output.write(`\r${' '.repeat(width)}\r`)
      width = 0
    },
  }
}

/** `12.3 MB`, for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
