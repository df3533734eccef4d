import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { KernelFiles } from '../proc/kernel-files.js'
import { cgroupTime } from './cgroup-time.js'
import { readIdentity } from './workload-files.js'

const id = 'ab'.repeat(32)

function identity(files: { cgroup?: string; cmdline?: string; environ?: string; exe?: string }) {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) {
    if (name === 'exe') symlinkSync(text, join(folder, name))
    else writeFileSync(join(folder, name), text)
  }
  return readIdentity(new KernelFiles(), folder)
}
const container = `0::/docker/${id}\n`
const name = (environ: string, cmdline = 'x\0') => identity({ cgroup: container, environ, cmdline })?.containerName

describe('readIdentity', () => {
  it('is nothing of a process that is gone, and what may be read of one that is there', () => {
    assert.equal(identity({}), undefined)
    assert.equal(identity({ cmdline: 'x\0' })?.exe, '')
    assert.equal(identity({ cgroup: container })?.container?.id, id)
    assert.equal(identity({ cgroup: '0::/\n', exe: '/usr/bin/x (deleted)' })?.exe, '/usr/bin/x')
    assert.equal(identity({ cgroup: '0::/\n', exe: '/a (deleted) b' })?.exe, '/a (deleted) b')
  })

  it('takes the name of a container from its environment, else from its command line', () => {
    assert.equal(name('A=1\0HOSTNAME=web\0CONTAINER_NAME=other\0'), 'web')
    assert.equal(name('CONTAINER_NAME=db\0'), 'db')
    assert.equal(name('XHOSTNAME=no\0HOSTNAME=\0', 'run\0--name\0cli\0'), 'cli')
    assert.equal(name('', 'run\0--name=joined\0'), 'joined')
    assert.equal(name('', '--name\0x\0'), '', 'the program itself is no option')
    assert.equal(name('', '--name=x\0y\0'), '')
    assert.equal(name('', 'run\0'), '')
    assert.equal(name('HOSTNAME=two\nlines\0'), 'two\nlines')
    assert.equal(name(`HOSTNAME=${'x'.repeat(300)}\0`)?.length, 256)
    assert.equal(name('', `run\0--name\0${'x'.repeat(300)}\0`)?.length, 256)
  })

  it('looks for a virtual machine outside of containers alone, and for a name inside alone', () => {
    const cmdline = '/usr/bin/qemu-kvm\0-name\0guest\0'
    assert.equal(identity({ cgroup: '0::/\n', cmdline })?.virtualMachine?.name, 'guest')
    assert.equal(identity({ cgroup: container, cmdline })?.virtualMachine, undefined)
    assert.equal(identity({ cgroup: '0::/\n', cmdline, environ: 'HOSTNAME=x\0' })?.containerName, '')
  })
})

describe('cgroupTime', () => {
  function scene(file: string, text: string) {
    const sys = temporaryFolder()
    const path = join(sys, 'fs/cgroup', file)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, text)
    return {
      path,
      find: (controllers: string, at = '/a/b') => cgroupTime(new KernelFiles(), sys, { controllers, path: at }),
    }
  }

  it('is counted in microseconds by v2, alone or beside v1', () => {
    for (const file of ['a/b/cpu.stat', 'unified/a/b/cpu.stat']) {
      assert.equal(scene(file, 'usage_usec 2500000\nuser_usec 1\n').find('')?.read(), 2.5)
    }
  })

  it('is counted in nanoseconds by v1, under the name of its controllers', () => {
    for (const [file, controllers] of [
      ['cpu,cpuacct/a/b/cpuacct.usage', 'cpu,cpuacct'],
      ['cpuacct/a/b/cpuacct.usage', 'cpuacct'],
      ['cpuacct,cpu/a/b/cpuacct.usage', 'cpuacct,cpu'],
      ['cpu,cpuacct/a/b/cpuacct.usage', 'memory'],
    ] as const) {
      assert.equal(scene(file, '3500000000\n').find(controllers)?.read(), 3.5, file)
    }
    assert.equal(scene('memory/a/b/cpuacct.usage', '1\n').find('memory'), undefined)
  })

  it('is not found where the path is another container’s view, or there is no file', () => {
    const { find } = scene('a/b/cpu.stat', 'usage_usec 1\n')
    for (const path of ['/../a/b', 'a/b', '/x', '/a/../a/b']) assert.equal(find('', path), undefined, path)
    assert.equal(find('memory'), undefined)
  })

  it('is not told by a file that is torn, or another', () => {
    for (const text of ['', 'usage_usec 25', 'user_usec 5\n', 'usage_usec \n']) {
      assert.equal(scene('a/b/cpu.stat', text).find('')?.read(), -1, JSON.stringify(text))
    }
    const { path, find } = scene('cpuacct/a/b/cpuacct.usage', '5\n')
    const time = find('cpuacct')
    rmSync(path)
    assert.equal(time?.read(), -1)
  })
})
