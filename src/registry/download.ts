import { createHash } from 'node:crypto'
import { createReadStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ModelError, messageOf } from '../core/errors.js'
import { askServer, type HttpAnswer } from '../net/http-client.js'
import { createNetwork, type Network } from '../net/network.js'
import { Transient, withRetries } from '../net/retry.js'
import { retryAfter } from '../net/retry-after.js'
import { withDeadline } from '../runtime/deadline.js'
import { diskErrorCode } from '../runtime/disk-error.js'
import { makeFolderSync } from '../runtime/make-folder.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import { type DownloadState, readDownloadState, type Validators, writeDownloadState } from './download-state.js'

export interface DownloadOptions {
  /** Proxies and connections. @default straight connections of its own, closed at the end */
  readonly network?: Network | undefined
  /** Milliseconds without a byte. @default 30,000 */
  readonly idleTimeout?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** @default 536,870,912 */
  readonly maxBytes?: number | undefined
  /** Milliseconds for one attempt. @default 600,000 */
  readonly totalTimeout?: number | undefined
  /** @default 4 */
  readonly attempts?: number | undefined
  /** Milliseconds before the second attempt; doubled each time, and each time a random part of it is waited. @default 1000 */
  readonly retryDelay?: number | undefined
  /** Called while bytes arrive; `total` is not always known. */
  readonly onProgress?: ((done: number, total: number | undefined) => void) | undefined
  /** Looks at the file before it takes its place. @throws when it is not what was expected */
  readonly verify?: ((path: string) => void) | undefined
  readonly logger?: Logger | undefined
  /** From 0 to 1, for the jitter. */
  readonly random?: (() => number) | undefined
}

/** `kept`: the server says that the file which is there is the newest. */
export type DownloadResult = 'downloaded' | 'kept'

const defaultMaxBytes = 512 * 2 ** 20
const defaultTotalTimeout = 600_000
const defaultAttempts = 4
const defaultRetryDelay = 1000
const longestDelay = 60_000

/**
 * Downloads a file to `path`: written next to it and renamed, so `path` is always whole. What arrived before a failure is
 * kept and asked on from where it ended, if the server still has the same version; a file that is there is only fetched
 * again if it changed. A checksum at `<url>.sha256` is honoured where there is one.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be had, `LIMIT_EXCEEDED` when it is too large, `INVALID_ARCHIVE` when
 *   the checksum or `verify` says no, `CANCELLED` when `signal` aborts; what was at `path` stays
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<DownloadResult> {
  if (options.network) return downloadThrough(options.network, url, path, options)
  const network = createNetwork()
  try {
    return await downloadThrough(network, url, path, options)
  } finally {
    await network.close()
  }
}

async function downloadThrough(
  network: Network,
  url: string,
  path: string,
  options: DownloadOptions,
): Promise<DownloadResult> {
  const { attempts = defaultAttempts, retryDelay = defaultRetryDelay, totalTimeout = defaultTotalTimeout } = options
  const { signal, random, logger = silentLogger } = options
  const late = () => new Error(`no whole answer within ${totalTimeout / 1000} s`)
  const retry = {
    attempts,
    delay: retryDelay,
    longestDelay,
    random,
    signal,
    what: `the download of ${url}`,
    onRetry: (error: unknown, seconds: number) =>
      // What fails in the end is said by the caller.
      logger.debug(
        { url, seconds: Math.round(seconds * 1000) / 1000, reason: messageOf(error) },
        'download failed, trying again',
      ),
  }
  return withRetries(async () => {
    try {
      return await withDeadline({ milliseconds: totalTimeout, signal, late }, (inTime) =>
        fetchOnce({ ...options, network, url, signal: inTime }, path),
      )
    } catch (error) {
      throw error instanceof Transient ? error : asModelError(error)
    }
  }, retry)
}

/** A file that is asked for, and how. */
interface Wanted extends DownloadOptions {
  readonly network: Network
  readonly url: string
}

interface Files {
  readonly target: string
  readonly part: string
  readonly state: string
}

async function fetchOnce(wanted: Wanted, path: string): Promise<DownloadResult> {
  const { network, url } = wanted
  const name = basename(path)
  const folder = dirname(path)
  makeFolderSync(folder)
  const files = { target: path, part: join(folder, `.${name}.part`), state: join(folder, `.${name}.state`) }
  const state = readDownloadState(files.state, url)
  const have = state.partial && existsSync(files.part) ? statSync(files.part).size : 0

  const { idleTimeout, signal } = wanted
  const asked = { headers: conditions(files, state, have), idleTimeout, signal }
  const answer = await askServer(network, url, asked).catch((error: unknown) => {
    throw new Transient(asModelError(error))
  })
  if (answer.status === 304) {
    await answer.discard()
    return 'kept'
  }
  const start = await startOf(answer, files, have)
  const from: Validators = { etag: answer.header('etag'), lastModified: answer.header('last-modified') }
  writeDownloadState(files.state, { ...state, partial: from })
  await receive(answer, files.part, start, wanted)
  await expectChecksum(files.part, wanted)
  expectUsable(files.part, wanted)
  renameSync(files.part, files.target)
  writeDownloadState(files.state, { url, complete: from })
  return 'downloaded'
}

