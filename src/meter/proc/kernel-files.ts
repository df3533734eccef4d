import { closeSync, openSync, readSync } from 'node:fs'
import { errorCode } from '../../core/errors.js'

/** A file that is read again and again. Its descriptor is kept open between readings, as far as there are enough. */
export interface KeptFile {
  readonly path: string
  descriptor: number | undefined
}

export interface KernelFilesOptions {
  /** Descriptors that are kept open at most; files beyond are opened for each reading. */
  readonly maxDescriptors?: number
}

const firstSize = 16_384
/** `/proc/stat` of a machine with thousands of processors and interrupts has a few hundred kilobytes. */
const largestSize = 8 * 2 ** 20
/** Far below the million that systemd allows, and enough for some thousand processes. */
const defaultDescriptors = 8192

/**
 * Reads small files of `/proc` and `/sys` into one buffer, without garbage: descriptors are kept, and nothing is
 * allocated for a reading. The bytes of a reading are valid until the next one.
 */
export class KernelFiles {
  #buffer = Buffer.allocUnsafeSlow(firstSize)
  #kept = 0
  #maxDescriptors: number

  constructor({ maxDescriptors = defaultDescriptors }: KernelFilesOptions = {}) {
    this.#maxDescriptors = maxDescriptors
  }

  /** The bytes of the last reading, and old ones behind them. */
  get bytes(): Buffer {
    return this.#buffer
  }

  /** Length of what the file holds now, -1 when it is not there, may not be read, or belongs to a process that ended. */
  read(file: KeptFile): number {
    if (file.descriptor !== undefined) {
      const length = this.#readAll(file.descriptor)
      if (length >= 0) return length
      // A processor or process that left and came back has a new file at the same path.
      this.forget(file)
    }
    const descriptor = this.#open(file.path)
    if (descriptor < 0) return -1
    const length = this.#readAll(descriptor)
    if (length >= 0 && this.#kept < this.#maxDescriptors) {
      file.descriptor = descriptor
      this.#kept++
    } else {
      close(descriptor)
    }
    return length
  }

  /** The same for a file that is read once. */
  readOnce(path: string): number {
    const descriptor = this.#open(path)
    if (descriptor < 0) return -1
    const length = this.#readAll(descriptor)
    close(descriptor)
    return length
  }

  /** Closes the descriptor of a file that will not be read again soon. */
  forget(file: KeptFile): void {
    if (file.descriptor === undefined) return
    close(file.descriptor)
    file.descriptor = undefined
    this.#kept--
  }

  /** Text of a file, `undefined` when there is none or it may not be read. */
  text(path: string): string | undefined {
    const length = this.readOnce(path)
    return length < 0 ? undefined : this.#buffer.toString('utf8', 0, length)
  }

  #open(path: string): number {
    try {
      return openSync(path, 'r')
    } catch (error) {
      if (isOutOfDescriptors(error)) {
        // Someone else needs the rest: keep no more than now.
        this.#maxDescriptors = Math.max(0, Math.min(this.#maxDescriptors, this.#kept) - 64)
      }
      return -1
    }
  }

  /** The kernel gives most of these files in one go; those that it gives in parts end with an empty one. */
  #readAll(descriptor: number): number {
    try {
      let length = 0
      for (;;) {
        const room = this.#buffer.length - length
        const count = readSync(descriptor, this.#buffer, length, room, length)
        length += count
        if (count === 0 || (count < room && isWhole(this.#buffer, length))) return length
        if (length === this.#buffer.length) {
          if (length >= largestSize) return length
          this.#buffer = Buffer.concat([this.#buffer], Math.min(largestSize, length * 4))
        }
      }
    } catch {
      return -1
    }
  }
}

/** A reading that ends with a line's end, well below a page, was given whole: no second call is needed to see the end. */
function isWhole(buffer: Buffer, length: number): boolean {
  return length < 3072 && buffer[length - 1] === 10
}

function isOutOfDescriptors(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'EMFILE' || code === 'ENFILE'
}

function close(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // It is gone either way.
  }
}
