import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Zone, zones } from '../zone.js'
import { parseMicrojoules } from './energy-counter.js'
import { powercapClass } from './layout.js'
import { checkFolder, ownFolder } from './tree.js'

/** A zone that the machine's own hardware measures. */
export interface RealZone {
  readonly zone: Zone
  readonly path: string
  /** Where its counter wraps, in microjoules. */
  readonly range: bigint
}

export interface RealMeter {
  /** Zones whose counters this user may read. */
  readonly zones: readonly RealZone[]
  /** There are zones, but they may not be read: since 2020 the kernel shows them to root alone. */
  readonly forbidden: boolean
}

/** Finds the meter of the hardware below the host's `/sys`; `undefined` when it has none. */
export function findRealMeter(sys: string): RealMeter | undefined {
  // A tree of ours, or one that another machine's meter made for this one, is no hardware.
  if (existsSync(join(sys, ownFolder)) || existsSync(join(sys, 'estimate.json'))) return undefined
  const folder = join(sys, powercapClass)
  const found: RealZone[] = []
  let forbidden = false
  for (const entry of entries(folder)) {
    const path = join(folder, entry)
    const zone = zoneOf(readText(join(path, 'name')))
    if (zone === undefined || !existsSync(join(path, 'energy_uj'))) continue
    const range = parseMicrojoules(readText(join(path, 'max_energy_range_uj')))
    const energy = parseMicrojoules(readText(join(path, 'energy_uj')))
    if (energy === undefined || range === undefined) forbidden = true
    else found.push({ zone, path: join(path, 'energy_uj'), range })
  }
  return found.length > 0 || forbidden ? { zones: found, forbidden } : undefined
}

/** Watts by zone between two calls; all sockets of one zone together. The first call gives none. */
export function realMeterReader(meter: RealMeter): (seconds: number) => ReadonlyMap<Zone, number> {
  let before = new Map<RealZone, bigint>()
  let beforeAt = 0
  return (seconds) => {
    const now = new Map<RealZone, bigint>()
    const watts = new Map<Zone, number>()
    for (const zone of meter.zones) {
      const energy = parseMicrojoules(readText(zone.path))
      if (energy === undefined) continue
      now.set(zone, energy)
      const old = before.get(zone)
      if (old === undefined || seconds <= beforeAt) continue
      const used = energy >= old ? energy - old : zone.range - old + energy
      watts.set(zone.zone, (watts.get(zone.zone) ?? 0) + Number(used) / 1e6 / (seconds - beforeAt))
    }
    before = now
    beforeAt = seconds
    return watts
  }
}

/**
 * Where the machine has a meter, readers of our tree are led to it: `class/powercap` becomes a link to the kernel's.
 *
 * @throws ModelError `INVALID_CONFIG` when the folder has a tree that is not ours
 * @throws the system's error when the folder cannot be written
 */
export function linkToRealMeter(folder: string, sys: string): void {
  checkFolder(folder)
  mkdirSync(join(folder, ownFolder), { recursive: true })
  mkdirSync(join(folder, powercapClass, '..'), { recursive: true })
  const path = join(folder, powercapClass)
  const beside = join(folder, ownFolder, 'next')
  rmSync(beside, { force: true })
  symlinkSync(join(sys, powercapClass), beside)
  // A folder cannot be replaced by a link in one step. It is an estimate's, from before the hardware had a meter.
  if (existsSync(path) && !lstatSync(path).isSymbolicLink()) rmSync(path, { recursive: true })
  renameSync(beside, path)
}

function zoneOf(name: string | undefined): Zone | undefined {
  const plain = name?.trim().replace(/-\d+$/, '')
  return zones.find((zone) => zone === plain)
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
