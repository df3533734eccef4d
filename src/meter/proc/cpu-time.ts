import { ByteScanner } from './byte-scanner.js'

/** Kinds of processor time in the order of `/proc/stat`. `user` and `nice` hold the time of guests of this machine. */
export const cpuModes = Object.freeze(['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const)

const modes = cpuModes.length
const idle = cpuModes.indexOf('idle')
const iowait = cpuModes.indexOf('iowait')
const steal = cpuModes.indexOf('steal')

/** Ticks of the kernel in a second, as seen by programs: 100 on all architectures that Node runs on. */
export const ticksPerSecond = 100

/** What `/proc/stat` says at one moment. */
export interface CpuTimes {
  /** Ticks by mode since the boot, all processors together. */
  readonly total: Float64Array
  /** Ticks of processor `ids[i]`: eight numbers from `8 * i`. Only processors that are online. */
  readonly perCpu: Float64Array
  readonly ids: Int32Array
  readonly count: number
  readonly contextSwitches: number
}

/** A place for one reading, written anew each time. */
export interface CpuTimesRecord extends CpuTimes {
  perCpu: Float64Array
  ids: Int32Array
  count: number
  contextSwitches: number
}

export function cpuTimesRecord(): CpuTimesRecord {
  return {
    total: new Float64Array(modes),
    perCpu: new Float64Array(modes * 8),
    ids: new Int32Array(8),
    count: 0,
    contextSwitches: 0,
  }
}

/** Far more processors than any machine has: what is beyond is not believed. */
const mostCpus = 65_536

const scanner = new ByteScanner()

/**
 * Reads `/proc/stat` into `into`. Older kernels write fewer columns, which are zero then.
 *
 * @returns false when the file is torn or of no known form; `into` is of no use then
 */
export function readCpuTimes(bytes: Buffer, length: number, into: CpuTimesRecord): boolean {
  scanner.reset(bytes, 0, length)
  let found = false
  into.count = 0
  into.contextSwitches = 0
  do {
    if (scanner.startsWith('cpu')) {
      scanner.at += 3
      if (scanner.startsWith(' ')) {
        found = readModes(into.total, 0)
        if (!found) return false
      } else if (!readCpu(into)) return false
    } else if (scanner.startsWith('ctxt ')) {
      into.contextSwitches = Math.max(0, scanner.number())
      break
    }
  } while (scanner.nextLine())
  return found
}

function readCpu(into: CpuTimesRecord): boolean {
  const id = scanner.number()
  if (id < 0 || id >= mostCpus || into.count >= mostCpus) return false
  if (into.count === into.ids.length) {
    into.ids = grown(into.ids, new Int32Array(into.count * 2))
    into.perCpu = grown(into.perCpu, new Float64Array(into.count * 2 * modes))
  }
  if (!readModes(into.perCpu, into.count * modes)) return false
  into.ids[into.count++] = id
  return true
}

/** At least user, nice, system and idle must be there, and the line must have an end: a torn one shows less time. */
function readModes(into: Float64Array, from: number): boolean {
  for (let mode = 0; mode < modes; mode++) {
    const ticks = scanner.number()
    if (ticks < 0 && mode <= idle) return false
    into[from + mode] = Math.max(0, ticks)
  }
  const lineEnd = scanner.bytes.indexOf(10, scanner.at)
  return lineEnd >= 0 && lineEnd < scanner.end
}

function grown<T extends Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from)
  return into
}

/** Parts of the processors' time between two readings. */
export interface CpuUse {
  /** Worked itself, 0 to 1. */
  readonly utilisation: number
  /** Was given to others by the hypervisor, 0 to 1. */
  readonly steal: number
  /** Each kind, in the order of {@link cpuModes}; together 1. */
  readonly modes: Float64Array
}

/**
 * How the processors spent the time between two readings, over those that were online in both. Idle time and iowait
 * of a processor can go back a little in the kernel's own books: what goes back counts as nothing.
 *
 * @returns `undefined` when no time has passed, e.g. two readings within one tick
 */
export function cpuUse(before: CpuTimes, now: CpuTimes): CpuUse | undefined {
  const sums = { own: 0, steal: 0, all: 0, modes: new Float64Array(modes) }
  let old = 0
  for (let i = 0; i < now.count; i++) {
    // Both are in the order of their ids. Behind the last one are those of an earlier reading.
    while (old < before.count && before.ids[old]! < now.ids[i]!) old++
    if (old === before.count) break
    if (before.ids[old] === now.ids[i]) addUse(before.perCpu, old, now.perCpu, i, sums)
  }
  if (sums.all === 0) addUse(before.total, 0, now.total, 0, sums)
  if (sums.all === 0) return undefined
  const { all } = sums
  return { utilisation: sums.own / all, steal: sums.steal / all, modes: sums.modes.map((ticks) => ticks / all) }
}

function addUse(
  before: Float64Array,
  old: number,
  now: Float64Array,
  index: number,
  sums: { own: number; steal: number; all: number; readonly modes: Float64Array },
): void {
  for (let mode = 0; mode < modes; mode++) {
    const ticks = Math.max(0, now[index * modes + mode]! - before[old * modes + mode]!)
    sums.all += ticks
    sums.modes[mode]! += ticks
    if (mode === steal) sums.steal += ticks
    else if (mode !== idle && mode !== iowait) sums.own += ticks
  }
}
