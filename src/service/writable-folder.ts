import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { belowMount, type Config, defaultConfig } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import { makeFolderSync } from '../runtime/make-folder.js'
import type { Logger } from '../runtime/ports.js'

type FolderKey = keyof typeof belowMount
type FolderSettings = Pick<Config, FolderKey | 'XDG_STATE_HOME'>

/**
 * A folder of the settings that this program writes to, made if need be. The default, below `/mnt`, is right in a
 * container and closed to a user on a laptop, who gets a folder below XDG_STATE_HOME instead, and a line in the log that
 * says so. A folder that was set is never replaced by another.
 *
 * @throws ModelError `INVALID_CONFIG` when the folder cannot be made or written
 */
export function writableFolder(config: FolderSettings, key: FolderKey, logger: Logger): string {
  return usableFolder(config, key, logger, (folder) => {
    makeFolderSync(folder)
    accessSync(folder, constants.W_OK)
  })
}

/**
 * The same for a program that can do without writing, such as a server of a volume that is read-only: a default folder
 * that may not be written is used when it holds something and this user has no folder instead of it.
 */
export function folderToRead(config: FolderSettings, key: FolderKey, logger: Logger): string {
  if (!isDefault(config, key)) return usableFolder(config, key, logger, makeFolderSync)
  const isReadOnlyVolume = holdsFiles(config[key]) && knownFolder(config, key) === config[key]
  if (isReadOnlyVolume) return config[key]
  try {
    return writableFolder(config, key, logger)
  } catch (error) {
    // A user without a home, as in a container: the folder is empty, and what is needed of it can be done without.
    if (existsSync(config[key])) return config[key]
    throw error
  }
}

/** The folder that `writableFolder` uses where it is there already: for commands that only read. */
export function knownFolder(config: FolderSettings, key: FolderKey): string {
  const configured = config[key]
  if (isWritable(configured) || !isDefault(config, key)) return configured
  return ownFolders(config, key).find((folder) => existsSync(folder)) ?? configured
}

function usableFolder(
  config: FolderSettings,
  key: FolderKey,
  logger: Logger,
  prepare: (folder: string) => void,
): string {
  const configured = config[key]
  try {
    prepare(configured)
    return configured
  } catch (error) {
    const folders = isDefault(config, key) ? ownFolders(config, key) : []
    const own = folders.find((folder) => existsSync(folder)) ?? folders[0]
    const reason = messageOf(error)
    try {
      if (own === undefined) throw error
      prepare(own)
    } catch {
      const message = `${key} ${configured} cannot be used: ${reason}; set it to a folder that you may write to`
      throw new ModelError('INVALID_CONFIG', message, { cause: error, field: key })
    }
    logger.warn({ configured, used: own, reason }, `${key} cannot be used, another folder is`)
    return own
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function holdsFiles(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0
  } catch {
    return false
  }
}

/** Whether nobody set the folder, neither itself nor MNT_PATH. */
function isDefault(config: FolderSettings, key: FolderKey): boolean {
  return config[key] === join(defaultConfig('MNT_PATH'), belowMount[key])
}

/** This user's folders instead of the default: that of the XDG directories, and where version 0.1 had it. */
function ownFolders(config: FolderSettings, key: FolderKey): readonly string[] {
  const home = homeOf()
  const state = config.XDG_STATE_HOME ?? (home && join(home, '.local', 'state'))
  return [state, home && join(home, '.cache')].flatMap((folder) =>
    folder === undefined ? [] : [join(folder, 'kepler-model-server', basename(config[key]))],
  )
}

/** A user without a name, as a container may have, has no home. */
function homeOf(): string | undefined {
  try {
    return homedir()
  } catch {
    return undefined
  }
}
