import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const pattern = /\.\d+\.tmp$/
/** Nobody takes so many milliseconds from one write of such a file to the next: who began it was killed. */
const abandonedAfter = 60_000

/** Where a file is written before it is renamed to its place: beside it, so that a rename is one step. */
export function temporaryPath(path: string): string {
  return `${path}.${process.pid}.tmp`
}

/**
 * Removes what programs that were killed have left at `temporaryPath`s in a folder, not in those below it. Whoever else
 * writes there goes on undisturbed. What cannot be removed stays: it is in nobody's way.
 *
 * @param age milliseconds since the last write after which a file is abandoned; 0 where nobody else writes
 */
export async function sweepTemporaryFiles(folder: string, now: number, age: number = abandonedAfter): Promise<void> {
  for (const file of await readdir(folder).catch(() => [])) {
    if (!pattern.test(file)) continue
    const path = join(folder, file)
    const written = await stat(path).catch(() => undefined)
    if (written?.isFile() && Math.abs(now - written.mtimeMs) >= age) await rm(path).catch(() => undefined)
  }
}
