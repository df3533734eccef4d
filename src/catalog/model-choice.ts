import type { ChoiceJson, MatchJson, ModelDetails, NearestMachine, NodeTypeRow } from '../api/answers.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { isKnown } from '../machine/spec.js'
import { similarity } from '../selection/match-node-type.js'
import type { ModelMatch } from '../selection/model-match.js'
import type { ServedModel } from '../selection/model-selector.js'

const nearestShown = 8

/**
 * Why a model was chosen for a request, and what comes next to it.
 *
 * @param nodeTypes those that the machine could have been matched to
 */
export function modelChoice(
  { selection, corrected, passedOver = [] }: ServedModel,
  model: ModelDetails,
  wanted: MachineSpec,
  nodeTypes: readonly NodeTypeRow[],
): ChoiceJson {
  return {
    model,
    match: selection.match ? matchJson(selection.match) : null,
    corrected: corrected ?? null,
    passed_over: passedOver,
    nearest: nearestTo(nodeTypes, wanted),
  }
}

function matchJson({ nodeType: node_type, ...match }: ModelMatch): MatchJson {
  return { ...match, node_type }
}

function nearestTo(nodeTypes: readonly NodeTypeRow[], spec: MachineSpec): readonly NearestMachine[] {
  if (!isKnown(spec)) return []
  return nodeTypes
    .map((row) => ({ ...row, similarity: similarity(row.machine, spec) }))
    .sort((a, b) => b.similarity - a.similarity || b.members - a.members || a.node_type - b.node_type)
    .slice(0, nearestShown)
}
