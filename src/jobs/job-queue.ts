import { stat } from 'node:fs/promises'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { type Clock, type Logger, monotonicClock } from '../runtime/ports.js'
import { isFinished, type Job, type JobError, type JobProgress } from './job.js'
import { createJobChanges } from './job-changes.js'
import { cancelled, jobError, attemptsExceeded, stopped } from './job-errors.js'
import { jobJournal } from './job-journal.js'
import type { JobStore, ReceivedRequest } from './job-store.js'

export interface JobRun {
  readonly job: Job
  readonly requestPath: string
  /** A folder of its own; it is removed afterwards. */
  readonly workPath: string
  /** The path of the result; the run writes a temporary file and renames it. */
  readonly resultPath: string
  readonly signal: AbortSignal
  progress(progress: JobProgress): void
  log(line: string): void
}

/** Does the work of one job and gives its scores. What it throws fails the job. */
export type RunJob = (run: JobRun) => Promise<Job['scores']>

export interface JobQueue {
  /**
   * Reserves a place in the queue before a request is received: requests that are being received count as waiting, so
   * that no gigabytes are received to be refused, or fill the disk.
   *
   * @param bytes of the request, as far as they are known
   * @throws ModelError `UNAVAILABLE` when too many wait, or they take too many bytes
   */
  reserve(bytes?: number): Reservation
  /** Whether there is no place for one more now. */
  readonly full: boolean
  /** @throws ModelError `INVALID_REQUEST` when there is no such job */
  cancel(id: string): Promise<Job>
  /** Resolves with the finished job. @throws ModelError `UNAVAILABLE` when the queue is closed before */
  finished(id: string): Promise<Job>
  /** Calls `listener` with every change of the job until the returned function is called. */
  watch(id: string, listener: (job: Job) => void): () => void
  readonly running: number
  readonly waiting: number
  /** Stops what runs and leaves it queued on disk: it starts again with the next process. */
  close(): Promise<void>
}

/** A reserved place: used by `submit`, given back by `release`; further calls do nothing. */
export interface Reservation {
  /**
   * Queues a request that stands in `requestFile`, which the queue takes over.
   *
   * @throws ModelError `UNAVAILABLE` when the queue is closed, or the request cannot be kept
   */
  submit(wanted: ReceivedRequest, requestFile: string): Promise<Job>
  release(): void
}

export interface JobQueueOptions {
  readonly store: JobStore
  readonly run: RunJob
  readonly log: Logger
  readonly clock: Clock
  /** Jobs at once; the rest wait in the order in which they came. */
  readonly concurrency: number
  /** Jobs that may wait; one more is refused. */
  readonly maxWaiting: number
  /** Times that a job is started when the process is killed while it runs: the job itself may be the cause. */
  readonly maxAttempts: number
  /** Called when a job ends, with the seconds that it ran. */
  readonly onEnd?: (job: Job, seconds: number) => void
}

