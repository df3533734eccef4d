import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { type MachineSpec, specAttributes } from '../../core/machine-spec.js'
import { type NodeTypeIndex, parseNodeTypeIndex } from '../../machine/node-type-index.js'
import { parseMachineSpecFile } from '../../machine/spec.js'
import { type CliIo, writeLines } from '../terminal/io.js'

/** The machine that `--id` names, and its node type in the pipeline. */
export interface KnownMachine {
  readonly nodeType: number
  readonly spec: MachineSpec
  readonly members: readonly string[]
  /** The file in which its spec was looked for, where there is none. */
  readonly missingSpec?: string
}

/**
 * A machine by its id: its spec is `machine_spec/<id>.json` in the data folder, if that is there. A machine like one that
 * the pipeline knows gets the same node type, another one a new type.
 *
 * @throws ModelError `INVALID_CONFIG` when the id is no name, or its spec cannot be used
 */
export function machineOfId(dataPath: string, pipelineName: string, id: string): KnownMachine {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id)) {
    throw new ModelError('INVALID_CONFIG', `--id ${quote(id)} is no name of a machine`, { field: 'id' })
  }
  const file = join(dataPath, 'machine_spec', `${id}.json`)
  const spec = existsSync(file) ? parseMachineSpecFile(readFileSync(file, 'utf8'), file) : {}
  const index = indexOf(join(dataPath, pipelineName, 'node_type_index.json'))
  const same = index.find((type) => specAttributes.every((attribute) => type.spec[attribute] === spec[attribute]))
  const nodeType = same?.id ?? index.reduce((most, type) => Math.max(most, type.id + 1), 0)
  return { nodeType, spec, members: [id], ...(!existsSync(file) && { missingSpec: file }) }
}

/** Warns when a machine was named whose spec is not there, and says how to make it. */
export function warnOfMissingSpec(io: Pick<CliIo, 'stderr'>, machine: KnownMachine | undefined): void {
  if (machine?.missingSpec === undefined) return
  writeLines(io.stderr, [
    `warning: there is no ${machine.missingSpec}: node type ${machine.nodeType} has no spec, so no server finds it by one; on`,
    `the machine that was measured, make it with: kepler-model spec --json > ${machine.missingSpec}`,
  ])
}

function indexOf(file: string): NodeTypeIndex {
  if (!existsSync(file)) return []
  try {
    return parseNodeTypeIndex(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${file} cannot be used: ${messageOf(cause)}`, { cause, field: 'id' })
  }
}
