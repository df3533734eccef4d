import { EventEmitter } from 'node:events'
import { isFinished, type Job } from './job.js'
import { stopped } from './job-errors.js'

/** Publishes changes of jobs to listeners. */
export interface JobChanges {
  emit(job: Job): void
  /** Calls `listener` with every change of the job until the returned function is called. */
  watch(id: string, listener: (job: Job) => void): () => void
  /** Resolves with the job when it is finished. @throws ModelError `UNAVAILABLE` when this is closed before */
  finished(job: Job): Promise<Job>
  /** Rejects all promises of `finished`, pending and future. */
  close(): void
}

/** The event of `close`; all other events are named by the id of a job. */
const closing = 'closing'

export function createJobChanges(): JobChanges {
  const changes = new EventEmitter().setMaxListeners(0)
  let closed = false

  function watch(id: string, listener: (job: Job) => void): () => void {
    changes.on(id, listener)
    return () => void changes.off(id, listener)
  }

  return {
    emit: (job) => void changes.emit(job.id, job),
    watch,
    finished(job) {
      if (isFinished(job)) return Promise.resolve(job)
      if (closed) return Promise.reject(stopped())
      return new Promise((resolve, reject) => {
        const unwatch = watch(job.id, (now) => {
          if (isFinished(now)) end(() => resolve(now))
        })
        const onClose = () => end(() => reject(stopped()))
        const end = (settle: () => void) => {
          unwatch()
          changes.off(closing, onClose)
          settle()
        }
        changes.on(closing, onClose)
      })
    },
    close() {
      closed = true
      changes.emit(closing)
    },
  }
}
