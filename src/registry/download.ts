import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../runtime/deadline.js'
import { diskErrorCode } from '../runtime/disk-error.js'
import { ModelError, messageOf } from '../core/errors.js'
import { type Logger, silentLogger } from '../runtime/ports.js'
import { retryAfter } from '../core/retry-after.js'
import { type DownloadState, readDownloadState, type Validators, writeDownloadState } from './download-state.js'
import { type HttpAnswer, type HttpGetOptions, httpGet } from './http-get.js'

export interface DownloadOptions extends Omit<HttpGetOptions, 'headers'> {
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
 * Downloads a file to `path`: written beside and renamed, so `path` is always whole. What arrived before a failure is
 * kept and asked on from where it ended, if the server still has the same version; a file that is there is only fetched
 * again if it changed. A checksum at `<url>.sha256` is honoured where there is one.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be had, `LIMIT_EXCEEDED` when it is too large, `INVALID_ARCHIVE` when
 *   the checksum or `verify` says no, `CANCELLED` when `signal` aborts; what was at `path` stays
 */
export async function download(url: string, path: string, options: DownloadOptions = {}): Promise<DownloadResult> {
  const { attempts = defaultAttempts, retryDelay = defaultRetryDelay, signal, logger = silentLogger } = options
  const { random = Math.random } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await tryOnce(url, path, options)
    } catch (error) {
      if (signal?.aborted) throw new ModelError('CANCELLED', `download of ${url} was stopped`, { cause: error })
      const again = error instanceof RetryableFailure && attempt < attempts
      if (!again) throw asModelError(error)
      const longest = Math.min(longestDelay, retryDelay * 2 ** (attempt - 1))
      // At least half of it, so that a server that is down is left alone; the rest by chance, so that many clients spread.
      const delay = Math.max(error.after, longest * (0.5 + random() / 2))
      logger.warn({ url, attempt, delay: Math.round(delay), reason: error.message }, 'download failed, trying again')
      await wait(delay, url, signal)
    }
  }
}

/** A failure that time may mend. */
class RetryableFailure extends Error {
  constructor(
    message: string,
    /** Milliseconds that the server wants to be left alone. */
    readonly after: number = 0,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

interface Files {
  readonly target: string
  readonly part: string
  readonly state: string
}

async function tryOnce(url: string, path: string, options: DownloadOptions): Promise<DownloadResult> {
  const { totalTimeout = defaultTotalTimeout, signal } = options
  const late = () => new Error(`no whole answer within ${totalTimeout / 1000} s`)
  return withDeadline({ milliseconds: totalTimeout, signal, late }, (inTime) =>
    fetchOnce(url, path, { ...options, signal: inTime }),
  )
}

async function fetchOnce(url: string, path: string, options: DownloadOptions): Promise<DownloadResult> {
  const name = basename(path)
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true })
  const files = { target: path, part: join(folder, `.${name}.part`), state: join(folder, `.${name}.state`) }
  const state = readDownloadState(files.state, url)
  const have = state.partial && existsSync(files.part) ? statSync(files.part).size : 0

  const answer = await httpGet(url, { ...options, headers: conditions(files, state, have) }).catch((error) => {
    throw new RetryableFailure(messageOf(error), 0, { cause: error })
  })
  if (answer.status === 304) {
    await answer.discard()
    return 'kept'
  }
  const start = await startOf(answer, url, files, have)
  const from: Validators = { ...named('etag', answer), ...named('last-modified', answer) }
  writeDownloadState(files.state, { ...state, partial: from })
  await receive(answer, url, files.part, start, options)
  await expectChecksum(url, files.part, options)
  expectUsable(files.part, options)
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
async function startOf(answer: HttpAnswer, url: string, { part }: Files, have: number): Promise<number> {
  if (answer.status === 200) return 0
  if (answer.status === 206) {
    const range = /^bytes (\d+)-/.exec(answer.header('content-range') ?? '')
    if (range && Number(range[1]) === have) return have
  }
  await answer.discard()
  if (answer.status === 206 || answer.status === 416) {
    rmSync(part, { force: true })
    throw new RetryableFailure(`${url} answered with a range that was not asked for`)
  }
  const message = `${url} answered ${answer.status}`
  if (![408, 425, 429].includes(answer.status) && answer.status < 500) throw new ModelError('UNAVAILABLE', message)
  throw new RetryableFailure(message, retryAfter(answer.header('retry-after'), Date.now(), longestDelay))
}

async function receive(
  answer: HttpAnswer,
  url: string,
  part: string,
  start: number,
  { maxBytes = defaultMaxBytes, onProgress }: DownloadOptions,
): Promise<void> {
  const length = Number(answer.header('content-length') ?? Number.NaN)
  const total = Number.isFinite(length) ? start + length : undefined
  const tooLarge = () =>
    new ModelError('LIMIT_EXCEEDED', `${url} has more than ${maxBytes} bytes; see DOWNLOAD_MAX_BYTES`)
  if ((total ?? 0) > maxBytes) {
    await answer.discard()
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
    if (error instanceof ModelError) throw error
    // What is there is kept: the next attempt goes on from it, when there is room.
    if (diskErrorCode(error)) {
      throw new ModelError('UNAVAILABLE', `${url} cannot be kept: ${messageOf(error)}`, { cause: error })
    }
    throw new RetryableFailure(`${url} broke off: ${messageOf(error)}`, 0, { cause: error })
  } finally {
    await file.close()
  }
}

/** Compares with `<url>.sha256` where a server publishes one; most do not, and any trouble with it is no trouble. */
async function expectChecksum(url: string, part: string, options: DownloadOptions): Promise<void> {
  const expected = await publishedChecksum(url, options)
  if (expected === undefined) return
  const hash = createHash('sha256')
  for await (const bytes of createReadStream(part)) hash.update(bytes)
  const actual = hash.digest('hex')
  if (actual === expected) return
  rmSync(part, { force: true })
  throw new RetryableFailure(`${url} has the checksum ${actual}, published is ${expected}`)
}

async function publishedChecksum(url: string, options: DownloadOptions): Promise<string | undefined> {
  const at = new URL(url)
  at.pathname += '.sha256'
  const { network, idleTimeout, signal, logger = silentLogger } = options
  try {
    const answer = await httpGet(at.href, { network, idleTimeout, signal })
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

function named(header: 'etag' | 'last-modified', answer: HttpAnswer): Validators {
  const value = answer.header(header)
  if (value === undefined) return {}
  return header === 'etag' ? { etag: value } : { lastModified: value }
}

function asModelError(error: unknown): ModelError {
  return error instanceof ModelError ? error : new ModelError('UNAVAILABLE', messageOf(error), { cause: error })
}

async function wait(milliseconds: number, url: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { ...(signal ? { signal } : {}) })
  } catch (error) {
    throw new ModelError('CANCELLED', `download of ${url} was stopped`, { cause: error })
  }
}
