import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countOfList } from './cpuinfo.js'
import { discoverMachine } from './discover.js'
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

  it('finds the cores and the memory of the machine that runs this test', () => {
    const spec = discoverMachine()
    assert.ok(spec.cores !== undefined && spec.cores >= 1)
    assert.ok(spec.memory === undefined || spec.memory >= 1)
  })
})

describe('countOfList', () => {
  for (const [text, count] of [
    ['0-3,8,10-11', 7],
    ['0', 1],
    ['', 0],
    ['a-b', 0],
    ['5-3', 0],
  ] as const) {
    it(`counts ${count} in ${JSON.stringify(text)}`, () => assert.equal(countOfList(text), count))
  }
})
