import { createReadStream } from 'node:fs'
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { ModelError, quote } from '../../core/errors.js'
import { findPipelines } from '../../registry/find-pipelines.js'
import type { PipelineLocation } from '../../registry/load-pipeline.js'
import { isPipelineName } from '../../registry/pipeline-name.js'
import { zipStore } from '../../registry/store/zip-store.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { makeFolder } from '../../runtime/make-folder.js'
import { appendLog, type LogEntry, readLog } from './version-log.js'

/** A published version that is kept. */
export interface Version {
  readonly number: number
  readonly path: string
  readonly bytes: number
  /** When it was published, in milliseconds since the epoch. */
  readonly publishedAt: number
  /** Whether it is the one that is served. */
  readonly live: boolean
}

/** A version that an operator chose: nothing is published over it. */
export interface Pin {
  readonly version: number
  /** ISO 8601, UTC. */
  readonly since: string
}

/**
 * The versions of one pipeline: `<model folder>/.versions/<name>/<number>.zip`, and the served one as
 * `<model folder>/<name>.zip`. Publishing is one rename of a whole file, so a kill at any moment leaves the version
 * before or the new one. Which one is served is written in it, and nowhere else.
 */
export interface Versions {
  readonly name: string
  /** Where the next version is written before it is published. */
  readonly candidatePath: string
  /** The pipeline that a model server finds under the name: a zip, or a folder that another program wrote. */
  served(): PipelineLocation | undefined
  /** Of the served zip; 0 when there is none, or another program made it. */
  liveNumber(): number
  /** Ascending. */
  list(): Promise<readonly Version[]>
  /** Larger than any number used before. */
  nextNumber(): Promise<number>
  /**
   * Publishes the file at `candidatePath` and removes the oldest versions beyond those that are kept.
   *
   * @returns the pin of a rollback that happened at the same time: then that version is served, not the new one
   */
  publish(number: number): Promise<Pin | undefined>
  /**
   * Serves an earlier version again and pins it.
   *
   * @param number @default the newest before the served one; the newest of all where what is served cannot be read
   * @throws ModelError `INVALID_REQUEST` when there is no such version
   */
  rollback(number: number | undefined, now: number): Promise<Version>
  pin(): Promise<Pin | undefined>
  unpin(): Promise<void>
  log(entry: LogEntry): Promise<void>
  /** Log entries, oldest first. */
  history(): Promise<readonly LogEntry[]>
}

const versionFile = /^(\d{1,9})\.zip$/
const pinSchema = z.object({ version: z.number().int().nonnegative(), since: z.string() })

/** The folder of a pipeline's versions; it exists once one was published. */
export function versionsFolder(modelPath: string, name: string): string {
  return join(modelPath, '.versions', name)
}

