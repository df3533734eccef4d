import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeThisMachine } from './this-machine.js'

const topology = '/sys/devices/system/cpu/cpu0/topology'
const firmware = '/sys/class/dmi/id'
const brand = 'Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz'

/** A machine with so many threads, and more files. */
function machine(threads: number, files: Readonly<Record<string, string>> = {}, { name = brand, flags = 'fpu' } = {}) {
  const entry = (id: number) =>
    `processor\t: ${id}\n${name === '' ? '' : `model name\t: ${name}\n`}physical id\t: ${id % 2}\nflags\t\t: ${flags}\n`
  const all: Readonly<Record<string, string>> = {
    '/proc/cpuinfo': Array.from({ length: threads }, (_, id) => entry(id)).join('\n'),
    '/proc/meminfo': 'MemTotal: 67108864 kB\n',
    ...files,
  }
  return describeThisMachine({ read: (path) => all[path], list: () => [] })
}

describe('describeThisMachine', () => {
  it('has processor, counts, memory, clock and vendor', () => {
    const siblings = { [`${topology}/thread_siblings_list`]: '0,20\n', [`${firmware}/sys_vendor`]: 'Dell Inc.\n' }
    assert.deepEqual(machine(40, siblings), {
      machine: {
        ...{ processor: brand, threads: 40, cores: 20, chips: 2, memory: 64, megahertz: 2600, vendor: 'Dell Inc.' },
      },
      virtual: false,
    })
  })

  it('has as many cores as threads where siblings are not told, and no more chips than cores', () => {
    const { cores, chips } = machine(4).machine
    assert.deepEqual([cores, chips], [4, 2])
    const pair = machine(2, { [`${topology}/thread_siblings_list`]: '0-1' }).machine
    assert.deepEqual([pair.threads, pair.cores, pair.chips], [2, 1, 1])
    const lonely = machine(1, { [`${topology}/thread_siblings_list`]: '0-3' }).machine
    assert.deepEqual([lonely.threads, lonely.cores, lonely.chips], [1, 1, 1])
  })

  it('has the clock that the name says, else the base frequency of the kernel', () => {
    const base = (kilohertz: string, name: string) =>
      machine(2, { '/sys/devices/system/cpu/cpu0/cpufreq/base_frequency': kilohertz }, { name }).machine.megahertz
    assert.equal(base('2400000', 'X @ 3GHz'), 3000)
    assert.equal(base('2400000', 'X @ 2.255 GHz'), 2255)
    assert.equal(base('2400000\n', 'AMD EPYC 9654'), 2400)
    assert.equal(base('50000', 'AMD EPYC 9654'), 50)
    assert.equal(base('49999', 'AMD EPYC 9654'), undefined)
    assert.equal(base('', 'AMD EPYC 9654'), undefined)
  })

  it('is virtual by the flag of the processor, or by its firmware, and has no vendor then', () => {
    const flagged = machine(2, { [`${firmware}/sys_vendor`]: 'Dell Inc.' }, { flags: 'fpu hypervisor vme' })
    assert.deepEqual([flagged.virtual, flagged.machine.vendor], [true, undefined])
    assert.equal(machine(2, {}, { flags: 'hypervisors' }).virtual, false)
    for (const [vendor, product] of [
      ['QEMU', 'Standard PC'],
      ['Amazon EC2', 'x'],
      ['x', 'KVM'],
      ['VMware, Inc.', 'x'],
      ['x', 'Virtual Machine'],
      ['Google', 'Google Compute Engine'],
    ] as const) {
      const { virtual, machine: found } = machine(2, {
        [`${firmware}/sys_vendor`]: vendor,
        [`${firmware}/product_name`]: product,
      })
      assert.deepEqual([virtual, found.vendor], [true, undefined], `${vendor} ${product}`)
    }
  })

  it('is the instance that its firmware says, where a table has it and the machine is virtual', () => {
    const of = (product: string, flags: string) =>
      machine(2, { [`${firmware}/product_name`]: ` ${product}\n` }, { flags }).instance
    assert.equal(of('m5.4xlarge', 'hypervisor'), 'm5.4xlarge')
    assert.equal(of('m5.enormous', 'hypervisor'), undefined)
    assert.equal(of('m5.4xlarge', 'fpu'), undefined)
  })

  it('has the part of an ARM core, whose brand says nothing', () => {
    const part = 'CPU implementer\t: 0x41\nCPU part\t: 0xd0c\n'
    const { machine: found } = describeThisMachine({
      read: (path) => (path === '/proc/cpuinfo' ? `processor\t: 0\n${part}` : undefined),
      list: () => [],
    })
    assert.match(found.processor ?? '', /neoverse_n1/)
    assert.equal(found.memory, undefined)
    assert.equal(found.megahertz, undefined)
    const old = machine(2, {}, { name: 'ARMv7 Processor rev 4 (v7l)' }).machine.processor ?? ''
    assert.doesNotMatch(old, /ARMv7 Processor/)
  })

  it('has no more than what the process is told where files tell nothing', () => {
    const { machine: found, ...rest } = describeThisMachine({ read: () => undefined, list: () => [] })
    assert.deepEqual(rest, { virtual: false })
    assert.equal(found.cores, found.threads)
    assert.equal(found.megahertz ?? found.vendor ?? found.chips, undefined)
  })
})
