import { existsSync } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a process prepares a pipeline before it takes its place. The dot keeps watchers away. */
export interface BesidePaths {
  /** The whole new folder. */
  readonly folder: string
  readonly zip: string
  /** The folder before, for the moment between two renames. It is there only once the other two are complete. */
  readonly old: string
}

export function besidePaths(parent: string, name: string, pid: number): BesidePaths {
  const at = (kind: string) => join(parent, `.${name}.${pid}.${kind}`)
  return { folder: at('new'), zip: at('zip'), old: at('old') }
}

/** Nobody takes so many milliseconds from one rename to the next. */
const longestSwap = 60_000

/**
 * Finishes what processes that were killed while they wrote a pipeline had begun: where the old one had been moved away,
 * the new one was complete and takes its place; everything else that they left is removed. What a running process is
 * writing is left alone.
 */
export async function recoverPipeline(parent: string, name: string): Promise<void> {
  for (const pid of await writersOf(parent, name)) {
    const beside = besidePaths(parent, name, pid)
    if (await atWork(pid, beside)) continue
    await finish(join(parent, name), beside)
    await removeBeside(beside)
  }
}

/** The zip first: one that stands there without the new folder is taken for a complete one. */
export async function removeBeside({ zip, folder, old }: BesidePaths): Promise<void> {
  for (const path of [zip, folder, old]) await rm(path, { recursive: true, force: true })
}

/** The order of the renames (old folder, new folder, zip) says how far it got. */
async function finish(folder: string, beside: BesidePaths): Promise<void> {
  if (!existsSync(folder) && existsSync(beside.old)) {
    if (!existsSync(beside.folder)) return rename(beside.old, folder)
    await rename(beside.folder, folder)
  }
  if (!existsSync(beside.folder) && existsSync(beside.zip)) await rename(beside.zip, `${folder}.zip`)
}

async function writersOf(parent: string, name: string): Promise<ReadonlySet<number>> {
  const prefix = `.${name}.`
  const files = (await readdir(parent)).filter((file) => file.startsWith(prefix))
  const pids = files.flatMap((file) => /^(\d{1,10})\.(?:new|zip|old)$/.exec(file.slice(prefix.length))?.[1] ?? [])
  return new Set(pids.map(Number))
}

/** Our own number is that of a process before us: containers give the same ones again. */
async function atWork(pid: number, { old }: BesidePaths): Promise<boolean> {
  if (pid === process.pid || !isAlive(pid)) return false
  const moved = await stat(old).catch(() => undefined)
  return moved === undefined || Date.now() - moved.ctimeMs < longestSwap
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
