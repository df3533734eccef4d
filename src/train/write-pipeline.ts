import { existsSync } from 'node:fs'
import { access, constants, cp, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { zipFiles } from '../archive/write-model-archive.js'
import { ModelError, messageOf } from '../core/errors.js'
import { makeFolder } from '../runtime/make-folder.js'
import { type ModelRow, modelMetadataCsv, modelRow, type PipelineFiles } from './pipeline-files.js'
import { recoverPipeline, removeStaging, type StagingPaths, stagingPaths } from './recover-pipeline.js'

/**
 * Makes the folder that a pipeline goes into and checks that it can be written, before anything is trained for it.
 *
 * @throws ModelError `INVALID_CONFIG` that names the folder
 */
export async function checkOutput(parent: string, name: string): Promise<void> {
  try {
    await makeFolder(parent)
    const paths = [parent, join(parent, name), join(parent, `${name}.zip`)]
    for (const path of paths.filter((one) => existsSync(one))) await access(path, constants.W_OK)
  } catch (cause) {
    const message = `pipeline ${name} cannot be written to ${parent}: ${messageOf(cause)}`
    throw new ModelError('INVALID_CONFIG', message, { cause, field: 'data-path' })
  }
}

/**
 * Writes a pipeline into `<parent>/<name>`, and all of it into `<parent>/<name>.zip`. Models that are there already stay,
 * unless they are trained anew. See {@link swapPipeline}.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written, `CANCELLED`
 */
export async function writePipeline(
  parent: string,
  name: string,
  files: PipelineFiles,
  signal?: AbortSignal,
): Promise<{ readonly folder: string; readonly zip: string }> {
  return swapPipeline(parent, name, (staging) => stage(staging, files, signal, join(parent, name)))
}

/**
 * The same without what was there: the pipeline has these files and no others. See {@link swapPipeline}.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written, `CANCELLED`
 */
export async function replacePipeline(
  parent: string,
  name: string,
  files: PipelineFiles,
  signal?: AbortSignal,
): Promise<{ readonly folder: string; readonly zip: string }> {
  return swapPipeline(parent, name, (staging) => stage(staging, files, signal))
}

async function stage(
  staging: StagingPaths,
  files: PipelineFiles,
  signal: AbortSignal | undefined,
  kept?: string,
): Promise<void> {
  await makeFolder(staging.folder)
  if (kept !== undefined && existsSync(kept)) await cp(kept, staging.folder, { recursive: true })
  const before = await filesOf(staging.folder)
  // New files are taken from memory, not read back from disk.
  const whole: PipelineContents = {
    paths: [...new Set([...before, ...files.keys()])].sort(),
    read: async (path) => files.get(path) ?? readFile(join(staging.folder, path)),
  }
  const tables = await modelTables(whole)
  await writeFiles(staging.folder, new Map([...files, ...tables]), signal)
  await writeFile(staging.zip, zipFiles(await published(whole, tables)))
  stopIfAborted(signal)
}

/**
 * Replaces `<parent>/<name>` and `<parent>/<name>.zip` by what `prepare` writes to the staging paths. Whoever follows the
 * folder sees the old pipeline or the new one, never half of one; when `prepare` throws, the old one stays. First, files
 * of a process that was killed are recovered.
 *
 * @throws ModelError what `prepare` throws, `UNAVAILABLE` when the files cannot be written
 */
export async function swapPipeline(
  parent: string,
  name: string,
  prepare: (staging: StagingPaths) => Promise<void>,
): Promise<{ readonly folder: string; readonly zip: string }> {
  const folder = join(parent, name)
  const zip = join(parent, `${name}.zip`)
  const staging = stagingPaths(parent, name, process.pid)
  try {
    await makeFolder(parent)
    await recoverPipeline(parent, name)
    await prepare(staging)
    if (existsSync(folder)) await rename(folder, staging.old)
    await rename(staging.folder, folder)
    await rename(staging.zip, zip)
    return { folder, zip }
  } catch (cause) {
    if (existsSync(staging.old) && !existsSync(folder)) await rename(staging.old, folder)
    if (cause instanceof ModelError) throw cause
    throw new ModelError('UNAVAILABLE', `pipeline ${folder} cannot be written: ${messageOf(cause)}`, { cause })
  } finally {
    await removeStaging(staging)
  }
}

/** The files of the pipeline to write: those that were there, replaced by the new ones. */
interface PipelineContents {
  readonly paths: readonly string[]
  read(path: string): Promise<string | Uint8Array>
}

/** Files written concurrently: enough to keep a disk busy, far below the limit of open files. */
const writesAtOnce = 16

/** @throws ModelError `CANCELLED` when the signal comes between two files */
export async function writeFiles(folder: string, files: PipelineFiles, signal: AbortSignal | undefined): Promise<void> {
  for (const path of new Set([...files.keys()].map((file) => dirname(join(folder, file))))) {
    await makeFolder(path)
  }
  const left = files.entries()
  const write = async () => {
    for (const [path, content] of left) {
      stopIfAborted(signal)
      await writeFile(join(folder, path), content)
    }
  }
  await Promise.all(Array.from({ length: writesAtOnce }, write))
}

/** `<source>_<output type>_model_metadata.csv` of all models in a pipeline folder. */
async function modelTables({ paths, read }: PipelineContents): Promise<ReadonlyMap<string, string>> {
  const rows = new Map<string, ModelRow[]>()
  for (const path of paths) {
    const [source, outputType, group = ''] = path.split('/')
    if (!isOfModel(path, 'metadata.json')) continue
    const metadata: Record<string, unknown> = JSON.parse(String(await read(path)))
    const name = `${source}_${outputType}_model_metadata.csv`
    const list = rows.get(name) ?? []
    list.push(modelRow(metadata, group))
    rows.set(name, list)
  }
  return new Map([...rows].map(([name, list]) => [name, modelMetadataCsv(list)]))
}

/** The files of a pipeline's zip: descriptions, and per model the zip and, where it has weights, `<model>.json`. */
async function published({ paths, read }: PipelineContents, tables: PipelineFiles): Promise<PipelineFiles> {
  const files = new Map<string, string | Uint8Array>()
  for (const path of new Set([...tables.keys(), ...paths])) {
    const parts = path.split('/')
    const weights = isOfModel(path, 'weight.json')
    const description = parts.length === 1 && /\.(json|csv|md)$/.test(path)
    if (!weights && !description && !(parts.length === 4 && path.endsWith('.zip'))) continue
    files.set(weights ? `${parts.slice(0, 4).join('/')}.json` : path, tables.get(path) ?? (await read(path)))
  }
  return files
}

/** Whether a path is that of a file in a model's folder: `<source>/<output type>/<group>/<model>/<name>`. */
function isOfModel(path: string, name: string): boolean {
  const parts = path.split('/')
  return parts.length === 5 && parts[4] === name
}

/** Paths of all files below a folder, with `/` between their parts. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new ModelError('CANCELLED', 'writing the pipeline was stopped; the one before is unchanged')
}
