import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { zipFiles } from '../archive/write-model-archive.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { formatModelName } from '../core/model-name.js'
import { databaseTime } from '../export/collect-time.js'
import { pipelineMetadata } from '../export/pipeline-metadata.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { readArchive, readWeights } from '../registry/model-files.js'
import type { Pipeline } from '../registry/pipeline.js'
import { isPipelineName } from '../registry/pipeline-name.js'
import type { Clock } from '../runtime/ports.js'
import { explainChoice } from '../selection/explain-choice.js'
import { createModelOrder } from '../selection/model-order.js'
import type { PipelineFiles } from '../train/pipeline-files.js'
import { replacePipeline } from '../train/write-pipeline.js'
import { type MergedNodeTypes, mergedNodeTypes } from './merged-node-types.js'
import { renamedArchive } from './renamed-archive.js'

export interface MergeOptions {
  /** A name, never a path. */
  readonly name: string
  /** Folder that the merged pipeline's folder and zip go into. */
  readonly parent: string
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number, name: string) => void
}

/** Of several models of one name the one that was kept. */
export interface MergeConflict {
  /** `<source>/<output type>/<feature group>/<model>`, as it is called in the merged pipeline. */
  readonly model: string
  /** Where the kept one is from. */
  readonly kept: string
  /** The others, the best of them first, and why they are not kept. */
  readonly dropped: readonly { readonly from: string; readonly why: string }[]
}

export interface MergedPipeline {
  readonly folder: string
  readonly zip: string
  readonly models: number
  readonly nodeTypes: MergedNodeTypes['types']
  readonly conflicts: readonly MergeConflict[]
  /** Node types and machines that could not be told apart or together, and models that cannot be read. */
  readonly notes: readonly string[]
}

/** A model with the pipeline that it is from. */
interface Candidate {
  readonly pipeline: Pipeline
  readonly entry: ModelEntry
  readonly nodeType: number
}

/**
 * Joins pipelines: node types get one numbering (see {@link mergedNodeTypes}), and models whose type has another number
 * there are renamed. Of several models of one source, output type, feature group, trainer and node type the one is kept
 * that a server would choose. Training data stays with the runs.
 *
 * @throws ModelError `INVALID_REQUEST` for a name that is none or is that of another pipeline, `INVALID_DATA` when nothing
 *   is left, `UNAVAILABLE` when it cannot be written, `CANCELLED`
 */
export async function mergePipelines(pipelines: readonly Pipeline[], options: MergeOptions): Promise<MergedPipeline> {
  const { name, parent, signal, onProgress } = options
  if (!isPipelineName(name)) {
    throw invalid(`${quote(name)} is no name: letters, digits, dot, dash and underscore`)
  }
  refuseOther(join(parent, name), name)
  const nodeTypes = mergedNodeTypes(pipelines)
  const notes = [...nodeTypes.notes]
  const conflicts: MergeConflict[] = []
  const files = new Map<string, string | Uint8Array>()
  const groups = [...candidatesByPath(pipelines, nodeTypes)]
  let models = 0
  for (const [i, [model, candidates]] of groups.entries()) {
    await nextTurn()
    if (signal?.aborted) throw new ModelError('CANCELLED', 'merging was stopped; what was there before is unchanged')
    const readable = ranked(candidates, pipelines).flatMap((one) => {
      try {
        return [{ ...one, files: filesOf(model, one.candidate) }]
      } catch (error) {
        notes.push(`${one.from} cannot be read: ${messageOf(error)}`)
        return []
      }
    })
    const [first, ...others] = readable
    onProgress?.(i + 1, groups.length, model)
    if (first === undefined) continue
    models++
    for (const [file, content] of first.files) files.set(file, content)
    const dropped = others.map(({ from, why }) => ({ from, why }))
    if (dropped.length > 0) conflicts.push({ model, kept: first.from, dropped })
  }
  if (models === 0) throw new ModelError('INVALID_DATA', `nothing to merge: ${notes[0] ?? 'no pipeline has a model'}`)
  const described = new Map([...descriptions(pipelines, nodeTypes, options), ...files])
  const written = await replacePipeline(parent, name, described, signal)
  return { ...written, models, nodeTypes: nodeTypes.types, conflicts, notes }
}

