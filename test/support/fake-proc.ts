import { closeSync, constants, ftruncateSync, mkdirSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export interface FakeProcess {
  readonly pid: number
  readonly comm?: string
  /** Ticks of user time; system time is 0. */
  readonly ticks?: number
  readonly startTicks?: number
  /** Text of `/proc/<pid>/cgroup`. */
  readonly cgroup?: string
  /** Arguments, which end with NUL in the file. */
  readonly args?: readonly string[]
  readonly environment?: readonly string[]
  readonly exe?: string
}

/** Files like the kernel's below `root/proc` and `root/sys`, for a machine that does what a test says. */
export interface FakeSystem {
  readonly proc: string
  readonly sys: string
  /** Ticks of user, nice, system, idle, iowait, irq, softirq, steal: one row for each processor. */
  cpus(rows: readonly (readonly number[])[], ids?: readonly number[]): void
  process(process: FakeProcess): void
  end(pid: number): void
  /** Any file, below `root`. */
  file(path: string, text: string): void
  uptime(seconds: number): void
}

export function fakeSystem(root: string): FakeSystem {
  const proc = join(root, 'proc')
  const sys = join(root, 'sys')
  mkdirSync(proc, { recursive: true })
  mkdirSync(sys, { recursive: true })
  const file = (path: string, text: string) => {
    const at = join(root, path)
    mkdirSync(join(at, '..'), { recursive: true })
    overwrite(at, text)
  }
  return {
    proc,
    sys,
    file,
    cpus(rows, ids) {
      const sum = rows[0]!.map((_, mode) => rows.reduce((total, row) => total + row[mode]!, 0))
      const lines = rows.map((row, index) => `cpu${ids?.[index] ?? index} ${row.join(' ')} 0 0`)
      file('proc/stat', `cpu  ${sum.join(' ')} 0 0\n${lines.join('\n')}\nintr 100 0 0\nctxt 12345\nbtime 1\n`)
    },
    process({ pid, comm = 'sleep', ticks = 0, startTicks = 100, cgroup = '0::/\n', args, environment, exe }) {
      file(`proc/${pid}/stat`, statLine(pid, comm, ticks, startTicks))
      file(`proc/${pid}/cgroup`, cgroup)
      file(`proc/${pid}/cmdline`, (args ?? [comm]).map((arg) => `${arg}\0`).join(''))
      file(`proc/${pid}/environ`, (environment ?? []).map((entry) => `${entry}\0`).join(''))
      const link = join(proc, String(pid), 'exe')
      rmSync(link, { force: true })
      symlinkSync(exe ?? `/usr/bin/${comm.replaceAll('/', '')}`, link)
    },
    end: (pid) => rmSync(join(proc, String(pid)), { recursive: true }),
    uptime: (seconds) => file('proc/uptime', `${seconds.toFixed(2)} 0.00\n`),
  }
}

/** As the kernel's files: whoever reads meanwhile, also with a descriptor that was kept, never sees an empty file. */
function overwrite(path: string, text: string): void {
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT)
  try {
    writeSync(file, text)
    ftruncateSync(file, Buffer.byteLength(text))
  } finally {
    closeSync(file)
  }
}

/** A line of `/proc/<pid>/stat` as the kernel writes it. */
export function statLine(pid: number, comm: string, ticks: number, startTicks: number): string {
  return `${pid} (${comm}) S 1 ${pid} ${pid} 0 -1 4194560 1 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${startTicks} 1000 200 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 0 0 0 0 0 0\n`
}
