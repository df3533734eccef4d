import { closeSync, openSync, readdirSync, readSync } from 'node:fs'

/** How discovery sees the machine's files, so that tests can make machines up. */
export interface SystemFiles {
  /** The text of a file, `undefined` when there is none or it may not be read. */
  read(path: string): string | undefined
  /** Names in a folder, none when there is no such folder. */
  list(path: string): readonly string[]
}

/** `/proc/cpuinfo` of a thousand cores has a megabyte or two. */
const longestFile = 8 * 1024 * 1024
const chunk = 65_536

/** The machine's own files. Files of `/proc` and `/sys` do not know their size, so they are read until they end. */
export const machineFiles: SystemFiles = Object.freeze({
  read(path: string): string | undefined {
    try {
      return readBounded(path)
    } catch {
      // Absent, forbidden or gone while it was read (a core taken offline): that attribute is not known then.
      return undefined
    }
  },
  list(path: string): readonly string[] {
    try {
      return readdirSync(path)
    } catch {
      return []
    }
  },
})

/** The same of a host whose `/proc` and `/sys` are seen elsewhere, as in a container that has them mounted. */
export function filesOfHost({ proc, sys }: { readonly proc: string; readonly sys: string }): SystemFiles {
  const place = (path: string) => path.replace(/^\/proc(?=\/|$)/, () => proc).replace(/^\/sys(?=\/|$)/, () => sys)
  return {
    read: (path) => machineFiles.read(place(path)),
    list: (path) => machineFiles.list(place(path)),
  }
}

function readBounded(path: string): string {
  const descriptor = openSync(path, 'r')
  try {
    const parts: Buffer[] = []
    for (let total = 0; total < longestFile; ) {
      const part = Buffer.allocUnsafe(chunk)
      const count = readSync(descriptor, part, 0, chunk, null)
      if (count === 0) break
      parts.push(part.subarray(0, count))
      total += count
    }
    return Buffer.concat(parts).toString('utf8')
  } finally {
    closeSync(descriptor)
  }
}
