import type { MonotonicClock } from '../runtime/ports.js'
import type { JobProgress } from './job.js'

/** Progress and log lines of a run. */
export interface JobJournal {
  progress(progress: JobProgress): void
  log(line: string): void
  /** What was reported so far. */
  read(): { readonly progress: JobProgress; readonly log: string[] }
}

/** Milliseconds between writes to disk at least; the end of a job is always written. */
const writeEveryMs = 500
const maxLogLines = 200

/** @param write is called with what is new, at most every `writeEveryMs` */
export function jobJournal(
  clock: MonotonicClock,
  write: (snapshot: ReturnType<JobJournal['read']>) => void,
): JobJournal {
  const lines: string[] = []
  let latest: JobProgress = { stage: 'starting', done: 0, total: 0 }
  let written = clock()
  const read = () => ({ progress: latest, log: [...lines] })
  const report = (): void => {
    if (clock() - written < writeEveryMs) return
    written = clock()
    write(read())
  }
  return {
    read,
    progress(progress) {
      latest = progress
      report()
    },
    log(line) {
      lines.push(line)
      if (lines.length > maxLogLines) lines.shift()
      report()
    },
  }
}
