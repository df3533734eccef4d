import { appendFile, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { makeFolder } from '../../runtime/make-folder.js'

/** One line of `history.jsonl`: what was done to a pipeline, and why. */
const entrySchema = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  action: z.enum(['published', 'kept', 'rolled-back', 'unpinned']),
  /** The version that is served from then on. */
  version: z.number().int().nonnegative().optional(),
  why: z.string(),
  /** What was decided of each slot, e.g. `rapl-sysfs/AbsPower/BPFOnly/0`. */
  slots: z.record(z.string(), z.object({ verdict: z.string(), why: z.string() })).optional(),
})
export type LogEntry = z.infer<typeof entrySchema>

const maxEntries = 1000

/** Appends a line. When there are too many, the oldest are removed, those of published versions last. */
export async function appendLog(path: string, entry: LogEntry): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const entries = entriesOf(text)
  if (entries.length < 2 * maxEntries) {
    await makeFolder(dirname(path))
    // The last line may be incomplete after a kill; this one must not be appended to it.
    return appendFile(path, (text === '' || text.endsWith('\n') ? '' : '\n') + line(entry))
  }
  // Entries of changes are kept longer than entries of rounds that changed nothing.
  const newest = 1 - maxEntries
  const done = entries.slice(0, newest).filter(({ action }) => action !== 'kept')
  await writeFileAtomic(path, [...done.slice(-maxEntries / 2), ...entries.slice(newest), entry].map(line))
}

/** Oldest first. A line that is incomplete after a kill is left out. */
export async function readLog(path: string): Promise<readonly LogEntry[]> {
  return entriesOf(await readFile(path, 'utf8').catch(() => ''))
}

function entriesOf(text: string): readonly LogEntry[] {
  return text.split('\n').flatMap((one) => {
    try {
      return [entrySchema.parse(JSON.parse(one))]
    } catch {
      return []
    }
  })
}

function line(entry: LogEntry): string {
  return `${JSON.stringify(entry)}\n`
}
