import { existsSync } from 'node:fs'
import type { Config } from '../config/config.js'
import type { Logger } from '../runtime/ports.js'
import { sweepTemporaryFiles } from '../runtime/temporary-files.js'
import { createModelServerApp, type OnlineRoutes } from '../http/model-server-app.js'
import { versionsFolder } from '../online/versions/versions.js'
import { defaultPipelines } from '../registry/default-pipelines.js'
import { createNetwork } from '../net/network.js'
import { pipelineNameOf } from '../registry/pipeline-name.js'
import { indexFolder } from '../registry/registry.js'
import { type OpenModelSelector, openModelSelector } from '../selection/open-model-selector.js'
import { demoPipelines } from './demo-pipelines.js'
import { createCurveSource } from '../universal/curve-source.js'
import { localQuestion } from './local-machine.js'
import { listen, type RunningHttp } from './listen.js'
import { networkSettings } from './network-settings.js'
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
  /** What is downloaded in the background. */
  readonly urls: readonly string[]
  /** Whether `GET /curve` is answered. */
  readonly hasCurves: boolean
}

const idleTimeout = 65

/**
 * Starts the model server with what is on disk, or with the demonstration pipeline if that is nothing. Downloads run in
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
    for (const below of [folder, indexFolder(folder)]) await sweepTemporaryFiles(below, Date.now())
    const urls = pipelineUrls(config).filter((url) => !isTrainedHere(config, folder, url, logger))
    const network = createNetwork(await networkSettings(config))
    started.add({ name: 'connections', stop: () => network.close() })
    const selector = await openModelSelector({
      modelPath: folder,
      urls,
      lastResort: demoPipelines(),
      preference: {
        defaults: defaultPipelines,
        local: config.ONLINE_PIPELINE,
        preferLocal: config.PREFER_TRAINED_PIPELINE,
      },
      errorKey: config.ERROR_KEY,
      download: { network, maxBytes: config.DOWNLOAD_MAX_BYTES },
      logger,
    })
    started.add({ name: 'pipelines', stop: () => selector.close() })
    const limits = {
      maxBodyBytes: config.MODEL_SERVER_MAX_BODY,
      requestTimeout: config.MODEL_SERVER_REQUEST_TIMEOUT,
      idleTimeout,
      maxConnections: config.MODEL_SERVER_MAX_CONNECTIONS,
    }
    const curves = config.UNIVERSAL
      ? { source: createCurveSource(), thisMachine: () => localQuestion(config).question }
      : undefined
    const app = createModelServerApp({
      selector,
      logger,
      limits,
      version,
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
    const remote = urls.filter((url) => !url.startsWith('file:'))
    return { ...http, selector, folder, urls: remote, hasCurves: curves !== undefined, stop: () => started.stop() }
  } catch (error) {
    await started.stop()
    throw error
  }
}

/** A download must not take the place of what the online trainer published. */
function isTrainedHere(config: Config, folder: string, url: string, logger: Logger): boolean {
  const name = pipelineNameOf(url)
  if (name !== config.ONLINE_PIPELINE || !existsSync(versionsFolder(folder, name))) return false
  logger.info({ pipeline: name, url }, 'not downloaded: the online trainer publishes this pipeline here')
  return true
}

function pipelineUrls(config: Config): readonly string[] {
  if (config.OFFLINE) return []
  const below = config.MODEL_TOPURL.replace(/\/+$/, '')
  return config.INITIAL_PIPELINE_URL ?? Object.values(defaultPipelines).map((name) => `${below}/${name}.zip`)
}
