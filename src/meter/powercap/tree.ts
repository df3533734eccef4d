import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { ModelError, messageOf } from '../../core/errors.js'
import type { PowerProvenance, ZonePower } from '../power-source.js'
import type { Zone } from '../zone.js'
import { createEnergyCounter, type EnergyCounter, maxMicrojoules, parseMicrojoules } from './energy-counter.js'
import { controlType, hwmonClass, hwmonFolder, powercapClass, zoneFolders } from './layout.js'
import { replaceFile } from './replace-file.js'
import { openReservation, type Reservation } from './reservation.js'

export interface PowercapTree {
  readonly folder: string
  /**
   * Adds so many seconds of these powers and shows the new counters.
   *
   * @throws the system's error when files cannot be written (full or read-only disk): the energy is kept and shown as
   *   soon as they can be
   */
  add(powers: readonly ZonePower[], seconds: number): void
  /** Says anew where the watts come from. @throws the system's error when it cannot be written */
  describe(provenance: PowerProvenance): void
  /** Counters now, in microjoules. */
  counters(): ReadonlyMap<Zone, bigint>
  /** Zones in which somebody else has written a larger value than ours so far. */
  readonly intrusions: number
  close(): void
}

export interface PowercapOptions {
  readonly folder: string
  readonly zones: readonly Zone[]
  readonly provenance: PowerProvenance
  /** The kernel's `boot_id`: tells a restart of the meter from one of the machine. */
  readonly bootId: string
}

/** The tree's own files: by this folder it is known to be ours. */
export const ownFolder = '.power-meter'
const sentence = 'an estimate by software, not a measurement'

/**
 * A tree like the kernel's `/sys/class/powercap` in a folder of its own, kept up to date for programs that read the
 * kernel's. Each value is replaced in one step, and no counter ever goes back: it goes on from what is there, also
 * after the meter or the machine has crashed.
 *
 * @throws ModelError `INVALID_CONFIG` when the folder has a tree that is not ours, `UNAVAILABLE` when it cannot be
 *   written
 */
