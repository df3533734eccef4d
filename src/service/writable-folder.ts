import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import type { Config } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { Logger } from '../runtime/ports.js'

type FolderKey = 'MODEL_PATH' | 'JOBS_PATH' | 'ONLINE_HISTORY_PATH'

/**
 * A folder of the settings, made if need be. Below `/mnt` is right in a container and out of reach for a user on a
 * laptop, who gets a folder below `~/.cache` instead, and a line in the log that says so.
 *
 * @throws ModelError `INVALID_CONFIG` when neither can be made, or the folder is there and closed to this user
 */
export function writableFolder(config: Config, key: FolderKey, logger: Logger): string {
  const folder = folderToRead(config, key, logger)
  try {
    accessSync(folder, constants.W_OK)
    return folder
  } catch (error) {
    const message = `${key} ${folder} may not be written: ${messageOf(error)}; set it to a folder you may write to`
    throw new ModelError('INVALID_CONFIG', message, { cause: error, field: key })
  }
}

/** The same for who can do without writing, such as a server of a volume that is read-only. */
export function folderToRead(config: Config, key: FolderKey, logger: Logger): string {
  const configured = config[key]
  try {
    mkdirSync(configured, { recursive: true })
    return configured
  } catch (error) {
    let own: string
    try {
      // Looked for only here: a user without a name, such as a container may have, has no home.
      own = ownFolder(configured)
      mkdirSync(own, { recursive: true })
    } catch {
      const message = `${key} ${configured} cannot be made: ${messageOf(error)}; set it to a folder you may write to`
      throw new ModelError('INVALID_CONFIG', message, { cause: error, field: key })
    }
    logger.warn({ configured, used: own, reason: messageOf(error) }, `${key} cannot be made, using another folder`)
    return own
  }
}

/** Where `writableFolder` finds, or would find, what is there already: for commands that only read. */
export function knownFolder(configured: string): string {
  if (existsSync(configured)) return configured
  try {
    const own = ownFolder(configured)
    return existsSync(own) ? own : configured
  } catch {
    return configured
  }
}

/** @throws Error for a user without a name, who has no home */
function ownFolder(configured: string): string {
  return join(homedir(), '.cache', 'kepler-model-server', basename(configured))
}
