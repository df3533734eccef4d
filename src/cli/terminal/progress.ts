import { Writable } from 'node:stream'
import cliProgress, { type GenericFormatter, type SingleBar } from 'cli-progress'
import type { Output } from './io.js'

export interface Progress {
  /** `share` between 0 and 1; `undefined` where the end is not known. */
  show(share: number | undefined, text: string): void
  /** Removes the line, so that what follows starts at its beginning. */
  clear(): void
}

/** A progress bar in one line of a terminal, redrawn at most ten times a second; nothing on a pipe. */
export function progressLine(output: Output): Progress {
  if (!output.isTTY) return { show() {}, clear() {} }
  let bar: SingleBar | undefined
  return {
    show(share, text) {
      const shown: Shown = { text, isEndKnown: share !== undefined }
      if (bar === undefined) bar = startedBar(output, share ?? 0, shown)
      else bar.update(share ?? 0, shown)
    },
    clear() {
      bar?.stop()
      bar = undefined
    },
  }
}

interface Shown {
  readonly text: string
  readonly isEndKnown: boolean
}

function startedBar(output: Output, share: number, shown: Shown): SingleBar {
  const bar = new cliProgress.SingleBar({
    format,
    stream: streamTo(output),
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    // Cuts the line to the width of the terminal.
    linewrap: true,
    // Signals are handled in main.ts: a handler of its own would change how the process ends.
    gracefulExit: false,
  })
  bar.start(1, share, shown)
  return bar
}

const format: GenericFormatter = (options, { progress, eta }, payload: Shown) => {
  if (!payload.isEndKnown) return payload.text
  const percent = `${(progress * 100).toFixed(0).padStart(3)}%`
  const left = Number.isFinite(eta) && eta > 1 ? ` ${cliProgress.Format.TimeFormat(eta, options, 1)} left,` : ''
  return `${cliProgress.Format.BarFormat(progress, options)} ${percent}${left} ${payload.text}`
}

/** An output as the stream that cli-progress writes to. */
function streamTo(output: Output): Writable {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output.write(chunk.toString('utf8'))
      done()
    },
  })
  return Object.assign(stream, { isTTY: true, columns: output.columns ?? 80 })
}

/** `12.3 MB`, for people. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
