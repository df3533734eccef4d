import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ModelError, messageOf } from '../../core/errors.js'
import type { NodeTypeOfMachines } from '../../machine/assign-node-types.js'
import { parseNodeTypeIndex, parseNodeTypeMembers } from '../../machine/node-type-index.js'

/**
 * The node types of a pipeline in the data folder, none where there is no such pipeline.
 *
 * @throws ModelError `INVALID_CONFIG` when its index cannot be used
 */
export function knownNodeTypes(dataPath: string, pipelineName: string): readonly NodeTypeOfMachines[] {
  const file = join(dataPath, pipelineName, 'node_type_index.json')
  if (!existsSync(file)) return []
  try {
    const text = readFileSync(file, 'utf8')
    const members = parseNodeTypeMembers(text)
    return parseNodeTypeIndex(text).map(({ id, spec }) => ({ id, spec, members: members.get(id) ?? [] }))
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${file} cannot be used: ${messageOf(cause)}`, {
      cause,
      field: 'pipeline-name',
    })
  }
}
