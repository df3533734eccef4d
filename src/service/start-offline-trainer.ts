import type { Config } from '../config/config.js'
import type { Logger } from '../runtime/ports.js'
import { addJobMetrics } from '../metrics/job-metrics.js'
import { createOfflineTrainerApp } from '../http/offline-trainer-app.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { createJobQueue } from '../jobs/job-queue.js'
import { openJobStore } from '../jobs/job-store.js'
import { trainJobRunner } from '../jobs/run-train-job.js'
import { measurementSettings } from './measurement-settings.js'
import { listen } from './listen.js'
import { type Running, runningStack } from './running.js'
import { knownFolder, writableFolder } from './writable-folder.js'

export interface OfflineTrainerDeps {
  readonly logger: Logger
  readonly version: string
}

export interface RunningOfflineTrainer extends Running {
  readonly url: string
  /** Folder of the jobs. */
  readonly folder: string
}

/** Seconds without traffic after which a connection is closed; not while a client waits for its pipeline. */
const idleTimeout = 65
const maxConnections = 1024

/**
 * Starts the offline trainer. Jobs that an earlier process did not finish are queued again.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot listen or keep jobs, `INVALID_CONFIG` when a folder cannot be made
 */
export async function startOfflineTrainer(
  config: Config,
  { logger, version }: OfflineTrainerDeps,
): Promise<RunningOfflineTrainer> {
  const started = runningStack(logger)
  try {
    const folder = writableFolder(config, 'JOBS_PATH', logger)
    const limits = { maxFinished: config.OFFLINE_TRAINER_KEPT_JOBS, maxBytes: config.OFFLINE_TRAINER_KEPT_BYTES }
    const store = await openJobStore(folder, limits, logger)
    const metrics = createRequestMetrics('kepler_offline_trainer_')
    const jobMetrics = addJobMetrics(metrics.metricsRegistry, store)
    const queue = createJobQueue({
      store,
      run: trainJobRunner({
        threads: config.TRAINER_THREADS,
        vmJob: config.VM_JOB_NAME,
        measurements: await measurementSettings(config),
        models: { modelPath: knownFolder(config, 'MODEL_PATH'), errorKey: config.ERROR_KEY },
        clock: Date.now,
      }),
      log: logger,
      clock: Date.now,
      concurrency: config.OFFLINE_TRAINER_CONCURRENCY,
      maxWaiting: config.OFFLINE_TRAINER_MAX_WAITING,
      maxAttempts: config.OFFLINE_TRAINER_MAX_ATTEMPTS,
      onEnd: jobMetrics.ended,
    })
    const app = createOfflineTrainerApp({
      queue,
      store,
      metrics,
      logger,
      limits: {
        maxBodyBytes: config.OFFLINE_TRAINER_MAX_BODY,
        requestTimeout: config.OFFLINE_TRAINER_REQUEST_TIMEOUT,
        idleTimeout,
        maxConnections,
      },
      token: config.OFFLINE_TRAINER_TOKEN,
      version,
    })
    try {
      const { OFFLINE_TRAINER_HOST: host, OFFLINE_TRAINER_PORT: port, SHUTDOWN_TIMEOUT: shutdownTimeout } = config
      const { url } = started.add(await listen('offline trainer', app, { host, port, shutdownTimeout }))
      // Stopped before the server: requests that wait for a job are answered, so that the server can close.
      started.add({ name: 'jobs', stop: () => queue.close() })
      if (config.OFFLINE_TRAINER_TOKEN === undefined && !isLoopback(host)) {
        logger.warn({ host }, 'whoever reaches this port may train: set OFFLINE_TRAINER_TOKEN, or OFFLINE_TRAINER_HOST')
      }
      return { name: 'offline trainer', url, folder, stop: () => started.stop() }
    } catch (error) {
      await queue.close()
      throw error
    }
  } catch (error) {
    await started.stop()
    throw error
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
