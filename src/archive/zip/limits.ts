/** What a zip may claim before it is refused. The largest published pipeline has 7,793 entries and 47 MB. */
export interface ZipLimits {
  /** @default 200,000 */
  readonly maxEntries?: number
  /** Unpacked bytes of one entry. @default 256 MiB */
  readonly maxEntryBytes?: number
  /** Unpacked bytes of all entries together. @default 4 GiB */
  readonly maxTotalBytes?: number
  /** Unpacked bytes per packed byte, for entries over 1 MiB. @default 200 */
  readonly maxRatio?: number
}

export const defaultZipLimits: Required<ZipLimits> = Object.freeze({
  maxEntries: 200_000,
  maxEntryBytes: 256 * 2 ** 20,
  maxTotalBytes: 4 * 2 ** 30,
  maxRatio: 200,
})

/** For one model: the largest published one unpacks to less than 2 MB. */
export const modelZipLimits: Required<ZipLimits> = Object.freeze({
  maxEntries: 1000,
  maxEntryBytes: 32 * 2 ** 20,
  maxTotalBytes: 64 * 2 ** 20,
  maxRatio: 200,
})

/** Entries below this size may have any ratio: a file of zeros shrinks a thousandfold, and harms nobody. */
export const ratioFloor = 2 ** 20
