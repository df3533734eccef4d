import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ByteScanner } from '../proc/byte-scanner.js'
import type { KeptFile, KernelFiles } from '../proc/kernel-files.js'
import type { CgroupPath } from './container.js'

/** Processor time of a container as its cgroup counts it, also that of processes which came and went in between. */
export interface CgroupTime {
  /** Seconds since its start; -1 when it cannot be read. */
  read(): number
  close(): void
}

const scanner = new ByteScanner()

/**
 * Finds the file that counts a cgroup's processor time: `cpu.stat` of v2 (microseconds), `cpuacct.usage` of v1
 * (nanoseconds).
 *
 * @param sys the host's `/sys`
 * @returns `undefined` when there is none, e.g. because the cgroup is named as another container sees it (`/../`)
 */
export function cgroupTime(files: KernelFiles, sys: string, cgroup: CgroupPath): CgroupTime | undefined {
  if (!cgroup.path.startsWith('/') || cgroup.path.split('/').includes('..')) return undefined
  const found = candidates(join(sys, 'fs/cgroup'), cgroup).find(({ path }) => existsSync(path))
  if (!found) return undefined
  const file: KeptFile = { path: found.path, descriptor: undefined }
  return {
    read() {
      const length = files.read(file)
      if (length <= 0) return -1
      scanner.reset(files.bytes, 0, length)
      // `usage_usec` is the first line of cpu.stat.
      if (found.perSecond === 1e6 && !scanner.startsWith('usage_usec ')) return -1
      const value = scanner.number()
      return value < 0 || scanner.at >= length ? -1 : value / found.perSecond
    },
    close: () => files.forget(file),
  }
}

function candidates(root: string, { controllers, path }: CgroupPath) {
  const ofV1 = [controllers, 'cpu,cpuacct', 'cpuacct'].filter((name) => name.split(',').includes('cpuacct'))
  return [
    ...(controllers === '' ? [join(root, path, 'cpu.stat'), join(root, 'unified', path, 'cpu.stat')] : []).map(
      (file) => ({ path: file, perSecond: 1e6 }),
    ),
    ...ofV1.map((name) => ({ path: join(root, name, path, 'cpuacct.usage'), perSecond: 1e9 })),
  ]
}
