import { zipFiles } from '../../archive/write-model-archive.js'
import type { TrainerName } from '../../regression/trainers.js'
import { type ModelRow, modelMetadataCsv, modelRow } from '../../train/pipeline-files.js'
import type { TrainedModel } from '../../train/train-model.js'
import type { MachineTypes } from './machine-types.js'
import { filesOf, type ServedPipeline } from './served.js'
import { type Slot, slotFolder, slotKey } from './slot.js'

const indexFile = 'node_type_index.json'

/** Models that replace all others of their slot. */
export interface Replacement {
  readonly slot: Slot
  readonly models: readonly TrainedModel[]
}

export interface NextPipeline {
  readonly name: string
  readonly version: number
  readonly trainers: readonly TrainerName[]
  readonly isolator: string
  readonly types: MachineTypes
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The zip of a pipeline: what is served, with some slots replaced. */
export function nextPipeline(
  served: ServedPipeline | undefined,
  replacements: readonly Replacement[],
  next: NextPipeline,
): Buffer {
  const replaced = new Set(replacements.map(({ slot }) => slotKey(slot)))
  const files = new Map<string, string | Uint8Array>()
  const tables = new Map<string, ModelRow[]>()
  const addRow = (folder: string, row: ModelRow) => {
    const [source, outputType, group = ''] = folder.split('/')
    const name = `${source}_${outputType}_model_metadata.csv`
    tables.set(name, [...(tables.get(name) ?? []), modelRow(row, group)])
  }
  for (const entry of served?.pipeline.entries ?? []) {
    const { folder, nodeType, numbers } = entry
    if (replaced.has(`${folder.path}/${nodeType}`)) continue
    for (const [path, content] of filesOf(served!.pipeline, entry)) files.set(path, content)
    const entries = Object.fromEntries(numbers.keys.map((key, i) => [key, numbers.values[i]]))
    const names = { model_name: entry.name, features: entry.features, trainer: entry.trainer, node_type: nodeType }
    addRow(folder.path, { ...entries, ...names, output_type: folder.outputType })
  }
  for (const { slot, models } of replacements) {
    const folder = slotFolder(slot)
    for (const model of models) {
      files.set(`${folder}/${model.name}.zip`, model.zip)
      if (model.weights !== undefined) files.set(`${folder}/${model.name}.json`, model.weights)
      const { model_name: _, ...metadata } = model.metadata
      addRow(folder, { model_name: model.name, features: model.features, ...metadata })
    }
  }
  const descriptions = new Map<string, string>([
    ['metadata.json', json(pipelineMetadata(next))],
    [indexFile, json(nodeTypes(served, replacements, next.types))],
    ...[...tables].map(([name, rows]) => [name, modelMetadataCsv(rows)] as const),
  ])
  return zipFiles(new Map([...descriptions, ...files]))
}

function pipelineMetadata({ name, version, trainers, isolator, now }: NextPipeline) {
  return {
    name,
    version,
    isolator,
    extractor: 'default',
    abs_trainers: trainers,
    dyn_trainers: trainers,
    last_update_time: new Date(now).toISOString().slice(0, 19).replace('T', ' '),
    trained_by: 'online-trainer',
  }
}

/** The node types of the served pipeline and the new ones, with the machines that have them where the spec is known. */
function nodeTypes(
  served: ServedPipeline | undefined,
  replacements: readonly Replacement[],
  { known }: MachineTypes,
): object {
  const { store } = served?.pipeline ?? {}
  const before: Record<string, { readonly attrs?: unknown; readonly members?: unknown }> = store?.has(indexFile)
    ? JSON.parse(Buffer.from(store.read(indexFile)).toString('utf8'))
    : {}
  const here = new Set<unknown>([...known.values()].flatMap(({ instances }) => instances))
  const elsewhere = (members: unknown) => (Array.isArray(members) ? members.filter((member) => !here.has(member)) : [])
  const index: Record<string, object> = {}
  for (const { slot } of replacements) index[slot.nodeType] = { attrs: {}, members: [] }
  for (const [type, entry] of Object.entries(before)) index[type] = { ...entry, members: elsewhere(entry.members) }
  for (const [type, { spec, instances }] of known) {
    index[type] = { attrs: spec, members: [...elsewhere(before[type]?.members), ...instances] }
  }
  return index
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
