import { isLoadableByOriginal, parseModelMetadata } from '../archive/metadata.js'
import type { ByteSource } from '../archive/zip/byte-source.js'
import { modelZipLimits } from '../archive/zip/limits.js'
import { openZip } from '../archive/zip/zip.js'
import { ModelError, messageOf } from '../core/errors.js'
import { parseModelName } from '../core/model-name.js'
import { type NodeTypeIndex, parseNodeTypeIndex } from '../machine/node-type-index.js'
import { inTurns, type Pieces } from '../runtime/in-turns.js'
import { createInterner, type Interner } from './interner.js'
import { metadataNumbersOf } from './metadata-numbers.js'
import { type ModelEntry, type ModelFolder, parseModelFolder } from './model-entry.js'
import type { PipelineStore } from './store/pipeline-store.js'

/** Everything about a pipeline that choosing a model needs. */
export interface PipelineIndex {
  readonly nodeTypes: NodeTypeIndex
  readonly entries: readonly ModelEntry[]
  /** Models that were skipped, and why. */
  readonly damaged: readonly DamagedModel[]
}

export interface DamagedModel {
  readonly path: string
  readonly reason: string
}

/** Pieces of some milliseconds. */
const modelsPerPiece = 32
const namesPerPiece = 4096

/**
 * Reads a pipeline's names, its node types and the `metadata.json` of every model; nothing else is unpacked. A model
 * that cannot be read is skipped and reported.
 *
 * @throws ModelError `INVALID_ARCHIVE` when it is no pipeline: it has no `metadata.json`, or its node types are damaged;
 *   `CANCELLED` when `signal` aborts
 */
export async function indexPipeline(store: PipelineStore, signal?: AbortSignal): Promise<PipelineIndex> {
  try {
    return await inTurns(indexPieces(store), signal)
  } catch (error) {
    if (signal?.aborted) throw new ModelError('CANCELLED', 'indexing was stopped')
    throw error
  }
}

function* indexPieces(store: PipelineStore): Pieces<PipelineIndex> {
  const found = yield* collect(store.list())
  if (!store.has('metadata.json')) {
    throw new ModelError('INVALID_ARCHIVE', `${store.origin} is no pipeline: it has no metadata.json`)
  }
  const nodeTypes = store.has('node_type_index.json')
    ? parseNodeTypeIndex(Buffer.from(store.read('node_type_index.json')).toString('utf8'))
    : []
  const interner = createInterner()
  const entries: ModelEntry[] = []
  const damaged: DamagedModel[] = []
  let left = modelsPerPiece
  for (const [path, files] of found) {
    if (--left === 0) {
      yield
      left = modelsPerPiece
    }
    try {
      entries.push(readEntry(store, path, files, interner))
    } catch (error) {
      damaged.push({ path, reason: messageOf(error) })
    }
  }
  return { nodeTypes, entries, damaged }
}

/** The files that make up one model, and its folder. */
interface ModelFiles {
  readonly folder: ModelFolder
  readonly name: string
  zip: boolean
  json: boolean
  metadata: boolean
  weight: boolean
}

/** Sorts the names of a pipeline's files into models, by path without ending. */
function* collect(names: Iterable<string>): Pieces<ReadonlyMap<string, ModelFiles>> {
  const folders = new Map<string, ModelFolder | undefined>()
  const models = new Map<string, ModelFiles>()

  function model(folderPath: string, name: string): ModelFiles | undefined {
    const path = `${folderPath}/${name}`
    const existing = models.get(path)
    if (existing) return existing
    if (!folders.has(folderPath)) folders.set(folderPath, parseModelFolder(folderPath))
    const folder = folders.get(folderPath)
    // Folders such as `checkpoint` hold no model.
    if (!folder || !/_-?\d+$/.test(name)) return undefined
    const files = { folder, name, zip: false, json: false, metadata: false, weight: false }
    models.set(path, files)
    return files
  }

  let left = namesPerPiece
  for (const path of names) {
    if (--left === 0) {
      yield
      left = namesPerPiece
    }
    const parts = path.split('/')
    const group = parts.slice(0, 3).join('/')
    const last = parts.at(-1)!
    if (parts.length === 4 && last.endsWith('.zip')) set(model(group, last.slice(0, -4)), 'zip')
    if (parts.length === 4 && last.endsWith('.json')) set(model(group, last.slice(0, -5)), 'json')
    if (parts.length === 5 && last === 'metadata.json') set(model(group, parts[3]!), 'metadata')
    if (parts.length === 5 && last === 'weight.json') set(model(group, parts[3]!), 'weight')
  }
  return models
}

function set(files: ModelFiles | undefined, file: 'zip' | 'json' | 'metadata' | 'weight'): void {
  if (files) files[file] = true
}

function readEntry(store: PipelineStore, path: string, files: ModelFiles, interner: Interner): ModelEntry {
  const { trainer, nodeType } = parseModelName(files.name)
  if (!files.zip && !files.metadata) {
    throw new ModelError('INVALID_ARCHIVE', 'it has weights, but neither an archive nor a metadata.json')
  }
  const bytes = files.zip ? store.open(`${path}.zip`, metadataOfArchive) : store.read(`${path}/metadata.json`)
  const metadata = parseModelMetadata(bytes)
  return {
    name: files.name,
    trainer: interner.text(trainer),
    nodeType,
    folder: files.folder,
    features: interner.list(metadata.features),
    numbers: metadataNumbersOf(metadata, interner.list),
    archive: files.zip ? 'zip' : 'folder',
    loadableByOriginal: isLoadableByOriginal(metadata),
    weights: files.json ? 'file' : files.weight ? 'folder' : undefined,
  }
}

function metadataOfArchive(source: ByteSource): Uint8Array {
  return openZip(source, modelZipLimits).read('metadata.json')
}
