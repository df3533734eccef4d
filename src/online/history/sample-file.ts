import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { ModelError, messageOf, quote } from '../../core/errors.js'

const bytesPerSample = Float64Array.BYTES_PER_ELEMENT
const writeBytes = 1 << 20

/** A file of numbers without a name, so that nothing of it is left whatever ends the process. */
export interface SampleFile {
  /** @returns where they stand */
  append(values: Float64Array): number
  read(at: number, count: number): Float64Array
  close(): void
}

/**
 * Opens the file when it is first written to, which may be when it is read.
 *
 * @throws ModelError `UNAVAILABLE` when it cannot be written or read
 */
export function sampleFile(folder: string): SampleFile {
  const buffer = Buffer.allocUnsafe(writeBytes)
  let file: number | undefined
  let written = 0
  let filled = 0

  function write(bytes: Uint8Array): void {
    try {
      file ??= openUnnamed(folder)
      for (let done = 0; done < bytes.length; )
        done += writeSync(file, bytes, done, bytes.length - done, written + done)
    } catch (cause) {
      throw unusable('written to', cause)
    }
    written += bytes.length
  }

  function flush(): void {
    write(buffer.subarray(0, filled))
    filled = 0
  }

  function unusable(what: string, cause: unknown): ModelError {
    const why = `the measurements of a round cannot be ${what} ${quote(folder)}: ${messageOf(cause)}`
    return new ModelError('UNAVAILABLE', why, { cause })
  }

  return {
    append(values) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
      if (filled + bytes.length > buffer.length) flush()
      const at = (written + filled) / bytesPerSample
      if (bytes.length > buffer.length) write(bytes)
      else {
        buffer.set(bytes, filled)
        filled += bytes.length
      }
      return at
    },
    read(at, count) {
      if (filled > 0) flush()
      const values = new Float64Array(count)
      const bytes = new Uint8Array(values.buffer)
      try {
        for (let done = 0; done < bytes.length && file !== undefined; ) {
          const read = readSync(file, bytes, done, bytes.length - done, at * bytesPerSample + done)
          if (read === 0) throw new Error('the file is shorter than what was written to it')
          done += read
        }
      } catch (cause) {
        throw unusable('read from', cause)
      }
      return values
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}

function openUnnamed(folder: string): number {
  const path = join(folder, `samples-${process.pid}-${Date.now()}.tmp`)
  const file = openSync(path, 'wx+', 0o600)
  rmSync(path, { force: true })
  return file
}
