import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ModelError, messageOf } from '../core/errors.js'
import { needsOf } from '../isolate/isolators.js'
import { diskErrorCode } from '../runtime/disk-error.js'
import type { Wanted } from './job-store.js'
import { type ByteRange, envelopeScanner, type JsonEnvelope } from './json-envelope.js'
import { parseTrainRequest } from './train-request.js'

export interface ReceiveOptions {
  /** Where the request is written as it comes in. Removed again when it cannot be used. */
  readonly path: string
  readonly gzip: boolean
  /** Bytes of JSON, after decompression. */
  readonly maxBytes: number
}

/** The original's seed document spells the key with an e. */
const responseKeys = ['prom_response', 'prome_response'] as const
const idleKey = 'trainer.idle_prom_response'
const largePaths: ReadonlySet<string> = new Set([...responseKeys, idleKey])

/** JSON of measurements shrinks to a tenth or twentieth; what shrinks far more was made to hurt. */
const highestRatio = 200
const ratioMatters = 16 << 20

/**
 * Takes a training request of any size from the network to disk, in one pass: what was asked is read on the way, the
 * responses are only located.
 *
 * @throws ModelError `INVALID_REQUEST` that names the field, `LIMIT_EXCEEDED` past a bound, `UNAVAILABLE` when the disk
 *   takes no more
 */
export async function receiveRequest(body: Readable, options: ReceiveOptions): Promise<Wanted> {
  const { path, gzip, maxBytes } = options
  const scanner = envelopeScanner({ largePaths })
  let arrived = 0
  let bytes = 0
  const look = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new ModelError('LIMIT_EXCEEDED', `the request is larger than ${maxBytes} bytes`)
      if (bytes > ratioMatters && bytes > highestRatio * arrived) {
        throw new ModelError('LIMIT_EXCEEDED', `the request unpacks to more than ${highestRatio} times its size`)
      }
      scanner.write(chunk)
      yield chunk
    }
  }
  const count = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      arrived += chunk.length
      yield chunk
    }
  }
  // On disk before anybody is told that the job is kept.
  const file = createWriteStream(path, { flags: 'wx', flush: true })
  try {
    if (gzip) await pipeline(body, count, createGunzip(), look, file)
    else await pipeline(body, count, look, file)
    return await wantedOf(scanner.end(), path)
  } catch (error) {
    await closed(file)
    await rm(path, { force: true })
    throw asModelError(error, body)
  }
}

async function wantedOf({ value, large }: JsonEnvelope, path: string): Promise<Wanted> {
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

/** A stream that is given up while its file is being opened makes it all the same: only then it can be removed. */
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
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^Z_|^ERR_PADDING/.test(code)) {
    return new ModelError('INVALID_REQUEST', `the body is not gzip: ${messageOf(error)}`, { cause: error })
  }
  // Where the disk fails, the body is ended with its error too.
  if (diskErrorCode(error) === undefined && (body.errored || code === 'ERR_STREAM_PREMATURE_CLOSE')) {
    return new ModelError('INVALID_REQUEST', 'the request broke off', { cause: error })
  }
  return new ModelError('UNAVAILABLE', `the request cannot be kept: ${messageOf(error)}`, { cause: error })
}
