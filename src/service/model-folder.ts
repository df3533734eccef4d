import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'
import type { Logger } from '../core/ports.js'

/**
 * The folder for pipelines: the configured one, made if need be. `/mnt/models` is right in a container and out of reach
 * for a user on a laptop, who gets a folder below `~/.cache` instead, and a line in the log that says so.
 *
 * @throws ModelError `INVALID_CONFIG` when neither can be made
 */
export function modelFolder(configured: string, logger: Logger): string {
  const own = join(homedir(), '.cache', 'kepler-model-server', 'models')
  try {
    mkdirSync(configured, { recursive: true })
    return configured
  } catch (error) {
    try {
      mkdirSync(own, { recursive: true })
    } catch {
      const message = `MODEL_PATH ${configured} cannot be made: ${messageOf(error)}; set it to a folder you may write to`
      throw new ModelError('INVALID_CONFIG', message, { cause: error, field: 'MODEL_PATH' })
    }
    logger.warn({ configured, used: own, reason: messageOf(error) }, 'MODEL_PATH cannot be made, using another folder')
    return own
  }
}
