import assert from 'node:assert/strict'
import { existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../../test/support/fake-proc.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { KernelFiles } from './kernel-files.js'
import { createNodeReader } from './node-reader.js'

function scene() {
  const root = temporaryFolder()
  const system = fakeSystem(root)
  const reader = createNodeReader(new KernelFiles(), system)
  let ticks = 0
  const cpus = (more: number) => {
    ticks += more
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
  }
  cpus(0)
  const policy = (name: string, kilohertz: string) =>
    system.file(`sys/devices/system/cpu/cpufreq/${name}/scaling_cur_freq`, kilohertz)
  return { root, system, reader, cpus, policy }
}

describe('createNodeReader', () => {
  it('says nothing of the first reading, and keeps its counters', () => {
    const { reader, cpus } = scene()
    assert.deepEqual([reader.counters(), reader.readable()], [undefined, false])
    assert.equal(reader.read(10), undefined)
    assert.deepEqual([reader.readable(), reader.counters()?.cpu.contextSwitches], [true, 12_345])
    cpus(50)
    const usage = reader.read(12)
    assert.deepEqual([usage?.seconds, usage?.utilisation, usage?.onlineCpus], [2, 0.5, 1])
  })

  it('begins where it last knew something, when no time has passed or it could not read', () => {
    const { system, reader, cpus } = scene()
    reader.read(10)
    cpus(50)
    assert.equal(reader.read(10), undefined)
    assert.equal(reader.read(9), undefined)
    system.file('proc/stat', 'garbage')
    assert.equal(reader.read(11), undefined)
    assert.equal(reader.readable(), false)
    cpus(50)
    assert.equal(reader.read(13)?.seconds, 3)
    assert.equal(reader.readable(), true)
  })

  it('has memory in bytes, also of kernels that do not say what is available', () => {
    const { system, reader, cpus } = scene()
    const memory = (text: string, at: number) => {
      system.file('proc/meminfo', text)
      cpus(10)
      const usage = reader.read(at)
      const { memoryTotal, memoryAvailable } = reader.counters()!
      if (usage?.memoryUsed === undefined) assert.ok(!('memoryUsed' in (usage ?? {})))
      return [memoryTotal, memoryAvailable, usage?.memoryUsed]
    }
    memory('', 0)
    assert.deepEqual(memory('MemTotal: 1000 kB\nMemFree: 1 kB\nMemAvailable: 250 kB\n', 1), [1_024_000, 256_000, 0.75])
    const old = 'MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 350 kB\n'
    assert.deepEqual(memory(old, 2), [1_024_000, 512_000, 0.5])
    assert.deepEqual(memory('MemTotal: 1000 kB\nMemFree: 100 kB\n', 3), [1_024_000, 102_400, 0.9])
    assert.deepEqual(memory('MemTotal: 1000 kB\nCached: 100 kB\n', 3.5), [1_024_000, 102_400, 0.9])
    assert.deepEqual(memory('MemTotal: 1000 kB\nMemAvailable: 2000 kB\n', 4), [1_024_000, 2_048_000, 0])
    assert.deepEqual(memory('MemTotal: 1000 kB\nMemAvailable: 0 kB\n', 5), [1_024_000, 0, 1])
    assert.equal(memory('MemAvailable: 2000 kB\n', 6)[2], undefined)
    assert.equal(memory('MemTotal: 0 kB\nMemAvailable: 0 kB\n', 7)[2], undefined)
  })

  it('has page faults, load, and neither where the kernel tells none', () => {
    const { system, reader, cpus } = scene()
    const read = (at: number) => {
      cpus(10)
      reader.read(at)
      const { pageFaults, majorPageFaults, load1 } = reader.counters()!
      return [pageFaults, majorPageFaults, load1]
    }
    assert.deepEqual(read(0), [undefined, undefined, undefined])
    system.file('proc/vmstat', 'pgfault 0\npgmajfault 3\n')
    system.file('proc/loadavg', '0.00 1.00 2.00 1/100 5\n')
    assert.deepEqual(read(1), [0, 3, 0])
    system.file('proc/vmstat', 'pgfault 9\n')
    for (const text of ['garbage', '-1 0 0\n', '']) {
      system.file('proc/loadavg', text)
      assert.deepEqual(read(2 + text.length), [9, undefined, undefined], text)
    }
  })

  it('has the mean frequency of policies in MHz, asked for every five seconds', () => {
    const { reader, cpus, policy } = scene()
    policy('policy0', '1000000\n')
    policy('policy1', '3000000\n')
    policy('policy2', '0\n')
    policy('policy3', '<unknown>\n')
    policy('policyx', '9000000\n')
    policy('xpolicy4', '9000000\n')
    const frequency = (at: number) => {
      cpus(10)
      reader.read(at)
      return reader.counters()?.frequency
    }
    assert.equal(frequency(10), 2000)
    policy('policy0', '2000000\n')
    assert.equal(frequency(14.9), 2000)
    assert.equal(frequency(15), 2500)
  })

  it('asks no more than sixteen policies, and knows none without', () => {
    const { system, reader, policy } = scene()
    for (let i = 10; i < 30; i++) policy(`policy${i}`, '1000000\n')
    reader.read(0)
    assert.equal(reader.counters()?.frequency, 1000)
    const kept = readdirSync('/proc/self/fd').flatMap((descriptor) => {
      const path = join('/proc/self/fd', descriptor)
      return existsSync(path) && readlinkSync(path).startsWith(join(system.sys, 'devices')) ? [path] : []
    })
    assert.equal(kept.length, 16)
    const none = scene()
    none.reader.read(0)
    none.cpus(10)
    assert.equal(none.reader.read(1)?.frequency, undefined)
  })
})

describe('KernelFiles', () => {
  it('reads files of any size, again as they are now', () => {
    const files = new KernelFiles()
    const path = join(temporaryFolder(), 'file')
    const file = { path, descriptor: undefined }
    const text = () => {
      const length = files.read(file)
      return files.bytes.toString('latin1', 0, length)
    }
    for (const size of [0, 1, 3071, 3072, 16_383, 16_384, 16_385, 100_000]) {
      for (const end of ['\n', 'x']) {
        const written = size === 0 ? '' : `${'a'.repeat(size - 1)}${end}`
        writeFileSync(path, written)
        assert.ok(text() === written, `${size} ${JSON.stringify(end)}`)
      }
    }
    writeFileSync(path, 'y'.repeat(9 * 2 ** 20))
    assert.equal(files.read(file), 8 * 2 ** 20, 'no more than eight megabytes')
  })

  it('keeps so many descriptors open, and reads the others all the same', () => {
    const folder = temporaryFolder()
    const files = new KernelFiles({ maxDescriptors: 2 })
    const all = ['a', 'b', 'c'].map((name) => {
      writeFileSync(join(folder, name), name)
      return { path: join(folder, name), descriptor: undefined as number | undefined }
    })
    const lengths = () => all.map((file) => files.read(file))
    const open = () => all.map(({ descriptor }) => descriptor !== undefined)
    assert.deepEqual(
      [lengths(), open()],
      [
        [1, 1, 1],
        [true, true, false],
      ],
    )
    files.forget(all[0]!)
    files.forget(all[0]!)
    assert.deepEqual([files.read(all[2]!), open()], [1, [false, true, true]])
    assert.deepEqual(
      [lengths(), open()],
      [
        [1, 1, 1],
        [false, true, true],
      ],
    )
  })

  it('says when a file is not there, and reads what has come back', () => {
    const files = new KernelFiles()
    const path = join(temporaryFolder(), 'file')
    const file = { path, descriptor: undefined as number | undefined }
    assert.deepEqual(
      [files.read(file), files.readOnce(path), files.text(path), file.descriptor],
      [-1, -1, undefined, undefined],
    )
    writeFileSync(path, 'one')
    assert.deepEqual([files.read(file), files.readOnce(path), files.text(path)], [3, 3, 'one'])
    files.forget(file)
    rmSync(path)
    assert.equal(files.read(file), -1)
    assert.equal(files.text(temporaryFolder()), undefined, 'a folder')
  })
})
