import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fakeSystem, statLine } from '../../../test/support/fake-proc.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { KernelFiles } from '../proc/kernel-files.js'
import type { Scan } from './process.js'
import { createProcessTable } from './process-table.js'

const docker = (digits: string) => `0::/docker/${digits.repeat(32)}\n`
const idOf = (digits: string) => digits.repeat(32)
const [host, a, b] = ['0::/\n', docker('aa'), docker('bb')]

function scene() {
  const system = fakeSystem(temporaryFolder())
  const table = createProcessTable(new KernelFiles(), system)
  const scan = (): Scan => {
    const found = table.scan()
    assert.ok(found)
    return found
  }
  const usage = (digits: string, seconds: number | string) =>
    system.file(
      `sys/fs/cgroup/docker/${idOf(digits)}/cpu.stat`,
      typeof seconds === 'string' ? seconds : `usage_usec ${Math.round(seconds * 1e6)}\n`,
    )
  const open = () =>
    readdirSync('/proc/self/fd').filter((descriptor) => {
      try {
        return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(system.proc)
      } catch {
        return false
      }
    }).length
  return { system, scan, usage, open, table }
}

const deltaOf = ({ running }: Scan, pid: number) => running.get(pid)?.delta
const near = (value: number | undefined, expected: number) =>
  assert.ok(Math.abs((value ?? Number.NaN) - expected) < 1e-9, `${value}, expected ${expected}`)

describe('a process that is seen for the first time', () => {
  it('is new if it started at most a tenth of a second before the last scan', () => {
    const { system, scan } = scene()
    system.uptime(100)
    scan()
    system.uptime(105)
    system.process({ pid: 1, ticks: 30, startTicks: 9990 })
    system.process({ pid: 2, ticks: 30, startTicks: 9989 })
    const seen = scan()
    assert.deepEqual([deltaOf(seen, 1), deltaOf(seen, 2)], [0.3, 0])
    system.process({ pid: 3, ticks: 30, startTicks: 10_489 })
    assert.equal(deltaOf(scan(), 3), 0)
  })

  it('is new where the time of the last scan is not known, but not in the first scan of all', () => {
    for (const uptime of ['', 'x\n', '-1 0\n']) {
      const { system, scan } = scene()
      system.file('proc/uptime', uptime)
      system.process({ pid: 1, ticks: 30, startTicks: 1 })
      assert.equal(deltaOf(scan(), 1), 0)
      system.process({ pid: 2, ticks: 40, startTicks: 1 })
      assert.equal(deltaOf(scan(), 2), 0.4)
    }
  })

  it('leaves no file open when it cannot be understood', () => {
    const { system, scan, open } = scene()
    system.file('proc/7/stat', 'torn')
    const { running, unreadable } = scan()
    assert.deepEqual([running.size, unreadable, open()], [0, 1, 0])
  })

  it('has a number of at most ten digits, that begins with none of 0', () => {
    const { system, scan } = scene()
    for (const name of ['0', '01', '1a', ':1', '/1', '12345678901', 'self'])
      system.file(`proc/${name}/stat`, statLine(1, 'x', 1, 1))
    for (const pid of [1, 9, 1_234_567_890]) system.process({ pid })
    assert.deepEqual(
      [...scan().running.keys()].sort((x, y) => x - y),
      [1, 9, 1_234_567_890],
    )
  })
})

describe('what is listed beside processes', () => {
  it('is none that cannot be read', () => {
    const { system, scan } = scene()
    for (const name of ['2a', 'self', 'stat', '12345678901']) system.file(`proc/${name}/stat`, statLine(2, 'x', 1, 1))
    const { running, unreadable } = scan()
    assert.deepEqual([running.size, unreadable], [0, 0])
  })
})

