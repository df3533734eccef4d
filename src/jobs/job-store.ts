import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { writeFileAtomic } from '../runtime/atomic-file.js'
import { makeFolder } from '../runtime/make-folder.js'
import type { Logger } from '../runtime/ports.js'
import { sweepTemporaryFiles } from '../runtime/temporary-files.js'
import { isFinished, type Job, jobSchema } from './job.js'

/**
 * Jobs on disk, one folder each: `job.json` (what clients see), `request.json` (the request as received, until the job is
 * finished) and `result.zip`. Files are replaced by a rename, so a kill at any moment leaves the old or the new one.
 */
export interface JobStore {
  /** All jobs, oldest first. */
  list(): readonly Job[]
  get(id: string): Job | undefined
  /**
   * Checks that waiting requests stay below `maxBytes` in total; a single request may be larger.
   *
   * @throws ModelError `UNAVAILABLE` when `more` would not fit
   */
  expectRoom(more: number): void
  /** Moves the request file into the job's folder. @throws ModelError `UNAVAILABLE` when it does not fit, or cannot be stored */
  create(wanted: ReceivedRequest, requestFile: string, now: number): Promise<Job>
  update(id: string, change: Partial<Omit<Job, 'id'>>): Promise<Job>
  requestPath(id: string): string
  resultPath(id: string): string
  /** A working folder for the run of a job; emptied whenever a job starts or ends. */
  workPath(id: string): string
  /** Bytes of requests and results together. */
  bytes(): number
  /** A path for a request that is being received; left-over files are removed at the next start. */
  spoolPath(): string
  remove(id: string): Promise<void>
}

/** What a client asked for. */
export type ReceivedRequest = Pick<Job, 'request' | 'parts'>

export interface JobStoreLimits {
  /** Finished jobs that are kept; the oldest are removed first. */
  readonly maxFinished: number
  /** Bytes of requests and results together; the oldest finished jobs are removed first. */
  readonly maxBytes: number
}

