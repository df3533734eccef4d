import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ticksPerSecond } from '../proc/cpu-time.js'
import type { KernelFiles } from '../proc/kernel-files.js'
import type { SystemRoots } from '../proc/node-reader.js'
import { processStat, readProcessStat } from '../proc/process-stat.js'
import { cgroupTime } from './cgroup-time.js'
import type { ContainerRecord, ProcessRecord, Scan } from './process.js'
import { type ProcessIdentity, readIdentity } from './workload-files.js'

export interface ProcessTable {
  /**
   * Looks at all processes.
   *
   * @returns `undefined` when the list of processes cannot be read: then the next scan covers this time too
   */
  scan(): Scan | undefined
  /** Closes all descriptors. */
  close(): void
}

/** A runtime moves a process into its container shortly after it has started: until then it is looked up again. */
const scansUntilSettled = 10
/** Later on a process may be moved too: it is looked up again so seldom. */
const scansBetweenLookups = 60
const longestComm = 64
const openingParenthesis = 40

/**
 * The running processes with their processor time, containers and virtual machines. Frugal: descriptors are kept, a
 * `stat` that has not changed is not parsed again, and processes of a container whose cgroup has counted no time are
 * not even read.
 */
export function createProcessTable(files: KernelFiles, { proc, sys }: SystemRoots): ProcessTable {
  const running = new Map<number, ProcessRecord>()
  const containers = new Map<string, ContainerRecord>()
  const uptime = { path: join(proc, 'uptime'), descriptor: undefined }
  const stat = processStat()
  let scanNumber = 0
  /** Ticks since the boot at the scan before; `undefined` where it cannot be read. */
  let scannedAt: number | undefined

  function readUptime(): number | undefined {
    const length = Math.max(0, files.read(uptime))
    const seconds = Number.parseFloat(files.bytes.toString('latin1', 0, length))
    return seconds >= 0 ? Math.floor(seconds * ticksPerSecond) : undefined
  }

  /** A container's cgroup that has counted nothing saves reading its processes. */
  function readContainer(container: ContainerRecord): void {
    const counted = container.time?.read() ?? -1
    container.countedDelta = counted >= 0 && container.counted >= 0 ? Math.max(0, counted - container.counted) : -1
    if (counted >= 0) container.seconds = Math.max(container.seconds, counted)
    container.counted = counted
  }

  /** @returns false when the process cannot be read now */
  function update(pid: number, known: ProcessRecord | undefined): boolean {
    const file = known?.stat ?? { path: `${proc}/${pid}/stat`, descriptor: undefined }
    const length = files.read(file)
    if (length <= 0) return false
    const { bytes } = files
    if (known?.line.compare(bytes, 0, length) === 0) {
      known.delta = 0
      known.seenIn = scanNumber
      return true
    }
    if (!readProcessStat(bytes, length, stat)) {
      if (!known) files.forget(file)
      return false
    }
    if (known && known.startTicks === stat.startTicks) {
      refresh(known, length)
      return true
    }
    if (known) end(known)
    running.set(pid, begin(pid, file, length))
    return true
  }

  function refresh(known: ProcessRecord, length: number): void {
    const { bytes } = files
    const seconds = stat.ticks / ticksPerSecond
    known.delta = Math.max(0, seconds - known.seconds)
    known.seconds = Math.max(known.seconds, seconds)
    known.seenIn = scanNumber
    const renamed = known.line.compare(bytes, stat.nameStart, stat.nameEnd, stat.nameStart, known.nameEnd) !== 0
    if (known.line.length !== length) known.line = Buffer.allocUnsafe(length)
    bytes.copy(known.line, 0, 0, length)
    known.nameEnd = stat.nameEnd
    const settling = scanNumber - known.bornIn < scansUntilSettled
    const due = scanNumber - known.identifiedIn >= (settling ? 1 : scansBetweenLookups)
    if (!renamed && !(due && known.delta > 0)) return
    known.comm = commOf(known)
    known.identifiedIn = scanNumber
    const identity = readIdentity(files, `${proc}/${known.pid}`)
    if (identity) assign(known, identity)
  }

  function begin(pid: number, file: ProcessRecord['stat'], length: number): ProcessRecord {
    const seconds = stat.ticks / ticksPerSecond
    const { startTicks, nameEnd } = stat
    // What is new since the last scan did all its work since then; what is merely seen late did not.
    const isNew = scanNumber > 1 && (scannedAt === undefined || startTicks >= scannedAt - ticksPerSecond / 10)
    const line = Buffer.from(files.bytes.subarray(0, length))
    const identity = readIdentity(files, `${proc}/${pid}`) ?? nothingKnown
    const record: ProcessRecord = {
      pid,
      startTicks,
      comm: '',
      identity,
      container: undefined,
      seconds,
      delta: isNew ? seconds : 0,
      stat: file,
      line,
      nameEnd,
      seenIn: scanNumber,
      identifiedIn: scanNumber,
      bornIn: scanNumber,
    }
    record.comm = commOf(record)
    assign(record, identity)
    return record
  }

  function assign(record: ProcessRecord, identity: ProcessIdentity): void {
    record.identity = identity
    const id = identity.container?.id
    if (record.container?.identity.id === id) return
    leave(record)
    if (!identity.container) return
    let container = containers.get(identity.container.id)
    if (!container) {
      container = {
        identity: identity.container,
        name: identity.containerName,
        seconds: 0,
        processes: new Set(),
        time: cgroupTime(files, sys, identity.container.cgroup),
        counted: -1,
        countedDelta: -1,
        surplus: 0,
      }
      readContainer(container)
      containers.set(identity.container.id, container)
    }
    container.processes.add(record)
    if (container.counted < 0) container.seconds += record.seconds - record.delta
    record.container = container
  }

  function leave(record: ProcessRecord): void {
    record.container?.processes.delete(record)
    record.container = undefined
  }

  const ended: ProcessRecord[] = []
  function end(record: ProcessRecord): void {
    files.forget(record.stat)
    record.delta = 0
    ended.push(record)
    running.delete(record.pid)
  }

  function endContainers(): ContainerRecord[] {
    for (const record of ended) record.container?.processes.delete(record)
    const gone = [...containers.values()].filter(({ processes }) => processes.size === 0)
    for (const container of gone) {
      container.time?.close()
      containers.delete(container.identity.id)
    }
    return gone
  }

  return {
    scan() {
      const names = list(proc)
      if (!names) return undefined
      scanNumber++
      ended.length = 0
      const now = readUptime()
      let unreadable = 0
      for (const container of containers.values()) readContainer(container)
      for (const name of names) {
        const pid = pidOf(name)
        if (pid < 0) continue
        const known = running.get(pid)
        if (known?.container?.countedDelta === 0) {
          known.delta = 0
          known.seenIn = scanNumber
        } else if (!update(pid, known)) {
          unreadable++
          // It is listed: perhaps it is readable again next time. If it has ended it will not be listed then.
          const still = running.get(pid)
          if (still) {
            still.delta = 0
            still.seenIn = scanNumber
          }
        }
      }
      for (const record of running.values()) if (record.seenIn !== scanNumber) end(record)
      const endedContainers = endContainers()
      for (const container of containers.values()) balance(container)
      scannedAt = now
      const active = [...running.values()].filter(({ delta }) => delta > 0)
      return { running, active, containers, ended: [...ended], endedContainers, unreadable }
    },
    close() {
      for (const { stat: file } of running.values()) files.forget(file)
      for (const { time } of containers.values()) time?.close()
      running.clear()
      containers.clear()
    },
  }
}

