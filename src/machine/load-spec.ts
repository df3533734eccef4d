import type { MachineSpec } from '../core/machine-spec.js'
import { discoverMachine } from './discover.js'
import { parseMachineSpecFile } from './spec.js'
import { machineFiles, type SystemFiles } from './system-files.js'

/** This machine's spec, and where that came from. */
export interface LoadedSpec {
  readonly spec: MachineSpec
  /** Path of the file, or `undefined` when it was discovered. */
  readonly file: string | undefined
}

/**
 * The spec in the file if there is one, else what is discovered. The file counts as a whole: what it leaves out is not
 * known, so that an operator can hide what misleads.
 *
 * @throws ModelError `INVALID_CONFIG` when the file is there and cannot be used
 */
export function loadMachineSpec(path: string, files: SystemFiles = machineFiles): LoadedSpec {
  const text = files.read(path)
  return text === undefined
    ? { spec: discoverMachine(files), file: undefined }
    : { spec: parseMachineSpecFile(text, path), file: path }
}
