import { Worker } from 'node:worker_threads'
import { threadArguments, threadFile } from '../../src/runtime/thread-file.js'

export interface HealthChecks {
  readonly checks: number
  /** Milliseconds. */
  readonly slowest: number
  readonly median: number
  /** Below it are 99 of 100. */
  readonly p99: number
  /** Answers that were not 200, and requests without any. */
  readonly failures: readonly string[]
}

/** Asks a URL a hundred times a second until it is stopped, from a thread of its own so that nothing else delays it. */
export function checkHealth(url: string): { stop(): Promise<HealthChecks> } {
  const thread = new Worker(threadFile(import.meta.url, './health-checks-thread'), {
    workerData: url,
    execArgv: threadArguments(),
  })
  const result = new Promise<HealthChecks>((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
  })
  return {
    stop() {
      thread.postMessage('stop')
      return result
    },
  }
}
