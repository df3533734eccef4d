import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../core/errors.js'

/** Where a process prepares a pipeline before it renames it into place. Names with a dot are not followed as pipelines. */
export interface StagingPaths {
  /** The whole new folder. */
  readonly folder: string
  readonly zip: string
  /** The previous folder, between two renames. It exists only once the other two are complete. */
  readonly old: string
}

export function stagingPaths(parent: string, name: string, pid: number): StagingPaths {
  const at = (kind: string) => join(parent, `.${name}.${pid}.${kind}`)
  return { folder: at('new'), zip: at('zip'), old: at('old') }
}

/** Milliseconds; two renames of a running process are never this far apart. */
const longestSwap = 60_000

/**
 * Recovers a pipeline from processes that were killed while they wrote it: where the old folder had been moved away, the
 * new one was complete and is renamed into place; their other files are removed. Files of a running process are left
 * alone.
 */
export async function recoverPipeline(parent: string, name: string): Promise<void> {
  for (const pid of await writersOf(parent, name)) {
    const staging = stagingPaths(parent, name, pid)
    if (await isWriting(pid, staging)) continue
    await completeSwap(join(parent, name), staging)
    await removeStaging(staging)
  }
}

/** The zip is removed first: a zip without the new folder is taken for a complete one. */
export async function removeStaging({ zip, folder, old }: StagingPaths): Promise<void> {
  for (const path of [zip, folder, old]) await rm(path, { recursive: true, force: true })
}

/** Completes the renames, which are in the order: old folder, new folder, zip. */
async function completeSwap(folder: string, staging: StagingPaths): Promise<void> {
  if (!existsSync(folder) && existsSync(staging.old)) {
    if (!existsSync(staging.folder)) return rename(staging.old, folder)
    await rename(staging.folder, folder)
  }
  if (!existsSync(staging.folder) && existsSync(staging.zip)) await rename(staging.zip, `${folder}.zip`)
}

async function writersOf(parent: string, name: string): Promise<ReadonlySet<number>> {
  const prefix = `.${name}.`
  const files = (await readdir(parent)).filter((file) => file.startsWith(prefix))
  const pids = files.flatMap((file) => /^(\d{1,10})\.(?:new|zip|old)$/.exec(file.slice(prefix.length))?.[1] ?? [])
  return new Set(pids.map(Number))
}

/** Files with this process's own id are of an earlier process: containers reuse ids. */
async function isWriting(pid: number, { old }: StagingPaths): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false
  const moved = await stat(old).catch(() => undefined)
  // A time that lies ahead is of before the clock was set back.
  return moved === undefined || Math.abs(Date.now() - moved.ctimeMs) < longestSwap
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return errorCode(error) === 'EPERM'
  }
}
