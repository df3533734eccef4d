import { ByteScanner } from './byte-scanner.js'
import type { KeptFile, KernelFiles } from './kernel-files.js'

/** Begins of the lines that are wanted, each up to its number, e.g. `MemTotal:`. */
export type WantedFields = readonly string[]

const scanner = new ByteScanner()

/**
 * Reads the numbers of a file of `name value` lines into `into`, in the order of `wanted`; -1 for what is not there.
 *
 * @returns false when the file cannot be read
 */
export function readFields(files: KernelFiles, file: KeptFile, wanted: WantedFields, into: Float64Array): boolean {
  into.fill(-1)
  const length = files.read(file)
  if (length <= 0) return false
  scanner.reset(files.bytes, 0, length)
  let missing = wanted.length
  do {
    const index = wanted.findIndex((name) => scanner.startsWith(name))
    if (index < 0) continue
    scanner.at += wanted[index]!.length
    into[index] = scanner.number()
    missing--
  } while (missing > 0 && scanner.nextLine())
  return true
}