export function createJobQueue(options: JobQueueOptions): JobQueue {
  const { store, run, log, clock, concurrency, maxWaiting, maxAttempts, onEnd } = options
  const changes = createJobChanges()
  const waiting: string[] = []
  const running = new Map<string, { controller: AbortController; done: Promise<void> }>()
  /** Places of requests that are being received. */
  let reserved = 0
  let closing = false

  const known = (id: string): Job => {
    const job = store.get(id)
    if (!job) throw new ModelError('INVALID_REQUEST', `there is no job ${quote(id)}`, { field: 'id' })
    return job
  }

  async function update(id: string, change: Partial<Omit<Job, 'id'>>): Promise<Job> {
    const job = await store.update(id, change)
    notify(job)
    return job
  }

  function notify(job: Job): void {
    changes.emit(job)
    if (isFinished(job))
      onEnd?.(job, job.startedAt === null ? 0 : Math.max(0, clock() - Date.parse(job.startedAt)) / 1000)
  }

  function startNext(): void {
    while (!closing && running.size < concurrency && waiting.length > 0) {
      const id = waiting.shift()!
      const controller = new AbortController()
      const done = work(id, controller.signal).finally(() => {
        running.delete(id)
        startNext()
      })
      running.set(id, { controller, done })
    }
  }

  async function work(id: string, signal: AbortSignal): Promise<void> {
    const journal = jobJournal(monotonicClock, (snapshot) => {
      if (signal.aborted) return
      update(id, snapshot).catch((error) => log.warn({ job: id, error: messageOf(error) }, 'progress was not kept'))
    })
    try {
      const attempts = known(id).attempts + 1
      await update(id, { state: 'running', startedAt: new Date(clock()).toISOString(), attempts, ...journal.read() })
      signal.throwIfAborted()
      const scores = await run({
        job: known(id),
        workPath: store.workPath(id),
        requestPath: store.requestPath(id),
        resultPath: store.resultPath(id),
        signal,
        progress: journal.progress,
        log: journal.log,
      })
      const { size } = await stat(store.resultPath(id))
      await update(id, { ...journal.read(), state: 'done', scores, resultBytes: size, ...now() })
      log.info({ job: id, bytes: size }, 'job done')
    } catch (error) {
      // When the queue is closed, a running job is queued again on disk, and the next process starts it.
      const { log: lines } = journal.read()
      if (closing) await requeue(id, lines).catch(() => undefined)
      else await fail(id, signal.aborted ? 'cancelled' : 'failed', jobError(error), lines)
    }
  }

  function requeue(id: string, log: string[]): Promise<Job> {
    return update(id, { state: 'queued', startedAt: null, attempts: known(id).attempts - 1, log })
  }

  async function fail(id: string, state: 'cancelled' | 'failed', error: JobError, lines: string[]): Promise<void> {
    log.warn({ job: id, ...error }, `job ${state}`)
    try {
      await update(id, { state, error, log: lines, ...now() })
    } catch (cause) {
      log.error({ job: id, error: messageOf(cause) }, 'the end of a job was not kept; it runs again after a restart')
      // Listeners are notified even though the state could not be written.
      notify(known(id))
    }
  }

  const isFull = () => running.size + waiting.length + reserved >= concurrency + maxWaiting

  function reserve(bytes = 0): Reservation {
    if (closing) throw stopped()
    if (isFull()) throw new ModelError('UNAVAILABLE', `${waiting.length + reserved} jobs wait already; try again later`)
    store.expectRoom(bytes)
    reserved++
    let taken = true
    const release = () => {
      if (taken) reserved--
      taken = false
    }
    return {
      release,
      async submit(wanted, requestFile) {
        if (closing) throw stopped()
        const job = await store.create(wanted, requestFile, clock())
        release()
        waiting.push(job.id)
        startNext()
        return job
      },
    }
  }

  const now = (): { finishedAt: string } => ({ finishedAt: new Date(clock()).toISOString() })

  // Jobs that a killed process left unfinished start again from their request.
  for (const job of store.list()) {
    if (isFinished(job)) continue
    if (job.attempts < maxAttempts) waiting.push(job.id)
    else void fail(job.id, 'failed', jobError(attemptsExceeded(job)), job.log)
  }
  startNext()
  return {
    get running() {
      return running.size
    },
    get waiting() {
      return waiting.length
    },

    get full() {
      return isFull()
    },

    reserve,

    async cancel(id) {
      const job = known(id)
      if (isFinished(job)) return job
      const active = running.get(id)
      if (active) {
        active.controller.abort(cancelled())
        await active.done
        return known(id)
      }
      const place = waiting.indexOf(id)
      if (place >= 0) waiting.splice(place, 1)
      return update(id, { state: 'cancelled', error: jobError(cancelled()), ...now() })
    },

    finished: async (id) => changes.finished(known(id)),
    watch: changes.watch,

    async close() {
      closing = true
      changes.close()
      for (const { controller } of running.values()) controller.abort(stopped())
      await Promise.allSettled([...running.values()].map(({ done }) => done))
    },
  }
}
