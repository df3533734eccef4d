import assert from 'node:assert/strict'
import { readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fakeSystem, statLine } from '../../../test/support/fake-proc.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { KernelFiles } from '../proc/kernel-files.js'
import type { Scan } from './process.js'
import { createProcessTable } from './process-table.js'

const id = 'ab'.repeat(32)
const cgroup = `0::/docker/${id}\n`

function scene() {
  const system = fakeSystem(temporaryFolder())
  const table = createProcessTable(new KernelFiles(), system)
  const scan = (): Scan => {
    const found = table.scan()
    assert.ok(found)
    return found
  }
  return { system, scan, table }
}

const deltas = ({ running }: Scan) => Object.fromEntries([...running].map(([pid, { delta }]) => [pid, delta]))

/** Descriptors of this process that are of files below a folder, also of those that are gone. */
function openBelow(folder: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(folder)
    } catch {
      // That of the listing itself.
      return false
    }
  }).length
}

describe('createProcessTable', () => {
  it('counts processor time between scans, and all time of what has started since', () => {
    const { system, scan } = scene()
    system.uptime(100)
    system.process({ pid: 1, ticks: 5000 })
    system.process({ pid: 2, ticks: 10 })
    assert.deepEqual(deltas(scan()), { 1: 0, 2: 0 })
    system.uptime(105)
    system.process({ pid: 1, ticks: 5100 })
    system.process({ pid: 3, ticks: 30, startTicks: 10_200 })
    // Started long ago and seen only now, e.g. because it was hidden: what it did before is not of this time.
    system.process({ pid: 4, ticks: 7000, startTicks: 100 })
    const second = scan()
    assert.deepEqual(deltas(second), { 1: 1, 2: 0, 3: 0.3, 4: 0 })
    assert.deepEqual(
      second.active.map(({ pid }) => pid),
      [1, 3],
    )
  })

  it('tells a process from a later one of the same number', () => {
    const { system, scan } = scene()
    system.uptime(100)
    system.process({ pid: 7, comm: 'old', ticks: 900, startTicks: 50 })
    scan()
    system.uptime(101)
    // The kernel refuses the old descriptor, and a plain file shows new content through it: both are another start.
    system.process({ pid: 7, comm: 'new', ticks: 20, startTicks: 10_050 })
    const { running, ended } = scan()
    assert.deepEqual([running.get(7)?.comm, running.get(7)?.delta], ['new', 0.2])
    assert.deepEqual(
      ended.map(({ comm, delta }) => [comm, delta]),
      [['old', 0]],
    )
  })

  it('reports what has ended, once', () => {
    const { system, scan } = scene()
    system.process({ pid: 7, cgroup })
    scan()
    system.end(7)
    const { ended, endedContainers, running, containers } = scan()
    assert.deepEqual([ended.length, endedContainers.length, running.size, containers.size], [1, 1, 0, 0])
    assert.equal(scan().ended.length, 0)
  })

  it('keeps a process whose file is torn or hidden for a while', () => {
    const { system, scan } = scene()
    system.process({ pid: 7, ticks: 10 })
    scan()
    assert.equal(scan().unreadable, 0)
    system.file('proc/7/stat', statLine(7, 'sleep', 20, 100).slice(0, 40))
    const torn = scan()
    assert.deepEqual([torn.unreadable, torn.running.size, deltas(torn)[7]], [1, 1, 0])
    system.process({ pid: 7, ticks: 40 })
    assert.ok(Math.abs(deltas(scan())[7]! - 0.3) < 1e-9)
  })

  it('says that there is no list of processes, and goes on when it is back', () => {
    const { system, table } = scene()
    system.process({ pid: 7, ticks: 10 })
    assert.ok(table.scan())
    const gone = createProcessTable(new KernelFiles(), { proc: join(system.proc, 'none'), sys: system.sys })
    assert.equal(gone.scan(), undefined)
  })

  it('looks a process up again when it has become another program', () => {
    const { system, scan } = scene()
    system.process({ pid: 7, comm: 'runc:[2:INIT]', cgroup: '0::/\n' })
    assert.equal(scan().running.get(7)?.container, undefined)
    system.process({ pid: 7, comm: 'nginx', cgroup, ticks: 1 })
    const process = scan().running.get(7)
    assert.deepEqual([process?.comm, process?.container?.identity.id], ['nginx', id])
  })

  it('keeps what it knows of a process that hides what it is', () => {
    const { system, scan } = scene()
    system.process({ pid: 7, cgroup })
    scan()
    system.process({ pid: 7, comm: 'hidden', cgroup, ticks: 1 })
    for (const name of ['cgroup', 'cmdline']) rmSync(join(system.proc, '7', name))
    const process = scan().running.get(7)
    assert.deepEqual([process?.comm, process?.container?.identity.id], ['hidden', id])
  })

  it('takes names as they come', () => {
    const { system, scan } = scene()
    system.process({ pid: 7, comm: 'a"b\\c\n) S (' })
    assert.equal(scan().running.get(7)?.comm, 'a"b\\c\n) S (')
    system.file('proc/8/stat', '')
    writeFileSync(join(system.proc, '8/stat'), Buffer.from(statLine(8, '?', 0, 1).replace('?', '\xff'), 'latin1'))
    assert.equal(scan().running.get(8)?.comm, '\ufffd')
  })

  it('reads the name of a container from its environment, else from the command line', () => {
    const { system, scan } = scene()
    system.process({ pid: 1, cgroup, environment: ['A=1', 'HOSTNAME=web-1'] })
    system.process({ pid: 2, cgroup: `0::/docker/${'cd'.repeat(32)}\n`, args: ['app', '--name', 'db'] })
    const { containers } = scan()
    assert.deepEqual(
      [...containers.values()].map(({ name }) => name),
      ['web-1', 'db'],
    )
  })

  describe('with the time of cgroups', () => {
    const usage = (seconds: number) => `usage_usec ${seconds * 1e6}\nuser_usec 0\n`
    const stat = `sys/fs/cgroup/docker/${id}/cpu.stat`

    it('gives what came and went to those that are there', () => {
      const { system, scan } = scene()
      system.process({ pid: 1, cgroup, ticks: 100 })
      system.process({ pid: 2, cgroup, ticks: 0 })
      system.file(stat, usage(1))
      scan()
      system.process({ pid: 1, cgroup, ticks: 150 })
      system.file(stat, usage(3))
      const { containers, running } = scan()
      assert.deepEqual(deltas({ running } as Scan), { 1: 2, 2: 0 })
      assert.equal(containers.get(id)?.seconds, 3)
    })

    it('gives it to all alike when none of them has done anything', () => {
      const { system, scan } = scene()
      for (const pid of [1, 2]) system.process({ pid, cgroup })
      system.file(stat, usage(1))
      scan()
      system.file(stat, usage(2))
      assert.deepEqual(deltas(scan()), { 1: 0.5, 2: 0.5 })
    })

    it('does not take the coarse ticks of processes for the work of others', () => {
      const { system, scan } = scene()
      system.process({ pid: 1, cgroup })
      system.file(stat, usage(0))
      scan()
      let sum = 0
      for (let step = 1; step <= 100; step++) {
        // 7 ms each time: the process shows it in whole ticks of 10 ms, late.
        system.file(stat, usage(step * 0.007))
        system.process({ pid: 1, cgroup, ticks: Math.floor(step * 0.7) })
        sum += deltas(scan())[1]!
      }
      assert.ok(Math.abs(sum - 0.7) < 0.011, String(sum))
    })

    it('does not even read the processes of a container that has done nothing', () => {
      const { system, scan } = scene()
      system.process({ pid: 1, cgroup })
      system.file(stat, usage(1))
      scan()
      // It would be seen if it were read.
      system.process({ pid: 1, cgroup, ticks: 500 })
      assert.equal(deltas(scan())[1], 0)
      system.file(stat, usage(6))
      assert.equal(deltas(scan())[1], 5)
    })

    it('counts with cgroup v1 too', () => {
      const { system, scan } = scene()
      const v1 = `4:cpu,cpuacct:/docker/${id}\n1:name=systemd:/docker/${id}\n`
      system.process({ pid: 1, cgroup: v1 })
      system.file(`sys/fs/cgroup/cpu,cpuacct/docker/${id}/cpuacct.usage`, '1000000000\n')
      scan()
      system.file(`sys/fs/cgroup/cpu,cpuacct/docker/${id}/cpuacct.usage`, '2500000000\n')
      assert.equal(deltas(scan())[1], 1.5)
    })

    it('falls back to processes when the cgroup cannot be read', () => {
      const { system, scan } = scene()
      system.process({ pid: 1, cgroup })
      system.file(stat, 'nonsense')
      scan()
      system.process({ pid: 1, cgroup, ticks: 20 })
      assert.equal(deltas(scan())[1], 0.2)
    })
  })

  it('closes the files of what has ended, and all at the end', () => {
    const { system, scan, table } = scene()
    const open = () => openBelow(system.proc)
    for (let pid = 1; pid <= 50; pid++) system.process({ pid, cgroup })
    scan()
    assert.ok(open() >= 50)
    for (let pid = 1; pid <= 40; pid++) system.end(pid)
    scan()
    assert.ok(open() <= 15)
    table.close()
    assert.equal(open(), 0)
  })

  it('keeps no more descriptors open than it may', () => {
    const system = fakeSystem(temporaryFolder())
    for (let pid = 1; pid <= 50; pid++) system.process({ pid })
    const table = createProcessTable(new KernelFiles({ maxDescriptors: 10 }), system)
    assert.equal(table.scan()?.running.size, 50)
    assert.ok(openBelow(system.proc) <= 10)
    table.close()
  })
})
