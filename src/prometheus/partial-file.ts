import { type FileHandle, open, rm } from 'node:fs/promises'
import { ModelError, messageOf } from '../core/errors.js'
import { writeFileAtomic } from '../runtime/atomic-file.js'

/**
 * A saved response while it grows: the first line says what was asked, each further line is one finished metric,
 * `"name":[series]`. A line counts when its end has been written, so a program that is killed loses one metric at most.
 */
export interface PartialFile {
  /** Metrics that are finished already. */
  readonly done: ReadonlySet<string>
  /** What was asked when the file was begun, for a file that was continued. */
  readonly plan: string
  add(metric: string, chunks: Iterable<string>): Promise<void>
  /** Writes the response to `path` in one step, and removes the partial file. */
  finish(path: string): Promise<void>
  /** Lets go of the file; it stays to be continued. */
  close(): Promise<void>
}

const newline = 0x0a
const maxHeadBytes = 8192

/**
 * Continues the file if `accepts` its plan, else begins a new one with `plan`.
 *
 * @throws ModelError `UNAVAILABLE` when the file cannot be written
 */
export async function openPartialFile(
  path: string,
  plan: string,
  accepts: (plan: string) => boolean,
): Promise<PartialFile> {
  const file = await open(path, 'a+').catch((cause: unknown) => {
    throw new ModelError('UNAVAILABLE', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  })
  try {
    const found = await finishedLines(file)
    const begun = found.plan
    const continued = begun !== undefined && accepts(begun)
    await file.truncate(continued ? found.end : 0)
    if (!continued) await file.appendFile(`${plan}\n`)
    return partialFile(path, file, continued ? begun : plan, new Set(continued ? found.metrics : []))
  } catch (error) {
    await file.close()
    throw error
  }
}

function partialFile(path: string, file: FileHandle, plan: string, done: Set<string>): PartialFile {
  return {
    done,
    plan,
    async add(metric, chunks) {
      await file.appendFile(`${JSON.stringify(metric)}:`)
      for (const chunk of chunks) await file.appendFile(chunk)
      await file.appendFile('\n')
      done.add(metric)
    },
    async finish(target) {
      await writeFileAtomic(target, responseOf(file))
      await file.close()
      await rm(path, { force: true })
    },
    close: () => file.close(),
  }
}

/** The plan, the names of finished metrics and where the last finished line ends. */
async function finishedLines(file: FileHandle): Promise<{ plan: string | undefined; metrics: string[]; end: number }> {
  const metrics: string[] = []
  let plan: string | undefined
  let end = 0
  let at = 0
  let head = ''
  for await (const chunk of chunksOf(file)) {
    for (let from = 0; from < chunk.length; ) {
      const stop = chunk.indexOf(newline, from)
      const to = stop < 0 ? chunk.length : stop
      // The head of a line is all that is looked at: a plan, or a metric's name.
      if (head.length < maxHeadBytes) head += chunk.toString('utf8', from, Math.min(to, from + maxHeadBytes))
      if (stop < 0) break
      if (plan === undefined) plan = head
      else metrics.push(nameIn(head))
      head = ''
      end = at + stop + 1
      from = stop + 1
    }
    at += chunk.length
  }
  return { plan, metrics, end }
}

function nameIn(head: string): string {
  const name = /^"((?:[^"\\]|\\.)*)":/.exec(head)
  return name ? String(JSON.parse(`"${name[1]}"`)) : ''
}

/** All lines but the first, with commas between and braces around. */
async function* responseOf(file: FileHandle): AsyncGenerator<string | Uint8Array> {
  yield '{'
  let line = 0
  let begins = true
  for await (const chunk of chunksOf(file)) {
    for (let from = 0; from < chunk.length; ) {
      const stop = chunk.indexOf(newline, from)
      const to = stop < 0 ? chunk.length : stop
      if (line > 0 && to > from) {
        if (begins && line > 1) yield ',\n'
        yield chunk.subarray(from, to)
        begins = false
      }
      if (stop < 0) break
      line++
      begins = true
      from = stop + 1
    }
  }
  yield '}\n'
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(1 << 20), 0, 1 << 20, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
