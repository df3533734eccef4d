import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeUsage } from '../power-source.js'
import { ByteScanner } from './byte-scanner.js'
import { type CpuTimes, type CpuTimesRecord, type CpuUse, cpuTimesRecord, cpuUse, readCpuTimes } from './cpu-time.js'
import type { KeptFile, KernelFiles } from './kernel-files.js'
import { readFields, type WantedFields } from './fields.js'
import { nodeOsUsage } from './node-os-usage.js'

/** Where the host's `/proc` and `/sys` are seen, e.g. `/host/proc` in a container. */
export interface SystemRoots {
  readonly proc: string
  readonly sys: string
}

/** What the machine's counters say at one moment. Absent: the kernel does not tell. */
export interface NodeCounters {
  readonly cpu: CpuTimes
  readonly memoryTotal: number | undefined
  readonly memoryAvailable: number | undefined
  readonly pageFaults: number | undefined
  readonly majorPageFaults: number | undefined
  readonly load1: number | undefined
  readonly frequency: number | undefined
}

export interface NodeReader {
  /**
   * Reads the machine's counters.
   *
   * @param seconds monotonic time of the reading
   * @returns what it did since the reading before; `undefined` for the first, when no time has passed, or when
   *   `/proc/stat` cannot be read: then the next reading covers this time too
   */
  read(seconds: number): NodeUsage | undefined
  /** The counters of the last reading that could be used. */
  counters(): NodeCounters | undefined
  /** Whether the last attempt found a `/proc/stat` that it understands. */
  readable(): boolean
}

/** To ask a processor for its frequency can wake it up: not more often than this, and not more of them. */
const frequencyEvery = 5
const mostFrequencies = 16

const memoryFields: WantedFields = ['MemTotal:', 'MemFree:', 'MemAvailable:', 'Buffers:', 'Cached:']
const faultFields: WantedFields = ['pgfault ', 'pgmajfault ']

/** Reads `/proc/stat`, memory, faults, load and frequency of the machine whose files are below these roots. */
export function createNodeReader(files: KernelFiles, { proc, sys }: SystemRoots): NodeReader {
  const kept = (name: string): KeptFile => ({ path: join(proc, name), descriptor: undefined })
  const stat = kept('stat')
  const meminfo = kept('meminfo')
  const vmstat = kept('vmstat')
  const loadavg = kept('loadavg')
  const memory = new Float64Array(memoryFields.length)
  const faults = new Float64Array(faultFields.length)
  let frequencyFiles: readonly KeptFile[] | undefined
  let frequencyAt = Number.NEGATIVE_INFINITY
  let frequency: number | undefined

  let before: CpuTimesRecord = cpuTimesRecord()
  let next: CpuTimesRecord = cpuTimesRecord()
  let beforeAt: number | undefined
  let isReadable = false
  let last: NodeCounters | undefined

  /** The kernel never writes it torn, but a file system between it and us may: a second look costs little. */
  function readStat(): boolean {
    for (let attempt = 0; attempt < 2; attempt++) {
      const length = files.read(stat)
      if (readCpuTimes(files.bytes, length, next)) return true
    }
    return false
  }

  function readFrequency(seconds: number): number | undefined {
    if (seconds - frequencyAt < frequencyEvery) return frequency
    frequencyAt = seconds
    frequencyFiles ??= frequencyPaths(sys).map((path) => ({ path, descriptor: undefined }))
    let sum = 0
    let count = 0
    for (const file of frequencyFiles) {
      const kilohertz = firstNumber(files, file)
      if (kilohertz === undefined || kilohertz === 0) continue
      sum += kilohertz / 1000
      count++
    }
    frequency = count === 0 ? undefined : sum / count
    return frequency
  }

  return {
    read(seconds) {
      isReadable = readStat()
      if (!isReadable) return undefined
      const use = beforeAt === undefined ? undefined : cpuUse(before, next)
      const elapsed = beforeAt === undefined ? 0 : seconds - beforeAt
      // Within one tick of the kernel nothing can be told: the reading before stays the begin.
      if (beforeAt !== undefined && (use === undefined || elapsed <= 0)) return undefined
      const switchesBefore = before.contextSwitches
      const cpu = next
      next = before
      before = cpu
      beforeAt = seconds
      const hasMemory = readFields(files, meminfo, memoryFields, memory)
      const hasFaults = readFields(files, vmstat, faultFields, faults)
      const [total, free, available, buffers, cached] = memory
      const known = (value: number | undefined, factor = 1) =>
        value === undefined || value < 0 ? undefined : value * factor
      // Kernels before 3.14 do not say what is available.
      const guess = available! >= 0 ? available : Math.max(0, free!) + Math.max(0, buffers!) + Math.max(0, cached!)
      const faultsBefore = last?.pageFaults
      last = {
        cpu,
        memoryTotal: hasMemory ? known(total, 1024) : undefined,
        memoryAvailable: hasMemory ? known(guess, 1024) : undefined,
        pageFaults: hasFaults ? known(faults[0]) : undefined,
        majorPageFaults: hasFaults ? known(faults[1]) : undefined,
        load1: readLoad(files, loadavg),
        frequency: readFrequency(seconds),
      }
      return use && usageOf(use, elapsed, last, { contextSwitches: switchesBefore, pageFaults: faultsBefore })
    },
    counters: () => last,
    readable: () => isReadable,
  }
}

function usageOf(
  use: CpuUse,
  seconds: number,
  now: NodeCounters,
  before: { readonly contextSwitches: number; readonly pageFaults: number | undefined },
): NodeUsage {
  const { utilisation, steal, modes } = use
  const { cpu, memoryTotal, memoryAvailable, frequency } = now
  const memoryUsed =
    memoryTotal && memoryAvailable !== undefined ? Math.max(0, 1 - memoryAvailable / memoryTotal) : undefined
  return {
    seconds,
    utilisation,
    steal,
    onlineCpus: cpu.count,
    ...(memoryUsed === undefined ? {} : { memoryUsed }),
    ...(frequency === undefined ? {} : { frequency }),
    system: nodeOsUsage({
      modes,
      seconds,
      contextSwitches: cpu.contextSwitches - before.contextSwitches,
      pageFaults:
        now.pageFaults !== undefined && before.pageFaults !== undefined
          ? now.pageFaults - before.pageFaults
          : undefined,
      load1: now.load1,
      memoryUsed,
      frequency,
    }),
  }
}

function readLoad(files: KernelFiles, file: KeptFile): number | undefined {
  const length = Math.max(0, files.read(file))
  const load = Number.parseFloat(files.bytes.toString('latin1', 0, length))
  return load >= 0 ? load : undefined
}

const scanner = new ByteScanner()

function firstNumber(files: KernelFiles, file: KeptFile): number | undefined {
  const length = files.read(file)
  scanner.reset(files.bytes, 0, Math.max(0, length))
  const value = scanner.number()
  return value < 0 ? undefined : value
}

/** A policy stands for all processors that share a clock. */
function frequencyPaths(sys: string): readonly string[] {
  const folder = join(sys, 'devices/system/cpu/cpufreq')
  try {
    return readdirSync(folder)
      .filter((name) => /^policy\d+$/.test(name))
      .slice(0, mostFrequencies)
      .map((name) => join(folder, name, 'scaling_cur_freq'))
  } catch {
    // A virtual machine has none.
    return []
  }
}
