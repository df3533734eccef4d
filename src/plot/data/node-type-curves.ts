import { readModelArchive } from '../../archive/read-model-archive.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { readArchive } from '../../registry/model-files.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { createModelOrder } from '../../selection/model-order.js'
import { type PowerCurves, powerCurves } from './power-curves.js'

/**
 * The curves of the best model of each node type, of the folder that has most of them: node types are compared with the
 * same features. Those with the most machines come first.
 *
 * @param most curves at most
 */
export function curvesOfNodeTypes(
  pipeline: Pipeline,
  models: readonly ModelEntry[],
  errorKey: string,
  most: number,
): PowerCurves {
  const order = createModelOrder<ModelEntry>(errorKey)
  const folder = folderOf(models)
  const own = models.filter(({ folder: { path } }) => path === folder)
  const members = new Map(pipeline.nodeTypes.map(({ id, members: count }) => [id, count]))
  const types = [...new Set(own.map(({ nodeType }) => nodeType))].sort(
    (a, b) => (members.get(b) ?? 0) - (members.get(a) ?? 0) || a - b,
  )
  const best = types.slice(0, most).flatMap((type) => {
    const competing = own.filter(({ nodeType }) => nodeType === type)
    return order.best(competing) ?? competing[0] ?? []
  })
  return powerCurves(
    best.map((entry) => ({
      name: nodeTypeText(entry.nodeType, pipeline.specOf(entry.nodeType)),
      read: () => readModelArchive(readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType))),
    })),
    { pipeline: pipeline.name, folder, left: types.length - best.length },
  )
}

/** `3: intel_xeon_e5_2686v4, 72 cores`. */
export function nodeTypeText(nodeType: number, spec: MachineSpec | undefined): string {
  const told = [spec?.processor ?? '', spec?.cores ? `${spec.cores} cores` : ''].filter((text) => text !== '')
  return told.length === 0 ? `node type ${nodeType}` : `${nodeType}: ${told.join(', ')}`
}

/** AbsPower before DynPower, then the folder of most node types, then BPFOnly, which every Kepler measures. */
function folderOf(models: readonly ModelEntry[]): string {
  const types = new Map<string, Set<number>>()
  for (const { folder, nodeType } of models) types.set(folder.path, (types.get(folder.path) ?? new Set()).add(nodeType))
  const folders = new Map(models.map(({ folder }) => [folder.path, folder]))
  const [first] = [...folders.values()].sort(
    (a, b) =>
      Number(b.outputType === 'AbsPower') - Number(a.outputType === 'AbsPower') ||
      (types.get(b.path)?.size ?? 0) - (types.get(a.path)?.size ?? 0) ||
      Number(b.featureGroup === 'BPFOnly') - Number(a.featureGroup === 'BPFOnly') ||
      (a.path < b.path ? -1 : 1),
  )
  return first?.path ?? ''
}
