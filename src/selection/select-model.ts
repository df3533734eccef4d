import type { EnergySource } from '../core/energy-source.js'
import { covers } from '../core/feature-group.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { anyNodeType } from '../core/model-name.js'
import type { OutputType } from '../core/output-type.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { explicitMatch, type NodeTypeMatch } from './match-node-type.js'
import type { ModelMatch } from './model-match.js'
import type { RankedPipeline } from './ranked-pipeline.js'
import type { ModelGroup } from './ranking.js'

/** What is looked for in a pipeline. */
export interface Wanted {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly metrics: ReadonlySet<string>
  readonly weight: boolean
  /** Only archives that the original's Python loads. */
  readonly forOriginal?: boolean
  /** Its archives must not name a machine. */
  readonly withoutMachineSpec?: boolean
  readonly trainerName: string
  readonly nodeType: number
  readonly machineSpec: MachineSpec
  readonly looseNodeType: boolean
  /** Whether a model passes the filter of the request and its files can be read. */
  readonly accepts: (model: ModelEntry) => boolean
}

export interface Choice {
  readonly entry: ModelEntry
  /** Absent when the request wants no node type. */
  readonly match: ModelMatch | undefined
}

/**
 * The best model of a pipeline: of the groups that the metrics can feed, a model of the wanted node type beats one that
 * is not, then the order of `ModelOrder` decides; of equals, the earlier group of the pipeline.
 */
export function selectModel(pipeline: RankedPipeline, wanted: Wanted): Choice | undefined {
  const match = wantedNodeType(pipeline, wanted)
  const exact: Choice[] = []
  const fallback: Choice[] = []
  for (const group of pipeline.groups(wanted.source, wanted.outputType)) {
    if (!covers(wanted.metrics, group.features)) continue
    const found = selectInGroup(group, wanted, match)
    if (found) (isFallback(found) ? fallback : exact).push(found)
  }
  const choices = exact.length > 0 ? exact : fallback
  const best = pipeline.order.best(choices.map(({ entry }) => entry))
  return choices.find(({ entry }) => entry === best)
}

function isFallback({ match }: Choice): boolean {
  return match?.how === 'fallback'
}

/** The node type that a request names or that its spec has; `undefined` when it wants none. */
function wantedNodeType(pipeline: RankedPipeline, { nodeType, machineSpec }: Wanted): NodeTypeMatch | undefined {
  return nodeType === anyNodeType ? pipeline.match(machineSpec) : explicitMatch(nodeType)
}

/**
 * Files count before node types: a type that has models but none that can be served (no weights, say) is as good as
 * empty. The filter comes last, so a type whose models it rejects gives nothing.
 */
function selectInGroup(group: ModelGroup, wanted: Wanted, match: NodeTypeMatch | undefined): Choice | undefined {
  const ranking = rankingsFor(wanted, group).get(wanted.trainerName)
  if (!ranking) return undefined
  if (!match) return choose(ranking.all, wanted, undefined)
  const ofType = ranking.ofNodeType.get(match.nodeType)
  if (ofType) return choose(ofType, wanted, match)
  if (!wanted.looseNodeType) return undefined
  const entry = ranking.ofLargest.find(wanted.accepts)
  return entry && { entry, match: { how: 'fallback', nodeType: entry.nodeType, wanted: match.nodeType } }
}

/** The models of a group by what a request can take: weights, archives, or archives of the original's format. */
export function rankingsFor(
  { weight, forOriginal }: Pick<Wanted, 'weight' | 'forOriginal'>,
  { weights, originals, archives }: ModelGroup,
): ModelGroup['archives'] {
  if (weight) return weights
  return forOriginal ? originals : archives
}

function choose(
  ranked: readonly ModelEntry[],
  { accepts }: Wanted,
  match: NodeTypeMatch | undefined,
): Choice | undefined {
  const entry = ranked.find(accepts)
  return entry && { entry, match }
}