/** What was merged before is merged again; anything else of the name is somebody's work. */
function refuseOther(folder: string, name: string): void {
  if (!existsSync(folder)) return
  const isMerged = /"merged_from"/.test(readText(join(folder, 'metadata.json')))
  if (!isMerged) throw invalid(`${folder} is there, and was not made by merging: ${name} is another one's name`)
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

/** Models of one place and name in the merged pipeline. */
function candidatesByPath(pipelines: readonly Pipeline[], { typeOf }: MergedNodeTypes) {
  const named = new Map<string, Candidate[]>()
  for (const pipeline of pipelines) {
    for (const entry of pipeline.entries) {
      const nodeType = typeOf(pipeline, entry.nodeType)
      const path = `${entry.folder.path}/${formatModelName({ trainer: entry.trainer, nodeType })}`
      named.set(path, [...(named.get(path) ?? []), { pipeline, entry, nodeType }])
    }
  }
  return named
}

/** The best first, as a server chooses; where nothing speaks for one, that of the first pipeline. */
function ranked(candidates: readonly Candidate[], pipelines: readonly Pipeline[]) {
  const byEntry = new Map(candidates.map((candidate) => [candidate.entry, candidate]))
  const from = (entry: ModelEntry) => {
    const { pipeline } = byEntry.get(entry)!
    const isOnlyOfName = pipelines.filter(({ name }) => name === pipeline.name).length === 1
    return `${isOnlyOfName ? pipeline.name : pipeline.store.origin}/${entry.name}`
  }
  return explainChoice(createModelOrder<ModelEntry>(), [...byEntry.keys()], from).map(({ model, why }) => ({
    candidate: byEntry.get(model)!,
    from: from(model),
    why,
  }))
}

/** As training writes a model: unpacked with `weight.json`, and its zip beside. */
function filesOf(path: string, { pipeline, entry, nodeType }: Candidate): PipelineFiles {
  const archive = renamedArchive(readArchive(pipeline.store, entry, undefined), { trainer: entry.trainer, nodeType })
  const files = new Map<string, string | Uint8Array>([[`${path}.zip`, zipFiles(archive)]])
  for (const [file, content] of archive) files.set(`${path}/${file}`, content)
  if (entry.weights !== undefined) {
    files.set(`${path}/weight.json`, JSON.stringify(readWeights(pipeline.store, entry)))
  }
  return files
}

function descriptions(
  pipelines: readonly Pipeline[],
  { types, typeOf }: MergedNodeTypes,
  { name, clock }: MergeOptions,
): PipelineFiles {
  const described = pipelines.map(({ store }) => pipelineMetadata(store))
  const union = (lists: readonly (readonly string[] | null | undefined)[]) => [
    ...new Set(lists.flatMap((x) => x ?? [])),
  ]
  const joined = (values: readonly (string | null | undefined)[]) => union([values.flatMap((x) => x || [])]).join(', ')
  const times = described.flatMap(({ init_time }) => init_time ?? []).sort()
  const now = databaseTime(clock())
  const metadata = {
    name,
    isolator: joined(described.map(({ isolator }) => isolator)),
    extractor: joined(described.map(({ extractor }) => extractor)),
    abs_trainers: union(described.map(({ abs_trainers }) => abs_trainers)),
    dyn_trainers: union(described.map(({ dyn_trainers }) => dyn_trainers)),
    init_time: times[0] ?? now,
    last_update_time: now,
    merged_from: pipelines.map((pipeline) => ({
      name: pipeline.name,
      node_types: Object.fromEntries(
        [...new Set(pipeline.entries.map(({ nodeType }) => nodeType))].map((type) => [type, typeOf(pipeline, type)]),
      ),
    })),
  }
  const index = Object.fromEntries(types.map(({ id, spec, members }) => [id, { attrs: spec, members }]))
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  return new Map([
    ['metadata.json', json(metadata)],
    ['node_type_index.json', json(index)],
  ])
}

function invalid(why: string): ModelError {
  return new ModelError('INVALID_REQUEST', `--pipeline-name: ${why}`, { field: 'pipeline-name' })
}
