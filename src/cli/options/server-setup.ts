import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import type { Logger } from '../../runtime/ports.js'
import { packageVersion } from '../package-version.js'
import type { CliIo } from '../terminal/io.js'
import { type SettingFlags, settingOverrides } from './setting-options.js'

/** What every program that runs until a signal begins with. */
export interface ServerSetup {
  readonly config: Config
  readonly logger: Logger
  readonly version: string
}

/** Reads the settings of a server and makes its logger, which gets warnings about settings that are not used. */
export async function serverSetup(io: CliIo, command: Command, flags: SettingFlags): Promise<ServerSetup> {
  const unused: string[] = []
  const config = io.loadConfig(settingOverrides(command, flags), (warning) => unused.push(warning))
  // Loaded when it is needed, so that other commands start faster.
  const { createLogger } = await import('../../service/logger.js')
  const logger = createLogger({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, output: io.stderr })
  for (const warning of unused) logger.warn({}, warning)
  return { config, logger, version: packageVersion() }
}
