import type { Config } from '../config/config.js'
import { type Logger, monotonicClock } from '../runtime/ports.js'
import { createModelServerApp } from '../http/model-server-app.js'
import type { OnlineRoutes } from '../http/online-routes.js'
import { createNetwork } from '../net/network.js'
import type { OpenModelSelector } from '../selection/open-model-selector.js'
import type { UniversalModels } from '../selection/universal/universal-models.js'
import { createCurveSource } from '../universal/curve-source.js'
import { createMachinePowers } from '../universal/machine-powers.js'
import { ownMachine } from './local-machine.js'
import { listen, type RunningHttp } from './listen.js'
import { thisMachine } from './machine.js'
import { meterReadings } from './meter-readings.js'
import { networkSettings } from './network-settings.js'
import { openPipelines } from './open-pipelines.js'
import { pageFolder } from './page-folder.js'
import { runningStack } from './running.js'
import { folderToRead } from './writable-folder.js'

export interface ModelServerDeps {
  readonly logger: Logger
  readonly version: string
  /** The online trainer of the same process. */
  readonly online?: OnlineRoutes
}

export interface RunningModelServer extends RunningHttp {
  readonly selector: OpenModelSelector
  /** Folder that pipelines are read from and downloaded to. */
  readonly folder: string
  /** Models of any machine beside the pipelines, where they are served. */
  readonly universal: UniversalModels | undefined
  /** What is downloaded in the background. */
  readonly urls: readonly string[]
  /** Whether `GET /curve` is answered. */
  readonly hasCurves: boolean
}

const idleTimeout = 65

/**
 * Starts the model server with what is on disk, and with the universal model for what that has not. Downloads run in
 * the background and are swapped in when they are there, so a missing network delays nothing.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot listen, `INVALID_CONFIG` when a setting cannot be used
 */
export async function startModelServer(
  config: Config,
  { logger, version, online }: ModelServerDeps,
): Promise<RunningModelServer> {
  const started = runningStack(logger)
  try {
    const folder = folderToRead(config, 'MODEL_PATH', logger)
    const network = createNetwork(await networkSettings(config))
    started.add({ name: 'connections', stop: () => network.close() })
    const powers = createMachinePowers()
    const { selector, universal, urls } = await openPipelines(config, folder, network, logger, powers)
    started.add({ name: 'pipelines', stop: () => selector.close() })
    const limits = {
      maxBodyBytes: config.MODEL_SERVER_MAX_BODY,
      requestTimeout: config.MODEL_SERVER_REQUEST_TIMEOUT,
      idleTimeout,
      maxConnections: config.MODEL_SERVER_MAX_CONNECTIONS,
    }
    const own = ownMachine(config, folder)
    const curves = config.UNIVERSAL
      ? { source: createCurveSource(powers), thisMachine: () => own().question }
      : undefined
    const app = createModelServerApp({
      selector,
      downloads: selector.downloads,
      logger,
      limits,
      version,
      token: config.MODEL_SERVER_TOKEN,
      refresh: selector.refresh,
      thisMachine: () => thisMachine(config).spec,
      ...(config.PAGE && {
        pageFolder,
        live: meterReadings(
          config.PAGE_METER_URL ?? `http://127.0.0.1:${config.METER_HTTP_PORT}`,
          network,
          monotonicClock,
        ),
      }),
      ...(curves && { curves }),
      ...(online && { online }),
    })
    const http = started.add(
      await listen('model server', app, {
        host: config.MODEL_SERVER_HOST,
        port: config.MODEL_SERVER_PORT,
        shutdownTimeout: config.SHUTDOWN_TIMEOUT,
      }),
    )
    return { ...http, selector, universal, folder, urls, hasCurves: curves !== undefined, stop: () => started.stop() }
  } catch (error) {
    await started.stop()
    throw error
  }
}