export function openPowercapTree({ folder, zones, provenance, bootId }: PowercapOptions): PowercapTree {
  checkFolder(folder)
  const own = join(folder, ownFolder)
  const beside = join(own, 'next')
  const folders = zoneFolders(zones)
  const wall = folders.some(({ zone }) => zone === 'psys')
  let described = provenance
  let reservation: Reservation
  let broken = false
  let intrusions = 0
  try {
    makeTree()
    reservation = openReservation(join(own, 'counters.json'), beside, bootId)
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `${folder} cannot hold a powercap tree: ${messageOf(cause)}`, { cause })
  }
  const counters = new Map<Zone, EnergyCounter>()
  for (const { zone, folder: at } of folders) {
    const shown = parseMicrojoules(readText(join(folder, at, 'energy_uj')))
    // A value that can be read is exact. After a crash of the machine, or where it is broken, only the reserve is sure.
    const start = shown !== undefined && !reservation.rebooted ? shown : larger(shown ?? 0n, reservation.shown(zone))
    counters.set(zone, createEnergyCounter(start))
  }
  const shownBefore = new Map<Zone, bigint>()

  function makeTree(): void {
    mkdirSync(own, { recursive: true })
    // From a time when the machine had a meter of its own.
    if (isLink(join(folder, powercapClass))) rmSync(join(folder, powercapClass))
    for (const part of [powercapClass, hwmonClass]) mkdirSync(join(folder, part), { recursive: true })
    mkdirSync(join(folder, controlType), { recursive: true })
    const write = (path: string, content: string) => replaceFile(join(folder, path), beside, content)
    write(`${controlType}/enabled`, '1\n')
    write(`${controlType}/uevent`, '')
    link(folder, `${controlType}/subsystem`, powercapClass)
    for (const zone of folders) {
      mkdirSync(join(folder, zone.folder), { recursive: true })
      write(`${zone.folder}/max_energy_range_uj`, `${maxMicrojoules}\n`)
      write(`${zone.folder}/enabled`, '1\n')
      write(`${zone.folder}/uevent`, '')
      link(folder, `${zone.folder}/subsystem`, powercapClass)
    }
    if (wall) mkdirSync(join(folder, hwmonFolder), { recursive: true })
    describeFiles()
  }

  function describeFiles(): void {
    const { kind, model } = described
    const text = { estimate: true, note: sentence, zones, ...described }
    replaceFile(join(folder, 'estimate.json'), beside, `${JSON.stringify(text, null, 2)}\n`)
    const line = `${sentence}: ${kind} model ${model.replace(/\s+/g, ' ')}\n`
    for (const zone of folders) replaceFile(join(folder, zone.folder, 'estimate'), beside, line)
    if (wall) replaceFile(join(folder, hwmonFolder, 'estimate'), beside, line)
  }

  /** Names and links come last: a reader that finds a zone finds its counter. */
  function publish(): void {
    for (const { zone, name, entry, folder: at } of folders) {
      writeCounter(zone, at)
      replaceFile(join(folder, at, 'name'), beside, `${name}\n`)
      link(folder, `${powercapClass}/${entry}`, at)
    }
    link(folder, `${powercapClass}/intel-rapl`, controlType)
  }

  function publishWall(watts: number): void {
    replaceFile(join(folder, hwmonFolder, 'power1_input'), beside, `${Math.round(watts * 1e6)}\n`)
    if (existsSync(join(folder, hwmonClass, 'hwmon0'))) return
    replaceFile(join(folder, hwmonFolder, 'power1_label'), beside, 'psys\n')
    replaceFile(join(folder, hwmonFolder, 'name'), beside, 'power_meter\n')
    link(folder, `${hwmonClass}/hwmon0`, hwmonFolder)
  }

  /** Whoever else has raised the value in the meantime, it does not go back. */
  function writeCounter(zone: Zone, at: string): void {
    const counter = counters.get(zone)!
    const path = join(folder, at, 'energy_uj')
    const there = parseMicrojoules(readText(path)) ?? 0n
    if (there > (shownBefore.get(zone) ?? there)) intrusions++
    counter.raise(there)
    replaceFile(path, beside, `${counter.microjoules}\n`)
    shownBefore.set(zone, counter.microjoules)
  }

  const values = () => new Map([...counters].map(([zone, { microjoules }]) => [zone, microjoules]))

  function show(powers: readonly ZonePower[]): void {
    if (broken) makeTree()
    reservation.reserve(values(), new Map(powers.map(({ zone, watts }) => [zone, watts])))
    if (shownBefore.size < folders.length || broken) publish()
    else for (const { zone, folder: at } of folders) writeCounter(zone, at)
    const psys = powers.find(({ zone }) => zone === 'psys')
    if (psys) publishWall(psys.watts)
  }

  return {
    folder,
    add(powers, seconds) {
      for (const { zone, watts } of powers) counters.get(zone)?.add(watts, seconds)
      try {
        show(powers)
        broken = false
      } catch (error) {
        // Folders may be gone, too: made again with the next attempt.
        broken = true
        throw error
      }
    },
    describe(next) {
      described = next
      describeFiles()
    },
    counters: values,
    get intrusions() {
      return intrusions
    },
    close() {
      if (shownBefore.size > 0) reservation.finish(shownBefore)
    },
  }
}

/**
 * A tree must be new, or one of ours: never write into the kernel's or into somebody's copy of it.
 *
 * @throws ModelError `INVALID_CONFIG`
 */
export function checkFolder(folder: string): void {
  const ours = existsSync(join(folder, ownFolder))
  if (ours || !existsSync(join(folder, powercapClass))) return
  throw new ModelError(
    'INVALID_CONFIG',
    `${folder} already has ${powercapClass}, and not from this program: name a folder of its own`,
    { field: 'METER_POWERCAP' },
  )
}

/** A relative link, so that the tree may be mounted anywhere. */
function link(root: string, from: string, to: string): void {
  const path = join(root, from)
  const target = relative(dirname(path), join(root, to))
  try {
    symlinkSync(target, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    if (isLink(path)) return
    rmSync(path, { recursive: true })
    symlinkSync(target, path)
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
