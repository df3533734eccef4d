import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModelError, messageOf } from '../../core/errors.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import { parseMachineSpecFile } from '../../machine/spec.js'

/** A machine of a fleet: what was measured of it, and what it is. */
export interface FleetMachine {
  readonly id: string
  /** Its saved response. */
  readonly path: string
  /** Empty where nobody said. */
  readonly spec: MachineSpec
}

/** The machines in a folder, and its other files. */
export interface FleetFolder {
  readonly machines: readonly FleetMachine[]
  readonly ignored: readonly string[]
}

const mostMachines = 10_000
const response = /^([A-Za-z0-9][A-Za-z0-9._-]{0,127}?)\.json(?:\.gz)?$/

/**
 * Reads a folder of `<machine>.json` or `<machine>.json.gz`, a saved response each, and `machine_spec/<machine>.json`.
 *
 * @throws ModelError `INVALID_CONFIG` when it cannot be listed, has no response, or a spec that cannot be used;
 *   `INVALID_REQUEST` when a machine has two responses; `LIMIT_EXCEEDED`
 */
export function fleetFolder(folder: string): FleetFolder {
  const files = listed(folder)
  const machines = new Map<string, FleetMachine>()
  const ignored: string[] = []
  for (const file of files) {
    const [, id] = response.exec(file) ?? []
    if (id === undefined) {
      if (file !== 'machine_spec' && !file.startsWith('.')) ignored.push(file)
      continue
    }
    const other = machines.get(id)
    if (other) {
      throw new ModelError('INVALID_REQUEST', `machine ${id} has two responses: ${other.path} and ${file}`, {
        field: 'folder',
      })
    }
    machines.set(id, { id, path: join(folder, file), spec: specOf(folder, id) })
  }
  if (machines.size === 0) {
    throw new ModelError('INVALID_CONFIG', `${folder} has no <machine>.json or <machine>.json.gz`, { field: 'folder' })
  }
  if (machines.size > mostMachines) {
    throw new ModelError('LIMIT_EXCEEDED', `${folder} has ${machines.size} machines, at most ${mostMachines}`)
  }
  return { machines: [...machines.values()], ignored }
}

function specOf(folder: string, id: string): MachineSpec {
  const file = join(folder, 'machine_spec', `${id}.json`)
  return existsSync(file) ? parseMachineSpecFile(readFileSync(file, 'utf8'), file) : {}
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${folder} cannot be listed: ${messageOf(cause)}`, {
      cause,
      field: 'folder',
    })
  }
}
