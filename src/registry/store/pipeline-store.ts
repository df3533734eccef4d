import type { ByteSource } from '../../archive/zip/byte-source.js'

/**
 * Where the files of a pipeline are. Names are relative, with `/` between their parts, and never lead out of the
 * pipeline. Everything is synchronous: files are local and small, and a request that is answered within one turn of the
 * event loop never sees a pipeline being swapped.
 */
export interface PipelineStore {
  /** Path of the folder or zip. */
  readonly origin: string
  /** Changes whenever a file of the pipeline does. */
  readonly signature: string
  /** When the pipeline was last changed, in milliseconds since the epoch. */
  readonly modifiedAt: number
  /** Names of all files. */
  list(): Iterable<string>
  has(name: string): boolean
  /** @throws ModelError `INVALID_ARCHIVE` or `UNAVAILABLE` when the file is absent, damaged or too large */
  read(name: string): Uint8Array
  /** Opens a file for reading in places; `use` must not keep the source. */
  open<T>(name: string, use: (source: ByteSource) => T): T
  close(): void
}
