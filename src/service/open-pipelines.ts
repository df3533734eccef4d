import { existsSync } from 'node:fs'
import type { Config } from '../config/config.js'
import type { Network } from '../net/network.js'
import { versionsFolder } from '../online/versions/versions.js'
import { defaultPipelines } from '../registry/default-pipelines.js'
import { pipelineNameOf } from '../registry/pipeline-name.js'
import { indexFolder } from '../registry/registry.js'
import type { Logger } from '../runtime/ports.js'
import { sweepTemporaryFiles } from '../runtime/temporary-files.js'
import { type OpenModelSelector, openModelSelector } from '../selection/open-model-selector.js'
import { createUniversalModels, type UniversalModels } from '../selection/universal/universal-models.js'
import { createMachinePowers, type MachinePowers } from '../universal/machine-powers.js'
import { demoPipelines } from './demo-pipelines.js'
import { ownMachine } from './local-machine.js'

export interface OpenPipelines {
  readonly selector: OpenModelSelector
  /** Models of any machine beside the pipelines, where they are served. */
  readonly universal: UniversalModels | undefined
  /** What is downloaded in the background. */
  readonly urls: readonly string[]
}

/**
 * Opens the pipelines of the settings: those in a folder, those of URLs, which are downloaded to it in the background,
 * and the universal model, or where that is not wanted the demonstration, where there is no other. Offline, only file
 * URLs count.
 *
 * @param powers of machines, where somebody else asks for them too
 * @throws ModelError `INVALID_CONFIG` when a URL does not name a pipeline
 */
export async function openPipelines(
  config: Config,
  folder: string,
  network: Network,
  logger: Logger,
  powers?: MachinePowers,
): Promise<OpenPipelines> {
  for (const below of [folder, indexFolder(folder)]) await sweepTemporaryFiles(below, Date.now())
  const urls = pipelineUrls(config).filter((url) => !isTrainedHere(config, folder, url, logger))
  const universal = universalModels(config, folder, powers)
  const selector = await openModelSelector({
    modelPath: folder,
    urls,
    lastResort: universal ? [] : demoPipelines(),
    universal,
    preference: {
      defaults: defaultPipelines,
      local: config.ONLINE_PIPELINE,
      preferLocal: config.PREFER_TRAINED_PIPELINE,
    },
    errorKey: config.ERROR_KEY,
    download: { network, maxBytes: config.DOWNLOAD_MAX_BYTES },
    logger,
  })
  return { selector, universal, urls: urls.filter((url) => !isFile(url)) }
}

/** Models of any machine; `undefined` where the settings turn them off, or want the demonstration. */
export function universalModels(
  config: Config,
  folder: string,
  powers: MachinePowers = createMachinePowers(),
): UniversalModels | undefined {
  if (!config.UNIVERSAL || config.DEMO) return undefined
  return createUniversalModels({
    powers,
    own: ownMachine(config, folder),
    errorKey: config.ERROR_KEY,
    startedAt: Date.now(),
  })
}

function pipelineUrls(config: Config): readonly string[] {
  const below = config.MODEL_TOPURL.replace(/\/+$/, '')
  const urls = config.INITIAL_PIPELINE_URL ?? Object.values(defaultPipelines).map((name) => `${below}/${name}.zip`)
  return config.OFFLINE ? urls.filter(isFile) : urls
}

function isFile(url: string): boolean {
  return url.startsWith('file:')
}

/** A download must not take the place of what the online trainer published. */
function isTrainedHere(config: Config, folder: string, url: string, logger: Logger): boolean {
  const name = pipelineNameOf(url)
  if (name !== config.ONLINE_PIPELINE || !existsSync(versionsFolder(folder, name))) return false
  logger.info({ pipeline: name, url }, 'not downloaded: the online trainer publishes this pipeline here')
  return true
}
