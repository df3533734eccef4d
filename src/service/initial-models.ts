import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config/config.js'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { OutputType } from '../core/output-type.js'
import type { FetchBytes } from '../estimate/initial-model-source.js'
import { type DownloadOptions, download } from '../registry/download.js'
import { makeFolderSync } from '../runtime/make-folder.js'
import type { Logger } from '../runtime/ports.js'

const maxBytes = 64 * 2 ** 20

/** The initial model of a source without a setting, as Kepler's estimator has it; a path below `MODEL_TOPURL`. */
const defaultModels: Readonly<Partial<Record<EnergySource, (outputType: OutputType) => string>>> = {
  'rapl-sysfs': (outputType) => `ec2-0.7.11/rapl-sysfs/${outputType}/BPFOnly/GradientBoostingRegressorTrainer_1.zip`,
  acpi: (outputType) => `specpower-0.7.11/acpi/${outputType}/BPFOnly/XgboostFitTrainer_109.zip`,
}

/** The URL that the operator names for a source and output type; offline only if it is one of a file. */
export function configuredModelUrl(config: Config, source: EnergySource, outputType: OutputType): string | undefined {
  return unlessOffline(config, settingOf(config, source, outputType))
}

/** The same, or else the model of the default pipeline. */
export function initialModelUrl(config: Config, source: EnergySource, outputType: OutputType): string | undefined {
  const configured = settingOf(config, source, outputType)
  const path = defaultModels[source]?.(outputType)
  const byDefault = path && `${config.MODEL_TOPURL.replace(/\/+$/, '')}/${path}`
  return unlessOffline(config, configured ?? byDefault)
}

function unlessOffline({ OFFLINE }: Config, url: string | undefined): string | undefined {
  return OFFLINE && !url?.startsWith('file:') ? undefined : url
}

function settingOf(config: Config, source: EnergySource, outputType: OutputType): string | undefined {
  if (source === 'rapl-sysfs') {
    return outputType === 'AbsPower'
      ? config.NODE_COMPONENTS_INIT_URL
      : (config.CONTAINER_COMPONENTS_INIT_URL ?? config.PROCESS_COMPONENTS_INIT_URL)
  }
  return outputType === 'AbsPower'
    ? config.NODE_TOTAL_INIT_URL
    : (config.CONTAINER_TOTAL_INIT_URL ?? config.PROCESS_TOTAL_INIT_URL)
}

/** Downloads files to `folder`; when a download fails, the file of an earlier one is used. */
export function cachedDownloads(folder: string, logger: Logger, options: DownloadOptions): FetchBytes {
  return async (url, signal) => {
    if (url.startsWith('file:')) return readBounded(fileURLToPath(url))
    makeFolderSync(folder)
    const path = join(folder, createHash('sha256').update(url).digest('hex'))
    try {
      await download(url, path, { ...options, maxBytes, attempts: 2, signal, logger })
    } catch (error) {
      if (!existsSync(path)) throw error
      logger.warn({ url, reason: messageOf(error) }, 'cannot be fetched, the one that was fetched before is used')
    }
    return readBounded(path)
  }
}

function readBounded(path: string): Uint8Array {
  try {
    const { size } = statSync(path)
    if (size > maxBytes) throw new ModelError('LIMIT_EXCEEDED', `it has ${size} bytes, at most ${maxBytes}`)
    return readFileSync(path)
  } catch (error) {
    throw new ModelError('UNAVAILABLE', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