/** @throws ModelError `INVALID_CONFIG` when the name is not a valid one; nothing is written yet */
export function pipelineVersions(modelPath: string, name: string, keep: number): Versions {
  if (!isPipelineName(name)) {
    throw new ModelError('INVALID_CONFIG', `${quote(name)} is no name of a pipeline`, { field: 'ONLINE_PIPELINE' })
  }
  const folder = versionsFolder(modelPath, name)
  const livePath = join(modelPath, `${name}.zip`)
  const pinPath = join(folder, 'pinned.json')
  const logPath = join(folder, 'history.jsonl')
  const pathOf = (number: number) => join(folder, `${String(number).padStart(6, '0')}.zip`)

  const served = () => findPipelines(modelPath).find((location) => location.name === name)

  function liveNumber(): number {
    const location = served()
    return location?.kind === 'zip' ? versionIn(location.path) : 0
  }

  async function list(): Promise<readonly Version[]> {
    const files = await readdir(folder).catch(() => [])
    const live = liveNumber()
    const versions: Version[] = []
    for (const file of files) {
      const number = Number(versionFile.exec(file)?.[1] ?? 0)
      if (number === 0) continue
      const path = join(folder, file)
      const { size, mtimeMs } = await stat(path)
      versions.push({ number, path, bytes: size, publishedAt: mtimeMs, live: number === live })
    }
    return versions.sort((a, b) => a.number - b.number)
  }

  const serve = (path: string): Promise<void> => writeFileAtomic(livePath, bytesOf(path))

  async function forgetOldest(): Promise<void> {
    const others = (await list()).filter(({ live }) => !live)
    for (const { path } of others.slice(0, Math.max(0, others.length - keep + 1))) await rm(path, { force: true })
  }

  return {
    name,
    candidatePath: join(folder, 'candidate.zip'),
    served,
    liveNumber,
    list,
    async nextNumber() {
      const kept = (await list()).map(({ number }) => number)
      const logged = (await readLog(logPath)).flatMap(({ version }) => version ?? [])
      return Math.max(0, liveNumber(), ...kept, ...logged) + 1
    },
    async publish(number) {
      await makeFolder(folder)
      await rename(join(folder, 'candidate.zip'), pathOf(number))
      try {
        await serve(pathOf(number))
      } catch (error) {
        // It was never served. Kept, every attempt would leave one more file on a disk that is full already.
        await rm(pathOf(number), { force: true })
        throw error
      }
      // A rollback writes its pin before it replaces the served file. A pin that appears only now means that the lines
      // above have replaced its file.
      const pin = await this.pin()
      if (pin !== undefined) await serve(pathOf(pin.version))
      await forgetOldest()
      return pin
    },
    async rollback(number, now) {
      const versions = await list()
      const live = liveNumber()
      // Where the served file cannot be read, the rollback goes to the newest version.
      const earlier = versions.filter((version) => live === 0 || version.number < live)
      const wanted = number ?? earlier.at(-1)?.number ?? 0
      const version = versions.find((other) => other.number === wanted)
      if (version === undefined) {
        const kept = versions.map((other) => (other.live ? `${other.number} (served)` : other.number)).join(', ')
        const what = number === undefined ? `no version before ${live || 'the served one'}` : `no version ${number}`
        throw new ModelError('INVALID_REQUEST', `pipeline ${name} has ${what}; kept: ${kept || 'none'}`, {
          field: 'rollback',
        })
      }
      // Pinned first: a round that runs now must not publish over it.
      await writeFileAtomic(pinPath, [JSON.stringify({ version: wanted, since: new Date(now).toISOString() })])
      await serve(version.path)
      return { ...version, live: true }
    },
    async pin() {
      const text = await readFile(pinPath, 'utf8').catch(() => undefined)
      if (text === undefined) return undefined
      const parsed = pinSchema.safeParse(parseJson(text))
      // A pin that cannot be read still means that nothing is to be published.
      return parsed.success ? parsed.data : { version: liveNumber(), since: 'unknown' }
    },
    async unpin() {
      await rm(pinPath, { force: true })
    },
    log: (entry) => appendLog(logPath, entry),
    history: () => readLog(logPath),
  }
}

/** The number in a pipeline's own metadata; 0 when it has none or cannot be read. */
export function versionIn(path: string): number {
  try {
    const store = zipStore(path)
    try {
      return versionOf(store.read('metadata.json'))
    } finally {
      store.close()
    }
  } catch {
    return 0
  }
}

/** The number that the online trainer writes into a pipeline's `metadata.json`; 0 in those of other programs. */
export function versionOf(metadata: Uint8Array): number {
  const { version } = z.object({ version: z.unknown() }).catch({ version: 0 }).parse(parseJson(metadata))
  return typeof version === 'number' && Number.isSafeInteger(version) && version > 0 ? version : 0
}

function parseJson(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(text).toString('utf8'))
  } catch {
    // Damaged, or not the JSON of this program: it has no version number.
    return undefined
  }
}

/** Opened when the first byte is asked for. */
async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path)
}