describe('a process that goes on', () => {
  it('has done nothing when its line is as before, and less than nothing never', () => {
    const { system, scan } = scene()
    system.process({ pid: 1, ticks: 100 })
    scan()
    system.process({ pid: 1, ticks: 150 })
    assert.equal(deltaOf(scan(), 1), 0.5)
    assert.equal(deltaOf(scan(), 1), 0)
    system.process({ pid: 1, ticks: 120 })
    const back = scan()
    assert.deepEqual([deltaOf(back, 1), back.running.get(1)?.seconds], [0, 1.5])
    system.process({ pid: 1, ticks: 99_000 })
    assert.equal(scan().running.get(1)?.seconds, 990)
  })

  it('has its new name, whether that is as long or not, and at most 64 bytes of it', () => {
    const { system, scan } = scene()
    const names = ['bash', 'java', 'javac', 'sh', 'x'.repeat(64), 'y'.repeat(65)]
    for (const comm of names) {
      system.process({ pid: 1, comm })
      assert.equal(scan().running.get(1)?.comm, comm.slice(0, 64))
    }
  })

  it('is looked up with each scan for a while, if it worked', () => {
    const { system, scan } = scene()
    system.process({ pid: 1, cgroup: host, ticks: 1 })
    scan()
    system.process({ pid: 1, cgroup: a, ticks: 1 })
    assert.equal(scan().running.get(1)?.container, undefined)
    system.process({ pid: 1, cgroup: a, ticks: 2 })
    assert.equal(scan().running.get(1)?.container?.identity.id, idOf('aa'))
  })

  it('is looked up once in sixty scans after that', () => {
    const { system, scan } = scene()
    const scanned = (number: number, cgroup: string) => {
      system.process({ pid: 1, cgroup, ticks: number })
      return scan().running.get(1)?.container?.identity.id
    }
    // It is new for ten scans: the last of these looks it up.
    for (let number = 1; number <= 10; number++) assert.equal(scanned(number, host), undefined)
    for (let number = 11; number <= 69; number++) assert.equal(scanned(number, a), undefined, `scan ${number}`)
    assert.equal(scanned(70, a), idOf('aa'))
  })

  it('leaves a container for another, and the one that nobody is in any more has ended', () => {
    const { system, scan } = scene()
    system.process({ pid: 1, cgroup: a, ticks: 1 })
    scan()
    system.process({ pid: 1, cgroup: b, ticks: 2 })
    const { containers, endedContainers, running } = scan()
    assert.deepEqual([...containers.keys()], [idOf('bb')])
    assert.deepEqual(
      endedContainers.map(({ identity }) => identity.id),
      [idOf('aa')],
    )
    assert.equal(running.get(1)?.container?.identity.id, idOf('bb'))
    system.process({ pid: 1, cgroup: host, ticks: 3 })
    const out = scan()
    assert.deepEqual([out.containers.size, out.running.get(1)?.container], [0, undefined])
  })

  it('is not known any more when the table was closed', () => {
    const { system, scan, table } = scene()
    system.process({ pid: 1, cgroup: a })
    scan()
    table.close()
    system.end(1)
    const { ended, containers } = scan()
    assert.deepEqual([ended.length, containers.size], [0, 0])
  })
})

describe('the time of a container', () => {
  it('is that of its processes where its cgroup counts none', () => {
    const { system, scan } = scene()
    const seconds = () => scan().containers.get(idOf('aa'))?.seconds
    system.uptime(1)
    system.process({ pid: 1, cgroup: a, ticks: 100 })
    near(seconds(), 1)
    system.process({ pid: 1, cgroup: a, ticks: 120 })
    near(seconds(), 1.2)
    system.process({ pid: 2, cgroup: a, ticks: 30 })
    near(seconds(), 1.5)
  })

  it('is that of its cgroup, and never goes back', () => {
    const { system, scan, usage } = scene()
    system.process({ pid: 1, cgroup: a, ticks: 100 })
    for (const [counted, expected] of [
      [5, 5],
      [6, 6],
      [4, 6],
      ['nonsense', 6],
      [7, 7],
    ] as const) {
      usage('aa', counted)
      assert.equal(scan().containers.get(idOf('aa'))?.seconds, expected, String(counted))
    }
  })

  it('is not that of its processes now when it is seen for the first time', () => {
    const { system, scan, usage } = scene()
    system.process({ pid: 1, cgroup: a, ticks: 100 })
    usage('aa', 5)
    assert.equal(deltaOf(scan(), 1), 0)
  })

  it('is counted by processes again when the cgroup could not be read', () => {
    const { system, scan, usage } = scene()
    const step = (ticks: number, counted: number | string) => {
      system.process({ pid: 1, cgroup: a, ticks })
      usage('aa', counted)
      return deltaOf(scan(), 1)
    }
    step(0, 1)
    near(step(50, 'nonsense'), 0.5)
    // Nothing to compare it with yet: the processes count.
    near(step(70, 2), 0.2)
    near(step(90, 4), 2)
  })

  it('keeps less than a tick of each process for later', () => {
    const { system, scan, usage } = scene()
    for (const pid of [1, 2]) system.process({ pid, cgroup: a })
    usage('aa', 0)
    scan()
    // 20 ms are two ticks: one of each process.
    usage('aa', 0.02)
    assert.equal(deltaOf(scan(), 1), 0)
    usage('aa', 0.03)
    near(deltaOf(scan(), 1), 0.015)
    usage('aa', 0.04)
    assert.equal(deltaOf(scan(), 1), 0)
  })

  it('is owed no more than a tick of each process by processes that counted more', () => {
    const { system, scan, usage } = scene()
    system.process({ pid: 1, cgroup: a })
    usage('aa', 1)
    scan()
    system.process({ pid: 1, cgroup: a, ticks: 100 })
    usage('aa', 1.5)
    near(deltaOf(scan(), 1), 1)
    usage('aa', 1.53)
    near(deltaOf(scan(), 1), 0.02)
  })
})
