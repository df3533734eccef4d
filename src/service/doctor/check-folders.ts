import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../../config/config.js'
import { messageOf } from '../../core/errors.js'
import { knownFolder } from '../writable-folder.js'
import { type Check, ok, problem, warning } from './check.js'

const folders = ['MODEL_PATH', 'JOBS_PATH', 'ONLINE_HISTORY_PATH'] as const

/** Whether the folders of the settings can be written, or made. Makes none. */
export function checkFolders(config: Config): readonly Check[] {
  const ofPrograms = folders.map((key) => checkFolder(key, knownFolder(config, key)))
  return [...ofPrograms, checkFolder('DATAPATH', config.DATAPATH)]
}

function checkFolder(key: string, folder: string): Check {
  try {
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory()) return problem(key, `${folder} is a file`, `remove it, or set ${key}`)
      accessSync(folder, constants.W_OK)
      return ok(key, folder)
    }
    const parent = existing(folder)
    // A folder cannot be made below a file.
    if (!statSync(parent).isDirectory()) return problem(key, `${parent} is a file`, `remove it, or set ${key}`)
    accessSync(parent, constants.W_OK)
    return ok(key, `${folder} is made when it is needed`)
  } catch (error) {
    return warning(
      key,
      `${folder} cannot be written: ${messageOf(error)}`,
      `set ${key} to a folder that you may write to`,
    )
  }
}

/** The nearest folder above that is there. */
function existing(folder: string): string {
  const parent = dirname(resolve(folder))
  return existsSync(parent) ? parent : existing(parent)
}
