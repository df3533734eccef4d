import { type FileHandle, open, rm } from 'node:fs/promises'
import * as z from 'zod'
import { ModelError, messageOf } from '../core/errors.js'
import { writeFileAtomic } from '../runtime/atomic-file.js'
import { type NoticeCollector, type Notices, noticeCollector, noticeKinds } from './notices.js'

/**
 * A saved response while it grows: the first line says what was asked, each further line is one finished metric,
 * `"name":[series]`, or, behind a `#`, what the server said of its answers. A line counts when its end has been written, so a program that is killed loses one metric at most.
 */
export interface PartialFile {
  /** Metrics that are finished already. */
  readonly done: ReadonlySet<string>
  /** What was asked when the file was begun, for a file that was continued. */
  readonly plan: string
  add(metric: string, chunks: Iterable<string>): Promise<void>
  /** Keeps what the server said of an answer; it stands at the end of the response. */
  note(said: Notices): Promise<void>
  /** Writes the response to `path` in one step, and removes the partial file. */
  finish(path: string): Promise<void>
  /** Lets go of the file; it stays to be continued. */
  close(): Promise<void>
}

const newline = 0x0a
const hash = 0x23
const maxHeadBytes = 8192

const noticeSchema = z.object({ kind: z.enum(noticeKinds), text: z.string() })

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
    const kept = continued ? found : { plan, metrics: [], notices: noticeCollector() }
    return partialFile(path, file, continued ? begun : plan, new Set(kept.metrics), kept.notices)
  } catch (error) {
    await file.close()
    throw error
  }
}

function partialFile(
  path: string,
  file: FileHandle,
  plan: string,
  done: Set<string>,
  { notices, add: addNotice }: NoticeCollector,
): PartialFile {
  return {
    done,
    plan,
    async add(metric, chunks) {
      await file.appendFile(`${JSON.stringify(metric)}:`)
      for (const chunk of chunks) await file.appendFile(chunk)
      await file.appendFile('\n')
      done.add(metric)
    },
    async note(said) {
      for (const kind of noticeKinds) {
        const before = notices[kind].length
        for (const text of said[kind]) addNotice(kind, text)
        for (const text of notices[kind].slice(before)) await file.appendFile(`#${JSON.stringify({ kind, text })}\n`)
      }
    },
    async finish(target) {
      await writeFileAtomic(target, responseOf(file, notices))
      await file.close()
      await rm(path, { force: true })
    },
    close: () => file.close(),
  }
}

interface FinishedLines {
  readonly plan: string | undefined
  readonly metrics: readonly string[]
  readonly notices: NoticeCollector
  /** Where the last finished line ends. */
  readonly end: number
}

async function finishedLines(file: FileHandle): Promise<FinishedLines> {
  const notices = noticeCollector()
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
      else if (head.startsWith('#')) takeNotice(head, notices)
      else metrics.push(nameIn(head))
      head = ''
      end = at + stop + 1
      from = stop + 1
    }
    at += chunk.length
  }
  return { plan, metrics, notices, end }
}

function takeNotice(head: string, { add }: NoticeCollector): void {
  try {
    const { kind, text } = noticeSchema.parse(JSON.parse(head.slice(1)))
    add(kind, text)
  } catch {
    // Of another version: the metrics are what counts.
  }
}

function nameIn(head: string): string {
  const name = /^"((?:[^"\\]|\\.)*)":/.exec(head)
  return name ? String(JSON.parse(`"${name[1]}"`)) : ''
}

/** The lines of metrics, with commas between and braces around, and what the server said. */
async function* responseOf(file: FileHandle, notices: Notices): AsyncGenerator<string | Uint8Array> {
  yield '{'
  let line = 0
  let begins = true
  let isMetric = false
  let members = 0
  const comma = () => (members++ > 0 ? ',\n' : '')
  for await (const chunk of chunksOf(file)) {
    for (let from = 0; from < chunk.length; ) {
      const stop = chunk.indexOf(newline, from)
      const to = stop < 0 ? chunk.length : stop
      if (begins && to > from) {
        begins = false
        isMetric = line > 0 && chunk[from] !== hash
        if (isMetric) yield comma()
      }
      if (isMetric) yield chunk.subarray(from, to)
      if (stop < 0) break
      line++
      begins = true
      from = stop + 1
    }
  }
  for (const kind of noticeKinds) {
    if (notices[kind].length > 0) yield `${comma()}"${kind}":${JSON.stringify(notices[kind])}`
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
