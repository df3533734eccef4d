import { type FileHandle, open } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { errorIn, ModelError, messageOf } from '../core/errors.js'
import { type PrometheusResponse, type ReadOptions, responseCollector } from './response.js'

export interface StreamOptions extends ReadOptions {
  /** Told after every chunk; `total` only where it is known. */
  readonly onProgress?: (bytes: number, total: number | undefined) => void
  readonly signal?: AbortSignal
  /** Bytes of text at most, after decompression. @default 64 GiB */
  readonly maxBytes?: number
}

/**
 * Reads a response from chunks of any size: a file, an HTTP body, something decompressed.
 *
 * @throws ModelError `INVALID_DATA` with metric and byte offset for what is no response, `LIMIT_EXCEEDED`, `CANCELLED`
 */
export async function readResponse(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: StreamOptions = {},
): Promise<PrometheusResponse> {
  const { onProgress, signal, maxBytes = 64 * 2 ** 30 } = options
  const collector = responseCollector(options)
  for await (const chunk of chunks) {
    stopIfAborted(signal)
    collector.scanner.write(chunk)
    if (collector.scanner.bytes > maxBytes) {
      throw new ModelError('LIMIT_EXCEEDED', `Prometheus response: more than ${maxBytes} bytes`, {
        reason: 'range_too_large',
      })
    }
    onProgress?.(collector.scanner.bytes, undefined)
  }
  stopIfAborted(signal)
  return collector.finish()
}

/**
 * Reads a saved response, plain or gzip (told by its first bytes, not by its name).
 *
 * @throws ModelError as `readResponse`, with the file's name; `UNAVAILABLE` when it cannot be read
 */
export async function readResponseFile(path: string, options: StreamOptions = {}): Promise<PrometheusResponse> {
  const file = await opened(path)
  try {
    const { size } = await file.stat()
    const magic = Buffer.alloc(2)
    await file.read(magic, 0, 2, 0)
    const { onProgress } = options
    let read = 0
    const gzip = magic[0] === 0x1f && magic[1] === 0x8b
    const bytes = fileChunks(file, gzip, (count) => {
      read += count
      onProgress?.(read, size)
    })
    const { onProgress: _, ...quiet } = options
    if (!gzip) return await readResponse(bytes, quiet)
    const text = createGunzip()
    // The error reaches the reader of `text`; the callback only keeps it from being thrown a second time.
    pipeline(Readable.from(bytes, { objectMode: false }), text, () => {})
    return await readResponse(text, quiet)
  } catch (error) {
    if (!(error instanceof ModelError)) {
      throw new ModelError('INVALID_DATA', `${path} cannot be read: ${messageOf(error)}`, { cause: error })
    }
    throw errorIn(path, error)
  } finally {
    await file.close()
  }
}

const chunkBytes = 1 << 20

/** One buffer for the whole file where the reader is the scanner, which keeps nothing of a chunk; `fresh` ones else. */
async function* fileChunks(
  file: FileHandle,
  fresh: boolean,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let buffer = Buffer.allocUnsafe(chunkBytes)
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position)
    if (bytesRead === 0) return
    position += bytesRead
    onRead(bytesRead)
    yield buffer.subarray(0, bytesRead)
    if (fresh) buffer = Buffer.allocUnsafe(chunkBytes)
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw new ModelError('UNAVAILABLE', `${path} cannot be opened: ${messageOf(error)}`, { cause: error })
  }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ModelError('CANCELLED', 'reading the Prometheus response was cancelled')
}
