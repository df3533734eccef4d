import { open, readFile } from 'node:fs/promises'
import type { Config } from '../../config/config.js'
import { messageOf, ModelError } from '../../core/errors.js'
import { type IdleProfile, parseIdleProfile } from '../../isolate/idle-profile.js'
import { profileIdle } from '../../isolate/profiler.js'
import { selecting } from '../../extract/measurements.js'
import { measurementSettings } from '../../service/measurement-settings.js'
import { profileReadOptions } from '../commands/profile.js'
import { warnOfFindings } from '../reports/dataset-report.js'
import type { CliIo } from '../terminal/io.js'
import { readInput } from './response-input.js'

const maxProfileBytes = 16 << 20

/**
 * The idle profile that a file holds, or that the idle response in it gives.
 *
 * @throws ModelError `INVALID_CONFIG` or `INVALID_DATA` that names the file
 */
export async function readProfile(io: CliIo, path: string, config: Config): Promise<IdleProfile> {
  const head = await headOf(path)
  if (head.includes('"kepler-idle-profile/')) {
    const text = await readFile(path, 'utf8')
    if (text.length > maxProfileBytes)
      throw new ModelError('LIMIT_EXCEEDED', `${path} is longer than ${maxProfileBytes} bytes`)
    return parseIdleProfile(text)
  }
  const measurements = await measurementSettings(config)
  const response = await readInput(io, path, { ...profileReadOptions(measurements.meters), ...selecting(measurements) })
  const { profile, findings } = profileIdle(response, { ...measurements, vmJob: config.VM_JOB_NAME })
  warnOfFindings(io, findings)
  return profile
}

async function headOf(path: string): Promise<string> {
  try {
    const file = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `${path} cannot be opened: ${messageOf(cause)}`, { cause })
  }
}
