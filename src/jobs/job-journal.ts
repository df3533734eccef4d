import type { Clock } from '../runtime/ports.js'
import type { JobProgress } from './job.js'

/** What a run says meanwhile. */
export interface JobJournal {
  progress(progress: JobProgress): void
  log(line: string): void
  /** What it has said up to now. */
  read(): { readonly progress: JobProgress; readonly log: string[] }
}

/** It reaches the disk at most this often; the end of a job always does. */
const writeEveryMs = 500
const maxLogLines = 200

/** @param write is called when there is something new, but seldom */
export function jobJournal(clock: Clock, write: (said: ReturnType<JobJournal['read']>) => void): JobJournal {
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