const nothingKnown: ProcessIdentity = {
  exe: '',
  container: undefined,
  containerName: '',
  virtualMachine: undefined,
}

/**
 * A cgroup counts more than the processes that are still there when others came and went. Their time is given to those
 * that are there, by what they did, so that a container is the sum of its processes. Processes count in ticks and
 * cgroups in microseconds: what is below a tick of each process is kept until it is more, or until they catch up.
 */
function balance(container: ContainerRecord): void {
  let sum = 0
  for (const { delta } of container.processes) sum += delta
  if (container.counted < 0) container.seconds += sum
  if (container.countedDelta < 0) return
  const noise = container.processes.size / ticksPerSecond
  container.surplus = Math.max(-noise, container.surplus + container.countedDelta - sum)
  if (container.surplus <= noise) return
  for (const process of container.processes) {
    const part = sum > 0 ? process.delta / sum : 1 / container.processes.size
    process.delta += container.surplus * part
  }
  container.surplus = 0
}

/** The name in its `stat`: what is no UTF-8 becomes U+FFFD, as Prometheus takes nothing else. */
function commOf({ line, nameEnd }: ProcessRecord): string {
  const begin = line.indexOf(openingParenthesis) + 1
  return line.toString('utf8', begin, Math.min(nameEnd, begin + longestComm))
}

function list(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}

function pidOf(name: string): number {
  const first = name.charCodeAt(0)
  if (first < 49 || first > 57 || name.length > 10) return -1
  const pid = Number(name)
  return Number.isInteger(pid) ? pid : -1
}
