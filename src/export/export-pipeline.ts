import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { zipFiles } from '../archive/write-model-archive.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { modelPath } from '../registry/model-entry.js'
import type { Pipeline } from '../registry/pipeline.js'
import { isPipelineName } from '../registry/pipeline-name.js'
import { writeFileAtomic } from '../runtime/atomic-file.js'
import type { Clock } from '../runtime/ports.js'
import type { ModelRow, PipelineFiles } from '../train/pipeline-files.js'
import { swapPipeline, writeFiles } from '../train/write-pipeline.js'
import { collectTimeOf, databaseTime, rawDataOf } from './collect-time.js'
import { errorReport } from './error-report.js'
import { exportModel, type LeftOut, modelTables, publishableModels } from './exported-models.js'
import { type PipelineMetadata, pipelineMetadata } from './pipeline-metadata.js'
import {
  type PipelineDescription,
  type PipelinePicture,
  pipelinePage,
  pipelineReadme,
  versionReadme,
} from './pipeline-pages.js'

/** The version of the model database that is written: archives and pipelines of generation 0.7. */
export const databaseVersion = 'v0.7'

/** A picture for a pipeline's folder. */
export interface DrawnPicture extends PipelinePicture {
  readonly content: string | Uint8Array
}

export interface ExportOptions {
  /** The folder of the model database that has a folder a version, `models` in its repository. */
  readonly parent: string
  /** The pipeline's name in it. @default its own */
  readonly name?: string
  /** An account of GitHub. @default that of the pipeline's metadata */
  readonly publisher?: string
  /** When its data was measured, in any words. @default as its metadata says, else the time of its earliest row */
  readonly collectTime?: string
  /** Also the datasets that it was trained on. */
  readonly includeRaw: boolean
  /** Leave models out that the original's Python does not load. */
  readonly onlyForOriginal: boolean
  /** Where the version's folder is on the net, for links: `https://host/models/v0.7`. */
  readonly url: string
  /** Draws pictures of what is exported. */
  readonly draw?: (models: readonly ModelEntry[]) => Promise<readonly DrawnPicture[]>
  readonly clock: Clock
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number, name: string) => void
}

