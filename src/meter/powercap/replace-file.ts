import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'

/**
 * Replaces a file in one step: who opens it sees the old content or the new, whole. To write into the old file would
 * let a reader see digits of both. Both paths must be on one file system.
 *
 * @param beside where it is written before it is renamed; what an earlier, killed program left there is overwritten
 * @param durable also over a crash of the machine; slow on a disk
 * @throws the system's error when it cannot be written; the old file is as it was then
 */
export function replaceFile(path: string, beside: string, content: string, durable = false): void {
  const descriptor = openSync(beside, 'w', 0o644)
  try {
    writeWhole(descriptor, content)
    if (durable) fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(beside, path)
}

/** A disk that is nearly full takes a part first. */
function writeWhole(descriptor: number, content: string): void {
  const bytes = Buffer.from(content)
  for (let written = 0; written < bytes.length; ) {
    const count = writeSync(descriptor, bytes, written)
    if (count === 0) throw new Error('nothing could be written')
    written += count
  }
}
