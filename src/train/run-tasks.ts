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

const workerFile = threadFile(import.meta.url, './worker')

/**
 * Runs tasks on worker threads that read the same rows. A trainer that fails is a result like others, in the order of
 * the tasks.
 *
 * @throws ModelError `CANCELLED` when `signal` aborts: the threads are stopped where they are
 */
export async function runTasks(tasks: readonly TrainTask[], options: RunOptions = {}): Promise<readonly TaskResult[]> {
  const { signal, onProgress } = options
  const threads = Math.min(options.threads ?? availableParallelism(), tasks.length)
  const taskPool = threads === 0 ? ownThread(signal) : workerThreads(threads, signal)
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
    // Threads are not made anew for each task: a pool that isolates them would load the code every time.
    isolateWorkers: false,
  })
  // One listener for all tasks, instead of one each.
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(cancelled())
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
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
      await pool.destroy()
    },
  }
}

/** For a few small models, and for tests: threads take longer to start than these to train. */
function ownThread(signal: AbortSignal | undefined): TaskPool {
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(task) {
      const next = last.then(async () => {
        // A turn of the event loop, so that a signal is heard between two models.
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