function conditions(files: Files, state: DownloadState, have: number): Record<string, string> {
  const validator = state.partial?.etag ?? state.partial?.lastModified
  // A weak tag does not promise the same bytes.
  if (have > 0 && validator !== undefined && !validator.startsWith('W/')) {
    return { range: `bytes=${have}-`, 'if-range': validator }
  }
  if (!state.complete || !existsSync(files.target)) return {}
  const { etag, lastModified } = state.complete
  if (etag !== undefined) return { 'if-none-match': etag }
  return lastModified === undefined ? {} : { 'if-modified-since': lastModified }
}

/** Where the body of an answer begins in the file. */
async function startOf(answer: HttpAnswer, { part }: Files, have: number): Promise<number> {
  if (answer.status === 200) return 0
  if (answer.status === 206) {
    const range = /^bytes (\d+)-/.exec(answer.header('content-range') ?? '')
    if (range && Number(range[1]) === have) return have
  }
  await answer.discard()
  if (answer.status === 206 || answer.status === 416) {
    rmSync(part, { force: true })
    throw unavailable(`${answer.said} with a range that was not asked for`)
  }
  const { status, said } = answer
  if (![408, 425, 429].includes(status) && status < 500) throw new ModelError('UNAVAILABLE', said)
  throw unavailable(said, undefined, retryAfter(answer.header('retry-after'), Date.now(), longestDelay))
}

async function receive(
  answer: HttpAnswer,
  part: string,
  start: number,
  { url, maxBytes = defaultMaxBytes, onProgress }: Wanted,
): Promise<void> {
  const length = Number(answer.header('content-length') ?? Number.NaN)
  const total = Number.isFinite(length) ? start + length : undefined
  const tooLarge = () =>
    new ModelError('LIMIT_EXCEEDED', `${url} has more than ${maxBytes} bytes; see DOWNLOAD_MAX_BYTES`)
  if ((total ?? 0) > maxBytes) {
    await answer.discard()
    rmSync(part, { force: true })
    throw tooLarge()
  }
  const file = await open(part, start > 0 ? 'r+' : 'w')
  try {
    let done = start
    for await (const bytes of answer.body) {
      if (done + bytes.length > maxBytes) throw tooLarge()
      await file.write(bytes, 0, bytes.length, done)
      done += bytes.length
      onProgress?.(done, total)
    }
    await file.truncate(done)
    await file.sync()
  } catch (error) {
    if (error instanceof ModelError) {
      // Too large: it will be so the next time too.
      rmSync(part, { force: true })
      throw error
    }
    // What is there is kept: the next attempt goes on from it, when there is room.
    if (diskErrorCode(error)) {
      throw new ModelError('UNAVAILABLE', `${url} cannot be kept: ${messageOf(error)}`, { cause: error })
    }
    throw unavailable(`${url} broke off: ${messageOf(error)}`, error)
  } finally {
    await file.close()
  }
}

/** Compares with `<url>.sha256` where a server publishes one; most do not, and any trouble with it is no trouble. */
async function expectChecksum(part: string, wanted: Wanted): Promise<void> {
  const expected = await publishedChecksum(wanted)
  if (expected === undefined) return
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(part)) hash.update(bytes)
  const actual = hash.digest('hex')
  if (actual === expected) return
  rmSync(part, { force: true })
  throw unavailable(`${wanted.url} has the checksum ${actual}, published is ${expected}`)
}

async function publishedChecksum({
  network,
  url,
  idleTimeout,
  signal,
  logger = silentLogger,
}: Wanted): Promise<string | undefined> {
  const at = new URL(url)
  at.pathname += '.sha256'
  try {
    const answer = await askServer(network, at.href, { idleTimeout, signal })
    if (answer.status !== 200) {
      await answer.discard()
      return undefined
    }
    let text = ''
    for await (const bytes of answer.body) {
      text += Buffer.from(bytes).toString('latin1')
      // `<64 hexadecimal digits>  <file name>`; a page that says "not found" with status 200 is longer.
      if (text.length > 1024) break
    }
    return /^([0-9a-f]{64})\b/i.exec(text.trim())?.[1]?.toLowerCase()
  } catch (error) {
    logger.debug({ url: at.href, reason: messageOf(error) }, 'no checksum')
    return undefined
  }
}

function expectUsable(part: string, { verify }: DownloadOptions): void {
  try {
    verify?.(part)
  } catch (error) {
    rmSync(part, { force: true })
    throw error
  }
}

/** A failure that time may mend. */
function unavailable(message: string, cause?: unknown, after = 0): Transient {
  return new Transient(new ModelError('UNAVAILABLE', message, { cause }), after)
}

function asModelError(error: unknown): ModelError {
  return error instanceof ModelError ? error : new ModelError('UNAVAILABLE', messageOf(error), { cause: error })
}
