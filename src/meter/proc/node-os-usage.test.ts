import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../../test/support/fake-proc.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { nodeOsFeatures } from '../../core/feature-group.js'
import { KernelFiles } from './kernel-files.js'
import { createNodeReader } from './node-reader.js'

describe('what a machine sees of itself', () => {
  it('has the features that training makes of the same counters, in the same units', () => {
    const system = fakeSystem(temporaryFolder())
    const reader = createNodeReader(new KernelFiles(), system)
    const at = (seconds: number, cpu: readonly number[], contextSwitches: number, pageFaults: number) => {
      system.file('proc/stat', `cpu  ${cpu.join(' ')} 0 0\ncpu0 ${cpu.join(' ')} 0 0\nctxt ${contextSwitches}\n`)
      system.file('proc/vmstat', `pgfault ${pageFaults}\npgmajfault 5\n`)
      return reader.read(seconds)
    }
    system.file('proc/meminfo', 'MemTotal: 8000 kB\nMemFree: 100 kB\nMemAvailable: 6000 kB\n')
    system.file('proc/loadavg', '1.50 1.00 0.50 1/100 4321\n')
    system.file('sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq', '2400000\n')
    at(10, [0, 0, 0, 0, 0, 0, 0, 0], 5000, 100)
    const usage = at(12, [50, 10, 20, 80, 10, 2, 8, 20], 7400, 1900)
    assert.deepEqual(usage?.system, {
      node_context_switches_per_second: 1200,
      node_cpu_frequency_hertz: 2.4e9,
      node_cpu_iowait_ratio: 0.05,
      node_cpu_irq_ratio: 0.05,
      node_cpu_steal_ratio: 0.1,
      node_cpu_system_ratio: 0.1,
      node_cpu_user_ratio: 0.3,
      node_load1: 1.5,
      node_memory_used_ratio: 0.25,
      node_page_faults_per_second: 900,
    })
    assert.deepEqual(Object.keys(usage?.system ?? {}).sort(), [...nodeOsFeatures])
    // A counter that begins again counts nothing, and not less than nothing.
    const after = at(14, [100, 10, 20, 230, 10, 2, 8, 20], 20, 30)
    assert.equal(after?.system?.node_context_switches_per_second, 0)
    assert.equal(after?.system?.node_page_faults_per_second, 0)
  })

  it('leaves out page faults until they were told twice', () => {
    const system = fakeSystem(temporaryFolder())
    const reader = createNodeReader(new KernelFiles(), system)
    let ticks = 0
    const faultsPerSecond = (vmstat: string) => {
      ticks += 100
      system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
      system.file('proc/vmstat', vmstat)
      return reader.read(ticks)?.system?.node_page_faults_per_second
    }
    const rates = ['', 'pgfault 100\n', 'pgfault 300\n', '', 'pgfault 500\n'].map(faultsPerSecond)
    assert.deepEqual(rates, [undefined, undefined, 2, undefined, undefined])
  })

  it('leaves out what the kernel does not tell', () => {
    const system = fakeSystem(temporaryFolder())
    const reader = createNodeReader(new KernelFiles(), system)
    system.cpus([[0, 0, 0, 0, 0, 0, 0, 0]])
    reader.read(1)
    system.cpus([[10, 0, 0, 90, 0, 0, 0, 0]])
    const told = Object.keys(reader.read(2)?.system ?? {})
    for (const name of ['node_load1', 'node_memory_used_ratio', 'node_page_faults_per_second']) {
      assert.ok(!told.includes(name), name)
    }
  })
})
