import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import { createOnlineTrainerApp } from '../http/online-trainer-app.js'
import { type IdleProfile, parseIdleProfile } from '../isolate/idle-profile.js'
import { addOnlineMetrics, type OnlineMetrics } from '../metrics/online-metrics.js'
import { createRequestMetrics, type RequestMetrics } from '../metrics/request-metrics.js'
import { openHistory } from '../online/history/history.js'
import { createOnlineTrainer, type OnlineTrainer } from '../online/online-trainer.js'
import { openProfileFile } from '../online/profile-file.js'
import { pipelineVersions, type Versions, versionsFolder } from '../online/versions/versions.js'
import { prometheusClient } from '../prometheus/client.js'
import type { Logger } from '../runtime/ports.js'
import { sweepTemporaryFiles } from '../runtime/temporary-files.js'
import { throttledLog } from '../runtime/throttled-log.js'
import { meterMetrics } from '../extract/measurements.js'
import { measurementSettings } from './measurement-settings.js'
import { listen } from './listen.js'
import { machineSpecsIn } from './machine-specs.js'
import { prometheusServer, type SecretFiles } from './prometheus-server.js'
import { roundSettings } from './round-settings.js'
import { type Running, runningStack } from './running.js'
import { writableFolder } from './writable-folder.js'

export interface OnlineTrainerDeps {
  readonly logger: Logger
  readonly version: string
  readonly secrets?: SecretFiles
}

export interface OpenedOnlineTrainer extends Running {
  readonly trainer: OnlineTrainer
  readonly versions: Versions
}

/**
 * Opens the online trainer without starting its rounds.
 *
 * @param metrics the registry that its metrics are added to
 * @throws ModelError `INVALID_CONFIG` when a setting cannot be used, `UNAVAILABLE` when a folder cannot
 */
export async function openOnlineTrainer(
  config: Config,
  { logger, secrets }: Pick<OnlineTrainerDeps, 'logger' | 'secrets'>,
  metrics: RequestMetrics['metricsRegistry'],
): Promise<OpenedOnlineTrainer> {
  const stop = new AbortController()
  // The trainer repeats a failed round after growing pauses, so the client makes one more attempt only.
  const throttled = throttledLog()
  let onlineMetrics: OnlineMetrics | undefined
  const client = prometheusClient(await prometheusServer(config, secrets), {
    attempts: 2,
    signal: stop.signal,
    allowPartial: config.PROM_ALLOW_PARTIAL,
    onNotice(kind, text, metric) {
      onlineMetrics?.notice(kind)
      throttled(`${kind}: ${text}`, (more) =>
        logger.warn({ kind, metric, text, more }, 'Prometheus warned or remarked'),
      )
    },
    onRecovered({ metric, kind, count }) {
      onlineMetrics?.recovered(kind, count)
      throttled(kind, (more) => logger.warn({ metric, kind, count, more }, 'samples of Prometheus were recovered'))
    },
  })
  try {
    const models = writableFolder(config, 'MODEL_PATH', logger)
    const versions = pipelineVersions(models, config.ONLINE_PIPELINE, config.ONLINE_KEEP_VERSIONS)
    for (const below of [models, versionsFolder(models, versions.name)]) await sweepTemporaryFiles(below, Date.now())
    const profile = config.ONLINE_PROFILE === undefined ? undefined : await profileIn(config.ONLINE_PROFILE)
    const specs =
      config.ONLINE_MACHINE_SPECS === undefined ? new Map() : await machineSpecsIn(config.ONLINE_MACHINE_SPECS)
    const folder = writableFolder(config, 'ONLINE_HISTORY_PATH', logger)
    const measurements = await measurementSettings(config)
    const history = await openHistory({
      folder,
      seconds: config.ONLINE_HISTORY_SECONDS,
      maxBytes: config.ONLINE_HISTORY_MAX_BYTES,
      interval: config.PROM_QUERY_INTERVAL,
      step: config.PROM_QUERY_STEP,
      metrics: meterMetrics(measurements.meters),
      nodeOs: config.ONLINE_NODE_OS,
      logger,
    })
    const trainer: OnlineTrainer = createOnlineTrainer({
      client,
      measurements,
      nodeOs: config.ONLINE_NODE_OS,
      history,
      versions,
      learned: await openProfileFile(folder),
      ...(profile && { profile }),
      specs,
      ...roundSettings(config),
      logger,
      onRoundEnd: (seconds) => onlineMetrics?.observeRound(seconds),
    })
    onlineMetrics = addOnlineMetrics(metrics, () => trainer.status())
    return {
      name: 'online trainer',
      trainer,
      versions,
      async stop() {
        stop.abort()
        await client.close()
      },
    }
  } catch (error) {
    await client.close()
    throw error
  }
}

/** Starts the rounds; `stop` ends the one that runs. */
export function startRounds({ trainer, stop }: OpenedOnlineTrainer): Running {
  const signal = new AbortController()
  const rounds = trainer.run(signal.signal)
  return {
    name: 'online trainer',
    async stop() {
      signal.abort()
      await rounds
      await stop()
    },
  }
}

export interface RunningOnlineTrainer extends Running {
  /** Where it answers `/metrics` and `/status`. */
  readonly url: string
  readonly trainer: OnlineTrainer
}

const idleTimeout = 65
const requestTimeout = 10
const maxBodyBytes = 1024
const maxConnections = 256

/** The online trainer as a separate program; a model server follows the same folder. @throws as `openOnlineTrainer` */
export async function startOnlineTrainer(config: Config, deps: OnlineTrainerDeps): Promise<RunningOnlineTrainer> {
  const { logger, version } = deps
  const started = runningStack(logger)
  try {
    const metrics = createRequestMetrics('kepler_online_trainer_')
    const opened = await openOnlineTrainer(config, deps, metrics.metricsRegistry)
    started.add(startRounds(opened))
    const limits = { maxBodyBytes, requestTimeout, idleTimeout, maxConnections }
    const { trainer } = opened
    const app = createOnlineTrainerApp({ status: () => trainer.status(), metrics, logger, limits, version })
    const http = started.add(
      await listen('online trainer', app, {
        host: config.ONLINE_TRAINER_HOST,
        port: config.ONLINE_TRAINER_PORT,
        shutdownTimeout: config.SHUTDOWN_TIMEOUT,
      }),
    )
    return { name: 'online trainer', url: http.url, trainer, stop: () => started.stop() }
  } catch (error) {
    await started.stop()
    throw error
  }
}

async function profileIn(path: string): Promise<IdleProfile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ModelError('INVALID_CONFIG', `ONLINE_PROFILE: ${path} cannot be read: ${messageOf(cause)}`, {
      cause,
      field: 'ONLINE_PROFILE',
    })
  })
  return parseIdleProfile(text)
}
