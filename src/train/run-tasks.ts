import { availableParallelism } from 'node:os'
import { Tinypool } from 'tinypool'
import { ModelError, messageOf } from '../core/errors.js'
import { threadArguments, threadFile } from '../runtime/thread-file.js'
import { nameOfTask, type TaskResult, type TrainTask } from './tasks.js'
import train, { type WorkerAnswer } from './worker.js'

export interface RunOptions {
  /** Worker threads; 0 trains in this one. @default the processors of the machine */
  readonly threads?: number
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number, name: string) => void
}

/**
 * What a thread's short-lived objects take before they are collected, a quarter of Node's 48 MB. Fits work on typed arrays,
 * which are not among them: the rest would only be filled with what nobody needs any more.
 */
const maxYoungGenerationSizeMb = 12

const workerFile = threadFile(import.meta.url, './worker')

/**
 * Runs tasks on worker threads that share the rows. Results are in the order of the tasks; one that fails is a `failure`.
 *
 * @throws ModelError `CANCELLED` when `signal` aborts: the threads are stopped where they are
 */
export async function runTasks(tasks: readonly TrainTask[], options: RunOptions = {}): Promise<readonly TaskResult[]> {
  const { signal, onProgress } = options
  const threads = Math.min(options.threads ?? availableParallelism(), tasks.length)
  const taskPool = threads === 0 ? inProcess(signal) : workerThreads(threads, signal)
  let done = 0
  try {
    return await Promise.all(
      tasks.map(async (task): Promise<TaskResult> => {
        const answer = await taskPool.run(task)
        onProgress?.(++done, tasks.length, nameOfTask(task))
        return { task, ...answer }
      }),
    )
  } finally {
    await taskPool.stop()
  }
}

interface TaskPool {
  run(task: TrainTask): Promise<WorkerAnswer>
  stop(): Promise<void>
}

function workerThreads(threads: number, signal: AbortSignal | undefined): TaskPool {
  const pool = new Tinypool({
    filename: workerFile.href,
    runtime: 'worker_threads',
    execArgv: threadArguments(),
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxYoungGenerationSizeMb },
    // A pool that isolates its workers starts a thread for each task, and loads the code every time.
    isolateWorkers: false,
  })
  // One listener for all tasks, instead of one each.
  let stop = () => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled())
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
  })
  aborted.catch(() => {})
  return {
    async run(task) {
      try {
        const answer: WorkerAnswer = await Promise.race([pool.run(task), aborted])
        return answer
      } catch (error) {
        if (error instanceof ModelError) throw error
        return { failure: `the training thread failed: ${messageOf(error)}` }
      }
    },
    async stop() {
      signal?.removeEventListener('abort', stop)
      await pool.destroy()
    },
  }
}

/** Runs tasks in this thread: for a few small models, and for tests, threads take longer to start than to train. */
function inProcess(signal: AbortSignal | undefined): TaskPool {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(task) {
      const next = last.then(async () => {
        // Yields to the event loop, so that signals are handled between two models.
        await new Promise((resolve) => setImmediate(resolve))
        if (signal?.aborted) throw cancelled()
        return train(task)
      })
      last = next.catch(() => {})
      return next
    },
    async stop() {
      await last
    },
  }
}

function cancelled(): ModelError {
  return new ModelError('CANCELLED', 'training was stopped; nothing was written')
}
