/** What `/proc/cpuinfo` says, as far as a spec needs it. */
export interface CpuInfo {
  /** Entries that describe a logical core. */
  readonly cores: number
  /** Different values of `physical id`. */
  readonly chips: number
  /** The highest `cpu MHz`. */
  readonly megahertz: number | undefined
  /** The first value of each key, keys in lower case. */
  readonly first: ReadonlyMap<string, string>
}

/** Reads the text of `/proc/cpuinfo` of any architecture. Lines that are not `key : value` do not matter. */
export function parseCpuInfo(text: string): CpuInfo {
  const first = new Map<string, string>()
  const packages = new Set<string>()
  let cores = 0
  let megahertz: number | undefined
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    if (colon < 0) continue
    const key = line.slice(0, colon).trim().toLowerCase()
    const value = line.slice(colon + 1).trim()
    if (!first.has(key)) first.set(key, value)
    // s390x writes `processor 0: version = ...`, and old ARM kernels one `Processor : AArch64 rev 4`.
    if ((key === 'processor' && /^\d+$/.test(value)) || /^processor \d+$/.test(key)) cores += 1
    if (key === 'physical id') packages.add(value)
    if (key === 'cpu mhz' || key === 'cpu mhz dynamic') {
      const mhz = Number(value)
      if (mhz > (megahertz ?? 0)) megahertz = mhz
    }
  }
  return { cores, chips: packages.size, megahertz, first }
}

/** How many numbers a kernel list such as `0-3,8,10-11` holds; 0 when it is none. */
export function countOfList(text: string): number {
  let count = 0
  for (const range of text.trim().split(',')) {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(range)
    if (!match) return 0
    count += Number(match[2] ?? match[1]) - Number(match[1]) + 1
  }
  return Math.max(0, count)
}
