import { existsSync, readFileSync } from 'node:fs'
import { type Config, defaultConfig } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { discoverMachine } from '../machine/discover.js'
import { parseMachineSpecFile } from '../machine/spec.js'

export interface KnownMachine {
  readonly spec: MachineSpec
  /** The file it was read from, or `discovered`. */
  readonly origin: string
}

/**
 * The spec of this machine: from the file of the settings, where there is one, else discovered. A file that the user
 * named must be there; the default one need not.
 *
 * @throws ModelError `INVALID_CONFIG` when the file cannot be used
 */
export function thisMachine({ MACHINE_SPEC_PATH: path }: Pick<Config, 'MACHINE_SPEC_PATH'>): KnownMachine {
  if (path === defaultConfig('MACHINE_SPEC_PATH') && !existsSync(path)) {
    return { spec: discoverMachine(), origin: 'discovered' }
  }
  return { spec: parseMachineSpecFile(read(path), path), origin: path }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new ModelError('INVALID_CONFIG', `machine spec ${path} cannot be read: ${messageOf(error)}`, {
      cause: error,
      field: 'MACHINE_SPEC_PATH',
    })
  }
}
