import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { errorCode, ModelError, messageOf, quote } from '../core/errors.js'
import type { PipelineLocation } from './load-pipeline.js'
import { isPipelineName } from './pipeline-name.js'
import { type PipelineKindName, pipelineKindNames, pipelineKinds } from './store/pipeline-kinds.js'

/**
 * The pipelines in a folder: folders that have a `metadata.json`, and zips, except where the unpacked one of the same
 * name is newer. No folder, no pipelines.
 *
 * @throws ModelError `UNAVAILABLE` when the folder is there and cannot be listed
 */
export function findPipelines(modelPath: string): readonly PipelineLocation[] {
  const found = new Map<string, PipelineLocation & { readonly changedAt: number }>()
  for (const file of list(modelPath)) {
    const path = join(modelPath, file)
    const { name, kind } = nameAndKind(file)
    const changedAt = isPipelineName(name) ? changeOf(path, kind) : undefined
    const other = found.get(name)
    if (changedAt === undefined || (other && other.changedAt >= changedAt)) continue
    found.set(name, { name, path, kind, changedAt })
  }
  return [...found.values()].map(({ name, path, kind }) => ({ name, path, kind }))
}

/** Changes whenever the pipeline does; costs a few calls to the file system. */
export function pipelineSignature({ path, kind }: PipelineLocation): string {
  return pipelineKinds[kind].signatureOf(path)
}

/** The pipeline at a path that somebody named. @throws ModelError `UNAVAILABLE` when there is nothing */
export function pipelineAt(path: string, name: string): PipelineLocation {
  try {
    if (statSync(path).isDirectory()) return { name, path, kind: 'folder' }
  } catch (error) {
    throw new ModelError('UNAVAILABLE', `there is no pipeline at ${quote(path)}: ${messageOf(error)}`, { cause: error })
  }
  const { kind } = nameAndKind(basename(path))
  return { name, path, kind: kind === 'folder' ? 'zip' : kind }
}

function nameAndKind(entry: string): { readonly name: string; readonly kind: PipelineKindName } {
  for (const kind of pipelineKindNames) {
    const name = pipelineKinds[kind].nameOf(entry)
    if (name !== undefined) return { name, kind }
  }
  return { name: entry, kind: 'folder' }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw new ModelError('UNAVAILABLE', `${quote(folder)} cannot be listed: ${messageOf(error)}`, { cause: error })
  }
}

function changeOf(path: string, kind: PipelineKindName): number | undefined {
  try {
    const stats = statSync(pipelineKinds[kind].markerOf(path))
    return stats.isFile() ? stats.mtimeMs : undefined
  } catch (error) {
    // A file where a folder was looked into, a link to nowhere, or gone by now: no pipeline. What may not be looked at is
    // one all the same: who loads it learns why it cannot be read, and keeps what it has.
    return isAbsent(error) ? undefined : 0
  }
}

function isAbsent(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')
}
