import type { Zone } from '../zone.js'

/** One zone of the tree. Paths are below the tree's root. */
export interface ZoneFolder {
  readonly zone: Zone
  /** `package-0`, `dram`, ... as the kernel names it. */
  readonly name: string
  /** `intel-rapl:0:1` */
  readonly entry: string
  /** Where its files are. */
  readonly folder: string
}

export const controlType = 'devices/virtual/powercap/intel-rapl'
export const powercapClass = 'class/powercap'
export const hwmonFolder = 'devices/virtual/hwmon/hwmon0'
export const hwmonClass = 'class/hwmon'

/**
 * Where the kernel puts these zones: package (or, without one, the platform) first, its parts inside it, the platform
 * as a zone of its own after it.
 */
export function zoneFolders(zones: readonly Zone[]): readonly ZoneFolder[] {
  const tops: Zone[] = (['package', 'psys'] as const).filter((zone) => zones.includes(zone))
  const parts: Zone[] = (['core', 'uncore', 'dram'] as const).filter((zone) => zones.includes(zone))
  const hasParent = tops[0] === 'package'
  const folders: ZoneFolder[] = tops.map((zone, index) => topZone(zone, index))
  parts.forEach((zone, index) => {
    if (!hasParent) {
      folders.push(topZone(zone, folders.length))
      return
    }
    const entry = `intel-rapl:0:${index}`
    folders.push({ zone, name: zone, entry, folder: `${controlType}/intel-rapl:0/${entry}` })
  })
  return folders
}

function topZone(zone: Zone, index: number): ZoneFolder {
  const entry = `intel-rapl:${index}`
  return { zone, name: zone === 'package' ? 'package-0' : zone, entry, folder: `${controlType}/${entry}` }
}
