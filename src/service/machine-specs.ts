import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { parseMachineSpecFile } from '../machine/spec.js'

const field = 'ONLINE_MACHINE_SPECS'
const ending = '.json'

/**
 * The specs in a folder, `<instance>.json` each, as `kepler-model spec --json` prints them.
 *
 * @throws ModelError `INVALID_CONFIG` when the folder or a spec cannot be used
 */
export async function machineSpecsIn(folder: string): Promise<ReadonlyMap<string, MachineSpec>> {
  const files = await readdir(folder).catch((cause: unknown) => {
    throw new ModelError('INVALID_CONFIG', `${field}: ${folder} cannot be read: ${messageOf(cause)}`, { cause, field })
  })
  const specs = new Map<string, MachineSpec>()
  for (const file of files.filter((name) => name.endsWith(ending)).sort()) {
    const path = join(folder, file)
    specs.set(file.slice(0, -ending.length), parseMachineSpecFile(await readFile(path, 'utf8'), path))
  }
  return specs
}