/** @throws ModelError `UNAVAILABLE` when the folder cannot be made or read */
export async function openJobStore(folder: string, limits: JobStoreLimits, log: Logger): Promise<JobStore> {
  const jobsFolder = join(folder, 'jobs')
  const spoolFolder = join(folder, 'incoming')
  const jobs = new Map<string, Job>()
  /** Of requests that are not finished. */
  const requestBytes = new Map<string, number>()
  const writes = new Map<string, Promise<void>>()
  try {
    await rm(spoolFolder, { recursive: true, force: true })
    await makeFolder(spoolFolder)
    await makeFolder(jobsFolder)
    for (const id of await readdir(jobsFolder)) {
      const job = await readJob(join(jobsFolder, id), log)
      if (!job) continue
      jobs.set(job.id, job)
      await removeLeftovers(join(jobsFolder, id), job)
      if (!isFinished(job)) requestBytes.set(id, (await stat(join(jobsFolder, id, 'request.json'))).size)
    }
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `the job store ${quote(folder)} cannot be used: ${messageOf(cause)}`, { cause })
  }

  const sorted = (): Job[] => [...jobs.values()].sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
  const folderOf = (id: string): string => join(jobsFolder, id)

  const waitingBytes = (): number => [...requestBytes.values()].reduce((sum, size) => sum + size, 0)
  const bytes = (): number => [...jobs.values()].reduce((sum, job) => sum + (job.resultBytes ?? 0), waitingBytes())

  function expectRoom(more: number): void {
    const waiting = waitingBytes()
    if (waiting === 0 || waiting + more <= limits.maxBytes) return
    throw new ModelError(
      'UNAVAILABLE',
      `the requests that wait take ${waiting} bytes, at most ${limits.maxBytes} are kept; try again later`,
    )
  }

  async function prune(): Promise<void> {
    const finished = sorted().filter(isFinished)
    // The newest stays, however large: a client is about to fetch it.
    while (finished.length > 1 && (finished.length > limits.maxFinished || bytes() > limits.maxBytes)) {
      const oldest = finished.shift()!
      await remove(oldest.id)
      log.info({ job: oldest.id }, 'removed the oldest finished job: the store is full')
    }
  }

  /** Serialises the writes of a job, each of its state at that time, so that progress cannot overwrite the end. */
  function write(id: string): Promise<void> {
    const next = (writes.get(id) ?? Promise.resolve())
      .catch(() => {})
      .then(async () => {
        const job = jobs.get(id)
        if (job) await writeJob(folderOf(id), job)
      })
    writes.set(id, next)
    return next
  }

  async function remove(id: string): Promise<void> {
    jobs.delete(id)
    requestBytes.delete(id)
    await writes.get(id)?.catch(() => {})
    writes.delete(id)
    await rm(folderOf(id), { recursive: true, force: true })
  }

  return {
    list: sorted,
    get: (id) => jobs.get(id),
    requestPath: (id) => join(folderOf(id), 'request.json'),
    resultPath: (id) => join(folderOf(id), 'result.zip'),
    workPath: (id) => join(folderOf(id), 'work'),
    bytes,
    expectRoom,
    spoolPath: () => join(spoolFolder, randomUUID()),
    remove,

    async create({ request, parts }, requestFile, now) {
      const job: Job = {
        id: randomUUID(),
        state: 'queued',
        createdAt: new Date(now).toISOString(),
        startedAt: null,
        finishedAt: null,
        attempts: 0,
        progress: { stage: 'queued', done: 0, total: 0 },
        log: [],
        scores: null,
        error: null,
        resultBytes: null,
        request,
        parts,
      }
      try {
        const { size } = await stat(requestFile)
        expectRoom(size)
        await mkdir(folderOf(job.id))
        await rename(requestFile, join(folderOf(job.id), 'request.json'))
        await writeJob(folderOf(job.id), job)
        requestBytes.set(job.id, size)
      } catch (cause) {
        await rm(folderOf(job.id), { recursive: true, force: true })
        if (cause instanceof ModelError) throw cause
        throw new ModelError('UNAVAILABLE', `the job cannot be kept: ${messageOf(cause)}`, { cause })
      }
      jobs.set(job.id, job)
      return job
    },

    async update(id, change) {
      const before = jobs.get(id)
      if (!before) throw new ModelError('INVALID_REQUEST', `there is no job ${quote(id)}`, { field: 'id' })
      const job = { ...before, ...change }
      jobs.set(id, job)
      // Before the write: on a full disk, this frees the space that it needs.
      if (isFinished(job)) await rm(join(folderOf(id), 'work'), { recursive: true, force: true })
      await write(id)
      if (isFinished(job)) {
        requestBytes.delete(id)
        await rm(join(folderOf(id), 'request.json'), { force: true })
        await prune()
      }
      return job
    },
  }
}

/** Removes the files that a killed process has left in a job's folder. */
async function removeLeftovers(folder: string, job: Job): Promise<void> {
  await rm(join(folder, 'work'), { recursive: true, force: true })
  if (isFinished(job)) await rm(join(folder, 'request.json'), { force: true })
  await sweepTemporaryFiles(folder, Date.now(), 0)
}

/** @returns `undefined` when there is no job, or it cannot be read: then the folder stays as it is */
async function readJob(folder: string, log: Logger): Promise<Job | undefined> {
  const path = join(folder, 'job.json')
  if (!existsSync(path)) {
    // Killed between creating the folder and renaming job.json into it: no client has the id of this job.
    log.warn({ folder }, 'removed an unfinished job folder')
    await rm(folder, { recursive: true, force: true })
    return undefined
  }
  let job: Job
  try {
    job = jobSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    log.error({ path, reason: messageOf(error) }, 'a job cannot be read: it is left where it is, and not listed')
    return undefined
  }
  const result = join(folder, 'result.zip')
  const resultBytes = existsSync(result) ? (await stat(result)).size : null
  if (isFinished(job) || existsSync(join(folder, 'request.json'))) return { ...job, resultBytes }
  const error = { code: 'INTERNAL', message: 'the request of this job is gone from the disk; send it again' }
  return { ...job, resultBytes, state: 'failed', finishedAt: job.startedAt ?? job.createdAt, error }
}

async function writeJob(folder: string, job: Job): Promise<void> {
  await writeFileAtomic(join(folder, 'job.json'), [JSON.stringify(job)])
}
