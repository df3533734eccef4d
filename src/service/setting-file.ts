import { readFile } from 'node:fs/promises'
import { ModelError, messageOf } from '../core/errors.js'

/** The text of a file that a setting or option names. @throws ModelError `INVALID_CONFIG` when it cannot be read */
export async function settingFile(path: string, field: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause, field })
  }
}

/** The same without white space around it, e.g. a token. */
export async function secretFile(path: string, field: string): Promise<string> {
  return (await settingFile(path, field)).trim()
}
