import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { type Zone, zones } from '../zone.js'
import { parseMicrojoules } from './energy-counter.js'
import { replaceFile } from './replace-file.js'

/**
 * Counters that may have been shown, kept safe from a crash of the machine: files that are renamed each second are not
 * forced to the disk, and may be old or empty after it. So from time to time a value ahead of the counter is forced
 * there, and no larger one is shown before the next.
 */
export interface Reservation {
  /** What may have been shown of a zone; 0n when nothing is known. */
  shown(zone: Zone): bigint
  /** Whether the boot is another than the one in which the file was written. */
  readonly rebooted: boolean
  /** Makes sure that these values may be shown. @throws the system's error when the file cannot be written */
  reserve(counters: ReadonlyMap<Zone, bigint>, watts: ReadonlyMap<Zone, number>): void
  /** Notes the exact values: nothing more will be shown. @throws the system's error when it cannot be written */
  finish(counters: ReadonlyMap<Zone, bigint>): void
}

/** Seconds of the present power that are reserved ahead. After a crash of the machine so much may be counted too much. */
const ahead = 60

const schema = z.object({
  boot_id: z.string().max(64),
  reserved_uj: z.partialRecord(z.enum(zones), z.string().max(20)),
})

export function openReservation(path: string, beside: string, bootId: string): Reservation {
  const known = read(path)
  const reserved = new Map<Zone, bigint>()
  for (const zone of zones) {
    const value = parseMicrojoules(known?.reserved_uj[zone])
    if (value !== undefined) reserved.set(zone, value)
  }
  const write = () => {
    const values = Object.fromEntries([...reserved].map(([zone, value]) => [zone, String(value)]))
    replaceFile(path, beside, `${JSON.stringify({ boot_id: bootId, reserved_uj: values })}\n`, true)
  }
  return {
    shown: (zone) => reserved.get(zone) ?? 0n,
    rebooted: known !== undefined && known.boot_id !== bootId,
    reserve(counters, watts) {
      const short = [...counters].some(([zone, value]) => value > (reserved.get(zone) ?? -1n))
      if (!short) return
      const before = new Map(reserved)
      for (const [zone, value] of counters) {
        const more = Math.max(1, (watts.get(zone) ?? 0) * ahead) * 1e6
        reserved.set(zone, value + BigInt(Math.ceil(more)))
      }
      try {
        write()
      } catch (error) {
        for (const [zone] of counters) reserved.set(zone, before.get(zone) ?? 0n)
        throw error
      }
    },
    finish(counters) {
      for (const [zone, value] of counters) reserved.set(zone, value)
      write()
    },
  }
}

/** A file that cannot be read or is no such file is as good as none. */
function read(path: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8').slice(0, 10_000)))
  } catch {
    return undefined
  }
}
