import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { createOfflineTrainerApp } from '../../src/http/offline-trainer-app.js'
import { createJobQueue, type JobQueue, type RunJob } from '../../src/jobs/job-queue.js'
import { type JobStore, openJobStore } from '../../src/jobs/job-store.js'
import { addJobMetrics } from '../../src/metrics/job-metrics.js'
import { createRequestMetrics } from '../../src/metrics/request-metrics.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { temporaryFolder } from './temporary-folder.js'

export const validRequest = {
  name: 'mine',
  energy_source: 'acpi',
  trainer: { isolator: 'MinIdleIsolator' },
  prom_response: { a: [] },
}
export const doneJob: RunJob = async ({ resultPath, log, progress }) => {
  log('reading')
  progress({ stage: 'trained', done: 1, total: 1 })
  await writeFile(resultPath, 'PK the zip')
  return [{ model: 'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0', mae: 1, mape: 2 }]
}
export const untilCancelled: RunJob = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** The HTTP side of an offline trainer whose jobs are made up. Call it in a `describe`; each test starts its own. */
export function offlineTrainerScene() {
  let folder = ''
  let started: { readonly store: JobStore; readonly queue: JobQueue; readonly app: FastifyInstance } | undefined
  const running = () => {
    assert.ok(started, 'the test starts a trainer first')
    return started
  }

  async function start(run: RunJob, token?: string, maxWaiting = 4): Promise<void> {
    const store = await openJobStore(folder, { maxFinished: 10, maxBytes: 1e9 }, silentLogger)
    const metrics = createRequestMetrics('kepler_offline_trainer_')
    const { ended } = addJobMetrics(metrics.metricsRegistry, store)
    const options = { store, run, log: silentLogger, clock: Date.now, concurrency: 1, maxWaiting, maxAttempts: 3 }
    const queue = createJobQueue({ ...options, onEnd: ended })
    const limits = { maxBodyBytes: 100_000, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
    const app = createOfflineTrainerApp({ queue, store, metrics, logger: silentLogger, limits, token, version: '0' })
    started = { store, queue, app }
  }
  async function stop(): Promise<void> {
    await started?.queue.close()
    await started?.app.close()
    started = undefined
  }
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(stop)

  return {
    start,
    stop,
    get store() {
      return running().store
    },
    get queue() {
      return running().queue
    },
    get app() {
      return running().app
    },
    get folder() {
      return folder
    },
    train: (payload: unknown, query = '', headers: Record<string, string> = {}) =>
      running().app.inject({
        method: 'POST',
        url: `/train${query}`,
        headers: { 'content-type': 'application/json', ...headers },
        payload: Buffer.isBuffer(payload)
          ? payload
          : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
      }),
    /** Nothing of a refused request stays on disk. */
    expectNothingLeft: async () => assert.deepEqual(await readdir(join(folder, 'incoming')), []),
  }
}
