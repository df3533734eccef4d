import assert from 'node:assert/strict'
import { totalmem, cpus } from 'node:os'
import { describe, it } from 'node:test'
import { discoverMachine } from './discover.js'
import { normaliseProcessorName } from './processor-name.js'
import type { SystemFiles } from './system-files.js'

/** Files as `{path: text}`; folders are what stands before a slash. */
function machine(tree: Readonly<Record<string, string>>): SystemFiles {
  return {
    read: (path) => tree[path],
    list: (folder) => [
      ...new Set(
        Object.keys(tree)
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split('/')[0]!),
      ),
    ],
  }
}

const cpu = '/sys/devices/system/cpu'

function cores(count: number, lines: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `processor\t: ${index}\n${lines(index)}\n`).join('\n')
}

describe('discoverMachine', () => {
  it('describes a bare-metal server with two sockets', () => {
    const files = machine({
      '/proc/cpuinfo': cores(
        4,
        (index) =>
          `model name\t: Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz\nphysical id\t: ${index % 2}\ncpu MHz\t: 1200.1`,
      ),
      '/proc/meminfo': 'MemTotal:       527959712 kB\nMemFree: 1 kB\n',
      [`${cpu}/online`]: '0-3\n',
      [`${cpu}/cpu0/topology/physical_package_id`]: '0\n',
      [`${cpu}/cpu1/topology/physical_package_id`]: '1\n',
      [`${cpu}/cpufreq/policy0/cpuinfo_max_freq`]: '2950000\n',
      [`${cpu}/cpufreq/policy1/cpuinfo_max_freq`]: '3000000\n',
    })
    assert.deepEqual(discoverMachine(files), {
      processor: 'intel_xeon_e5_2686v4',
      cores: 4,
      chips: 2,
      memory: 503,
      frequency: 3000,
    })
  })

  it('describes a virtual machine, which knows no maximum frequency', () => {
    const files = machine({
      '/proc/cpuinfo': cores(
        2,
        () => 'model name\t: AMD EPYC 7763 64-Core Processor\nphysical id\t: 0\ncpu MHz\t: 2445.43',
      ),
      '/proc/meminfo': 'MemTotal: 8388608 kB',
    })
    assert.deepEqual(discoverMachine(files), {
      processor: 'amd_epyc_7763',
      cores: 2,
      chips: 1,
      memory: 8,
      frequency: 2400,
    })
  })

  it('takes the frequency from the name when nothing else says it', () => {
    const files = machine({ '/proc/cpuinfo': cores(1, () => 'model name\t: Intel(R) Xeon(R) CPU @ 2.20GHz') })
    assert.equal(discoverMachine(files).frequency, 2200)
  })

  it('describes the machine and not the limits of the container it runs in', () => {
    const files = machine({
      // lxcfs shows the container one core and 1 GB; /sys shows the machine.
      '/proc/cpuinfo': cores(1, () => 'model name\t: Intel(R) Xeon(R) Gold 6252 CPU @ 2.10GHz'),
      '/proc/meminfo': 'MemTotal: 1048576 kB',
      '/sys/fs/cgroup/memory.max': '1073741824',
      '/sys/fs/cgroup/cpu.max': '100000 100000',
      [`${cpu}/online`]: '0-47',
      '/sys/devices/system/node/node0/meminfo': 'Node 0 MemTotal:       201326592 kB',
      '/sys/devices/system/node/node1/meminfo': 'Node 1 MemTotal:       201326592 kB',
    })
    const spec = discoverMachine(files)
    assert.equal(spec.cores, 48)
    assert.equal(spec.memory, 384)
  })

  it('describes an ARM server, whose cores have numbers for names', () => {
    const files = machine({
      '/proc/cpuinfo': cores(64, () => 'BogoMIPS\t: 243.75\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c'),
      '/proc/meminfo': 'MemTotal: 131072000 kB',
      '/sys/class/dmi/id/sys_vendor': 'Amazon EC2\n',
      [`${cpu}/cpu0/topology/physical_package_id`]: '-1',
      [`${cpu}/cpu0/cpufreq/cpuinfo_max_freq`]: '2500000',
    })
    assert.deepEqual(discoverMachine(files), {
      processor: 'aws_graviton2',
      cores: 64,
      chips: 1,
      memory: 125,
      frequency: 2500,
    })
  })

  it('names an unknown ARM core from the device tree', () => {
    const files = machine({
      '/proc/cpuinfo': 'Processor\t: AArch64 Processor rev 4 (aarch64)\nprocessor\t: 0\nCPU implementer\t: 0x99\n',
      '/proc/device-tree/cpus/cpu@0/compatible': 'arm,cortex-a520\0arm,armv8\0',
    })
    assert.equal(discoverMachine(files).processor, 'arm_cortex_a520')
  })

  it('leaves out what it cannot find', () => {
    assert.deepEqual(discoverMachine(machine({ '/proc/cpuinfo': 'garbage \0 ::: \n:\n' })), { chips: 1 })
  })

  it('asks Node where there is no /proc', () => {
    const host = () => ({ brand: 'Apple M2 Pro', cores: 12, memoryBytes: 16 * 1024 ** 3, megahertz: 0 })
    assert.deepEqual(discoverMachine(machine({}), host), { processor: 'apple_m2_pro', cores: 12, memory: 16 })
  })

  it('asks the system for what Node knows', () => {
    const spec = discoverMachine(machine({}))
    assert.equal(spec.cores, cpus().length)
    assert.equal(spec.processor ?? '', normaliseProcessorName(cpus()[0]?.model ?? ''))
    assert.equal(spec.memory ?? 0, Math.floor(totalmem() / 1024 ** 3))
    assert.equal(spec.chips, undefined)
  })

  it('names a POWER processor by its key, without what stands behind a comma', () => {
    const files = machine({ '/proc/cpuinfo': cores(1, () => 'cpu\t\t: POWER9, altivec supported') })
    assert.equal(discoverMachine(files).processor, 'power9')
  })

  it('does not take the name of an architecture for that of a processor', () => {
    const arm = (model: string) =>
      machine({ '/proc/cpuinfo': cores(1, () => `model name\t: ${model}\nCPU implementer\t: 0x41\nCPU part\t: 0xd08`) })
    for (const model of ['ARMv8 Processor rev 3 (v8l)', 'AArch64 Processor rev 4', '()']) {
      assert.equal(discoverMachine(arm(model)).processor, 'arm_cortex_a72', model)
    }
    assert.equal(discoverMachine(arm('Sophon armv9')).processor, 'sophon_armv9')
  })

  it('names a RISC-V core by its microarchitecture', () => {
    const files = machine({ '/proc/cpuinfo': cores(1, () => 'uarch\t\t: sifive,u74-mc') })
    assert.equal(discoverMachine(files).processor, 'sifive_u74_mc')
  })

  it('looks at processors, policies and memory nodes only, not at what stands beside them', () => {
    const memory = 'MemTotal: 1048576 kB'
    const files = machine({
      '/proc/cpuinfo': cores(2, () => 'physical id\t: 7'),
      '/proc/meminfo': memory,
      [`${cpu}/cpu12/topology/physical_package_id`]: '0',
      [`${cpu}/cpu3x/topology/physical_package_id`]: '1',
      [`${cpu}/xcpu3/topology/physical_package_id`]: '2',
      [`${cpu}/cpu4/topology/physical_package_id`]: '3x',
      [`${cpu}/cpufreq/policy12/cpuinfo_max_freq`]: '1500000',
      [`${cpu}/cpufreq/policy1x/cpuinfo_max_freq`]: '4000000',
      [`${cpu}/cpufreq/xpolicy1/cpuinfo_max_freq`]: '4000000',
      '/sys/devices/system/node/node12/meminfo': 'Node 12 MemTotal:    3145728 kB',
      '/sys/devices/system/node/node1x/meminfo': memory,
      '/sys/devices/system/node/xnode1/meminfo': memory,
    })
    assert.deepEqual(discoverMachine(files), { cores: 2, chips: 1, memory: 3, frequency: 1500 })
  })

  it('takes whole gigabytes, and hundreds of megahertz', () => {
    const of = (kilobytes: number, kilohertz: number) =>
      discoverMachine(
        machine({
          '/proc/cpuinfo': '',
          '/proc/meminfo': `SwapTotal: 9999999 kB\nMemTotal: ${kilobytes} kB`,
          [`${cpu}/cpu0/cpufreq/cpuinfo_max_freq`]: `${kilohertz}\n`,
        }),
      )
    assert.deepEqual(of(2 * 1024 ** 2 - 1, 2_449_999), { chips: 1, memory: 1, frequency: 2400 })
    assert.deepEqual(of(2 * 1024 ** 2, 2_450_000), { chips: 1, memory: 2, frequency: 2500 })
    assert.deepEqual(of(1024 ** 2 - 1, 49_000), { chips: 1 })
  })

  it('takes the fastest frequency that is told before that of the moment, and that before the one in the name', () => {
    const of = (name: string, now: string, highest?: string) =>
      discoverMachine(
        machine({
          '/proc/cpuinfo': cores(1, () => `model name\t: ${name}${now}`),
          ...(highest === undefined ? {} : { [`${cpu}/cpu0/cpufreq/cpuinfo_max_freq`]: highest }),
        }),
      ).frequency
    assert.equal(of('X @ 2.20GHz', '\ncpu MHz\t: 1000', '3000000'), 3000)
    assert.equal(of('X @ 2.20GHz', '\ncpu MHz\t: 1000', 'unknown'), 1000)
    assert.equal(of('X @  12.25 ghz', ''), 12_300)
    assert.equal(of('X @3GHz', ''), 3000)
    assert.equal(of('X 2.20GHz', ''), undefined)
    assert.equal(of('X', ''), undefined)
    assert.equal(of('X', '\ncpu MHz\t: Infinity'), undefined)
  })

  it('finds the cores and the memory of the machine that runs this test', () => {
    const spec = discoverMachine()
    assert.ok(spec.cores !== undefined && spec.cores >= 1)
    assert.ok(spec.memory === undefined || spec.memory >= 1)
  })
})
