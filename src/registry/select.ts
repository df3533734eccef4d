import type { EnergySource } from '../core/energy-source.js'
import { covers } from '../core/feature-group.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { anyNodeType } from '../core/model-name.js'
import type { OutputType } from '../core/output-type.js'
import { explicitMatch, type NodeTypeMatch } from '../machine/match-node-type.js'
import type { ModelEntry } from './model-entry.js'
import type { Pipeline } from './pipeline.js'
import { byError, type ModelGroup } from './ranking.js'

/** What is looked for in a pipeline. */
export interface Wanted {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly metrics: ReadonlySet<string>
  readonly weight: boolean
  readonly trainerName: string
  readonly nodeType: number
  readonly machineSpec: MachineSpec
  readonly looseNodeType: boolean
  /** Also false for a model whose files turned out to be damaged. */
  readonly accepts: (model: ModelEntry) => boolean
}

export interface Choice {
  readonly entry: ModelEntry
  readonly match: NodeTypeMatch | undefined
  /** The model is of another node type than the wanted one. */
  readonly fallback: boolean
}

/**
 * The best model of a pipeline: of the groups that the metrics can feed, a model of the wanted node type beats one that
 * is not, then the lower error wins. Of models that are equally good, see `byError`, then the earlier group
 * of the pipeline.
 */
export function selectModel(pipeline: Pipeline, wanted: Wanted): Choice | undefined {
  const match = wantedNodeType(pipeline, wanted)
  const compare = byError(pipeline.errorKey)
  let best: Choice | undefined
  for (const group of pipeline.groups(wanted.source, wanted.outputType)) {
    if (!covers(wanted.metrics, group.features)) continue
    const found = selectInGroup(group, wanted, match)
    if (!found) continue
    const better = !best || (found.fallback === best.fallback ? compare(found.entry, best.entry) < 0 : best.fallback)
    if (better) best = found
  }
  return best
}

/** The node type that a request names or that its spec has; `undefined` when it wants none. */
function wantedNodeType(pipeline: Pipeline, { nodeType, machineSpec }: Wanted): NodeTypeMatch | undefined {
  return nodeType === anyNodeType ? pipeline.match(machineSpec) : explicitMatch(nodeType)
}

/**
 * Files count before node types: a type that has models but none that can be served (no weights, say) is as good as
 * empty. The filter comes last, so a type whose models it rejects gives nothing.
 */
function selectInGroup(group: ModelGroup, wanted: Wanted, match: NodeTypeMatch | undefined): Choice | undefined {
  const ranking = (wanted.weight ? group.weights : group.archives).get(wanted.trainerName)
  if (!ranking) return undefined
  if (!match) return choose(ranking.all, wanted, match, false)
  const ofType = ranking.ofNodeType.get(match.nodeType)
  if (ofType) return choose(ofType, wanted, match, false)
  return wanted.looseNodeType ? choose(ranking.ofLargest, wanted, match, true) : undefined
}

function choose(
  sorted: readonly ModelEntry[],
  { accepts }: Wanted,
  match: NodeTypeMatch | undefined,
  fallback: boolean,
): Choice | undefined {
  const entry = sorted.find(accepts)
  return entry && { entry, match, fallback }
}
