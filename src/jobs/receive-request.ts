import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { errorCode, ModelError, messageOf } from '../core/errors.js'
import { fastEnough, type LeastRate } from './fast-enough.js'
import { needsOf } from '../isolate/isolators.js'
import { diskErrorCode } from '../runtime/disk-error.js'
import type { ReceivedRequest } from './job-store.js'
import { type ByteRange, envelopeScanner, type JsonEnvelope } from './json-envelope.js'
import { parseTrainRequest } from './train-request.js'

export interface ReceiveOptions {
  /** Where the request is written as it comes in. Removed again when it cannot be used. */
  readonly path: string
  readonly gzip: boolean
  /** Bytes of JSON, after decompression. */
  readonly maxBytes: number
  /** Called once, when so much has arrived that somebody really sends a request. @throws what it is refused with */
  readonly onSubstantial?: () => void
  /** How fast it has to arrive from then on. */
  readonly leastRate?: LeastRate
}

/** The original's documentation spells the key `prome_response`, its code `prom_response`. */
const responseKeys = ['prom_response', 'prome_response'] as const
const idleKey = 'trainer.idle_prom_response'
const largePaths: ReadonlySet<string> = new Set([...responseKeys, idleKey])

/** Bytes up to which a request takes no place in the queue while it arrives: connections that say little are cheap. */
const substantial = 65_536
const defaultLeastRate: LeastRate = { bytesPerSecond: 16_384, window: 10_000 }

/** gzip shrinks JSON of measurements by a factor of 10 to 20; a far higher ratio is a decompression bomb. */
const maxRatio = 200
const ratioMatters = 16 << 20

/**
 * Writes a training request of any size from the network to disk, in one pass: the request itself is parsed meanwhile, of
 * the responses only the byte ranges are noted.
 *
 * @throws ModelError `INVALID_REQUEST` that names the field, `LIMIT_EXCEEDED` past a bound, `UNAVAILABLE` when the disk
 *   takes no more
 */
export async function receiveRequest(body: Readable, options: ReceiveOptions): Promise<ReceivedRequest> {
  const { path, gzip, maxBytes, onSubstantial, leastRate = defaultLeastRate } = options
  const scanner = envelopeScanner({ largePaths })
  let arrived = 0
  let bytes = 0
  const look = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new ModelError('LIMIT_EXCEEDED', `the request is larger than ${maxBytes} bytes`)
      if (bytes > ratioMatters && bytes > maxRatio * arrived) {
        throw new ModelError('LIMIT_EXCEEDED', `the request unpacks to more than ${maxRatio} times its size`)
      }
      scanner.write(chunk)
      yield chunk
    }
  }
  const isSubstantial = () => arrived >= substantial
  const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of fastEnough(chunks, isSubstantial, leastRate)) {
      const before = isSubstantial()
      arrived += chunk.length
      if (!before && isSubstantial()) onSubstantial?.()
      yield chunk
    }
  }
  // Synced to disk before the client gets the id of the job.
  const file = createWriteStream(path, { flags: 'wx', flush: true })
  try {
    if (gzip) await pipeline(body, count, createGunzip(), look, file)
    else await pipeline(body, count, look, file)
    return await readReceived(scanner.end(), path)
  } catch (error) {
    await closed(file)
    await rm(path, { force: true })
    throw asModelError(error, body)
  }
}

async function readReceived({ value, large }: JsonEnvelope, path: string): Promise<ReceivedRequest> {
  const request = parseTrainRequest(value)
  const given = async (key: string): Promise<ByteRange | undefined> => {
    const range = large.get(key)
    return range && !(await isNull(path, range)) ? range : undefined
  }
  const response = (await given(responseKeys[0])) ?? (await given(responseKeys[1]))
  if (response === undefined) {
    throw new ModelError('INVALID_REQUEST', 'prom_response is missing: the measurements to learn from', {
      field: 'prom_response',
    })
  }
  const idle = await given(idleKey)
  if (idle === undefined && needsOf(request.trainer.isolator) === 'profile') {
    throw new ModelError(
      'INVALID_REQUEST',
      `ProfileBackgroundIsolator needs ${idleKey}: measurements of the idle node`,
      {
        field: idleKey,
      },
    )
  }
  return { request, parts: { response, ...(idle && { idle }) } }
}

/** Waits for the file to be closed: destroyed while it is being opened, a stream still creates it. */
function closed(file: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (file.closed) resolve()
    else file.once('close', resolve).destroy()
  })
}

/** Clients that have nothing send null. */
async function isNull(path: string, { start, end }: ByteRange): Promise<boolean> {
  if (end - start > 64) return false
  let text = ''
  for await (const chunk of createReadStream(path, { start, end: end - 1, encoding: 'utf8' })) text += chunk
  return text.trim() === 'null'
}

function asModelError(error: unknown, body: Readable): unknown {
  if (error instanceof ModelError) return error
  const code = errorCode(error) ?? ''
  if (/^Z_|^ERR_PADDING/.test(code)) {
    return new ModelError('INVALID_REQUEST', `the body is not gzip: ${messageOf(error)}`, { cause: error })
  }
  // When the disk fails, `pipeline` also destroys the body with that error.
  if (diskErrorCode(error) === undefined && (body.errored || code === 'ERR_STREAM_PREMATURE_CLOSE')) {
    return new ModelError('INVALID_REQUEST', 'the request broke off', { cause: error })
  }
  return new ModelError('UNAVAILABLE', `the request cannot be kept: ${messageOf(error)}`, { cause: error })
}