export interface ExportedPipeline {
  readonly folder: string
  readonly zip: string
  readonly models: readonly ModelEntry[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * Writes a pipeline in the layout of the model database, below `<parent>/v0.7`: the folder of the pipeline and its zip, its
 * page in `.doc`, and its line in `README.md`. What was exported under the name before is replaced as a whole; a failure
 * or an abort leaves it. The same pipeline gives the same files but for `export_time`.
 *
 * @throws ModelError `INVALID_REQUEST` for a name or publisher that is none, `INVALID_DATA` when no model passes the gate,
 *   `UNAVAILABLE` when it cannot be written, `CANCELLED`
 */
export async function exportPipeline(pipeline: Pipeline, options: ExportOptions): Promise<ExportedPipeline> {
  const { name = pipeline.name, signal } = options
  const before = pipelineMetadata(pipeline.store)
  const description = describe(pipeline, name, before, options)
  const parent = join(options.parent, databaseVersion)
  refuseOther(join(parent, name))
  const exported = await collect(pipeline, options)
  const files = new Map([
    ...exported.files,
    ...(await describedFiles(pipeline, exported.models, before, description, options)),
  ])
  const written = await swapPipeline(parent, name, async (staging) => {
    await writeFiles(staging.folder, files, signal)
    await writeFile(staging.zip, zipFiles(files))
    stopIfAborted(signal)
  })
  await rewrite(join(parent, '.doc', `${name}.md`), (text) => pipelinePage(description, text))
  await rewrite(join(parent, 'README.md'), (text) => versionReadme(description, databaseVersion, text))
  return { ...written, models: exported.models, leftOut: exported.leftOut }
}

function describe(
  { store }: Pipeline,
  name: string,
  before: PipelineMetadata,
  options: ExportOptions,
): PipelineDescription {
  const publisher = options.publisher ?? before.publisher ?? undefined
  if (!isPipelineName(name)) throw invalid('pipeline-name', name, 'letters, digits, dot, dash and underscore')
  if (publisher !== undefined && !/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/.test(publisher)) {
    throw invalid('publisher', publisher, 'the name of a GitHub account')
  }
  return {
    name,
    publisher,
    collectTime: options.collectTime ?? before.collect_time ?? collectTimeOf(store),
    lastUpdateTime: before.last_update_time ?? undefined,
    isolator: before.isolator ?? undefined,
    extractor: before.extractor ?? undefined,
    absTrainers: before.abs_trainers ?? [],
    dynTrainers: before.dyn_trainers ?? [],
  }
}

/** A folder of the same name that is no pipeline is somebody's, and stays. */
function refuseOther(folder: string): void {
  if (!existsSync(folder) || existsSync(join(folder, 'metadata.json'))) return
  throw new ModelError('INVALID_REQUEST', `${folder} is there and is no pipeline, so it is not replaced`, {
    field: 'output',
  })
}

interface Collected {
  readonly files: PipelineFiles
  readonly models: readonly ModelEntry[]
  readonly leftOut: readonly LeftOut[]
}

/** A model that cannot be read is left out and affects no other. */
async function collect(pipeline: Pipeline, options: ExportOptions): Promise<Collected> {
  const { models, leftOut } = publishableModels(pipeline, options.onlyForOriginal)
  const files = new Map<string, string | Uint8Array>()
  const rows = new Map<ModelEntry, ModelRow>()
  const unreadable: LeftOut[] = []
  for (const [i, entry] of models.entries()) {
    await nextTurn()
    stopIfAborted(options.signal)
    try {
      const model = exportModel(pipeline, entry)
      for (const [path, content] of model.files) files.set(path, content)
      rows.set(entry, model.row)
    } catch (error) {
      unreadable.push({ model: modelPath(entry), why: `it cannot be read: ${messageOf(error)}` })
    }
    options.onProgress?.(i + 1, models.length, modelPath(entry))
  }
  const all = [...leftOut, ...unreadable]
  if (rows.size === 0) {
    const [first] = all
    const why = first ? `the first of ${all.length} is left out: ${first.model}: ${first.why}` : 'it has no models'
    throw new ModelError('INVALID_DATA', `${pipeline.name} has no model for the model database; ${why}`)
  }
  for (const [path, content] of modelTables(rows)) files.set(path, content)
  return { files, models: [...rows.keys()], leftOut: all }
}

async function describedFiles(
  { store, nodeTypes }: Pipeline,
  models: readonly ModelEntry[],
  before: PipelineMetadata,
  description: PipelineDescription,
  { includeRaw, url, draw, clock }: ExportOptions,
): Promise<PipelineFiles> {
  const { name, publisher, collectTime } = description
  const metadata = {
    ...before,
    name,
    ...(publisher !== undefined && { publisher }),
    ...(collectTime !== undefined && { collect_time: collectTime }),
    export_time: databaseTime(clock()),
  }
  const pictures = (await draw?.(models)) ?? []
  const place = `${url.replace(/\/+$/, '')}/${name}`
  const files = new Map<string, string | Uint8Array>([
    ['metadata.json', JSON.stringify(metadata)],
    ['node_type_index.json', store.has('node_type_index.json') ? store.read('node_type_index.json') : '{}'],
    ['README.md', pipelineReadme(description, databaseVersion, nodeTypes, pictures)],
    ...pictures.map(({ file, content }) => [file, content] as const),
    ...nodeTypes.map((type) => [`error_report/node_type_${type.id}.md`, errorReport(type, models, place)] as const),
  ])
  if (includeRaw) {
    for (const path of rawDataOf(store)) files.set(path, store.read(path))
  }
  return files
}

/** A file that others write too: only what is ours in it changes. */
async function rewrite(path: string, change: (text: string | undefined) => string): Promise<void> {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined
  const after = change(before)
  if (after !== before) await writeFileAtomic(path, [after])
}

function invalid(field: string, value: string, expected: string): ModelError {
  return new ModelError('INVALID_REQUEST', `--${field} ${quote(value)}: expected ${expected}`, { field })
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ModelError('CANCELLED', 'the export was stopped; what was there before is unchanged')
}
