import { join } from 'node:path'
import type { Config } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import type { Logger } from '../runtime/ports.js'
import { createEstimator } from '../estimate/estimator.js'
import { archiveReader } from '../estimate/archive-reader.js'
import { initialModelSource } from '../estimate/initial-model-source.js'
import { createModelCache } from '../estimate/model-cache.js'
import { modelServerSource } from '../estimate/model-server-source.js'
import type { ModelSource } from '../estimate/model-source.js'
import { selectorSource } from '../estimate/selector-source.js'
import { addModelCacheMetrics, countLoads, estimateMetrics, timed } from '../metrics/estimate-metrics.js'
import { createEstimatorApp } from '../http/estimator-app.js'
import { createRequestMetrics } from '../metrics/request-metrics.js'
import { createModelSelector } from '../selection/create-model-selector.js'
import { betterThanSimilar } from '../selection/universal/instead.js'
import type { UniversalModels } from '../selection/universal/universal-models.js'
import type { ModelSelector } from '../selection/model-selector.js'
import { createNetwork, type Network } from '../net/network.js'
import { listenOnUnixSocket } from '../socket/unix-socket.js'
import { configuredModelUrl, initialModelUrl, cachedDownloads } from './initial-models.js'
import { listen } from './listen.js'
import { type KnownMachine, thisMachine } from './machine.js'
import { networkSettings } from './network-settings.js'
import { openPipelines, universalModels } from './open-pipelines.js'
import { type Running, runningStack } from './running.js'
import { folderToRead } from './writable-folder.js'

export interface EstimatorDeps {
  readonly logger: Logger
  readonly version: string
  /** The models of a model server in the same process; without it, models come from where the settings say. */
  readonly selector?: ModelSelector
}

export interface RunningEstimator extends Running {
  readonly sockets: readonly string[]
  /** Where its HTTP port is, if it has one. */
  readonly url: string | undefined
  readonly machine: KnownMachine
}

/** Milliseconds. A look-up in the same process needs no network, so it is repeated often. */
const refreshInProcess = 10_000
const idleTimeout = 65
const maxBodyBytes = 16 * 2 ** 20

/**
 * Starts the estimator on its sockets and, where the settings say so, on HTTP.
 *
 * @throws ModelError `UNAVAILABLE` when a socket or port is taken, `INVALID_CONFIG` when a setting cannot be used
 */
export async function startEstimator(config: Config, deps: EstimatorDeps): Promise<RunningEstimator> {
  const { logger, version, selector } = deps
  if (config.ESTIMATOR_SOCKETS.length === 0) {
    throw new ModelError('INVALID_CONFIG', 'ESTIMATOR_SOCKETS names no socket', { field: 'ESTIMATOR_SOCKETS' })
  }
  const started = runningStack(logger)
  try {
    const machine = thisMachine(config)
    const network = createNetwork(await networkSettings(config))
    started.add({ name: 'connections', stop: () => network.close() })
    const folder = folderToRead(config, 'MODEL_PATH', logger)
    const fetchBytes = cachedDownloads(join(folder, '.initial'), logger, { network })
    const metrics = createRequestMetrics('kepler_estimator_')
    const own =
      selector === undefined && config.OFFLINE ? await openPipelines(config, folder, network, logger) : undefined
    if (own) started.add({ name: 'pipelines', stop: () => own.selector.close() })
    const sources = modelSources(config, machine, network, fetchBytes, {
      ...deps,
      own: own?.selector,
      universal: selector || own ? undefined : universalModels(config, folder),
    })
    const modelCache = createModelCache({
      sources,
      log: logger,
      clock: Date.now,
      random: Math.random,
      refreshEvery: selector ? refreshInProcess : config.MODEL_REFRESH_INTERVAL * 1000,
      onLoad: countLoads(metrics.metricsRegistry),
    })
    started.add({ name: 'models', stop: async () => modelCache.close() })

    addModelCacheMetrics(metrics.metricsRegistry, modelCache)
    const estimator = createEstimator({
      models: modelCache,
      machineCores: machine.spec.cores,
      observer: estimateMetrics(metrics.metricsRegistry),
      log: logger,
    })
    const grace = config.SHUTDOWN_TIMEOUT * 1000
    const handler = { answer: timed(metrics.metricsRegistry, estimator.answer), refuse: estimator.refuse }
    for (const path of config.ESTIMATOR_SOCKETS) {
      const server = await listenOnUnixSocket({ path, handler, log: logger })
      started.add({ name: `socket ${path}`, stop: () => server.close(grace) })
    }

    let url: string | undefined
    if (config.ESTIMATOR_HTTP_PORT !== undefined) {
      const about = {
        version,
        machine_spec: machine.spec,
        machine_spec_from: machine.origin,
        sockets: config.ESTIMATOR_SOCKETS,
        model_sources: sources.map(({ name }) => name),
      }
      const limits = { maxBodyBytes, requestTimeout: 10, idleTimeout, maxConnections: 1024 }
      const app = createEstimatorApp({ estimator, modelCache, metrics, about, logger, limits })
      const http = await listen('estimator', app, {
        host: config.ESTIMATOR_HTTP_HOST,
        port: config.ESTIMATOR_HTTP_PORT,
        shutdownTimeout: config.SHUTDOWN_TIMEOUT,
      })
      url = started.add(http).url
    }
    return { name: 'estimator', sockets: config.ESTIMATOR_SOCKETS, url, machine, stop: () => started.stop() }
  } catch (error) {
    await started.stop()
    throw error
  }
}

function modelSources(
  config: Config,
  machine: KnownMachine,
  network: Network,
  fetchBytes: ReturnType<typeof cachedDownloads>,
  { logger, selector, own, universal }: EstimatorDeps & OwnModels,
): readonly ModelSource[] {
  const clock = Date.now
  const read = archiveReader()
  const initial = (urlFor: typeof initialModelUrl) =>
    initialModelSource({
      urlFor: (source, outputType) => urlFor(config, source, outputType),
      fetchBytes,
      log: logger,
      clock,
      read,
    })
  const here = { machineSpec: machine.spec, clock, read }
  // The selector has the published models already: only what the operator names is left to fetch.
  if (selector) return [selectorSource({ ...here, selector }), initial(configuredModelUrl)]
  const remote = { url: config.MODEL_SERVER_URL, network, ...here }
  const anyMachine = universal && { ...here, selector: selectorOf(universal, config), name: 'universal model' }
  return [
    ...(config.MODEL_SERVER_ENABLE ? [modelServerSource(remote)] : []),
    ...(anyMachine
      ? [
          initial(configuredModelUrl),
          // The default model is of one machine, whatever this one is.
          selectorSource({ ...anyMachine, only: betterThanSimilar }),
        ]
      : []),
    initial(initialModelUrl),
    // Offline there is no model to download: the pipelines on disk, or what stands in for them, take its place.
    ...(own ? [selectorSource({ ...here, selector: own })] : []),
    ...(anyMachine ? [selectorSource(anyMachine)] : []),
  ]
}

/** What an estimator has without a model server. */
interface OwnModels {
  readonly own: ModelSelector | undefined
  readonly universal: UniversalModels | undefined
}

/** A selector that has the universal models alone. */
function selectorOf(universal: UniversalModels, { ERROR_KEY }: Config): ModelSelector {
  return createModelSelector({ preference: { defaults: {}, local: '' }, universal, errorKey: ERROR_KEY })
}
