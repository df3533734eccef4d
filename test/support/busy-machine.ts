import { after } from 'node:test'
import { fakeSystem } from './fake-proc.js'
import { temporaryFolder } from './temporary-folder.js'

/**
 * A machine that is half busy, whose counters go on while tests run: one process takes three quarters of that, another the
 * rest. Called within `describe` or a test.
 *
 * @param names of the two processes
 * @returns the options of `top` for it
 */
export function busyMachine(names: readonly [string, string], stepMilliseconds: number): readonly string[] {
  const system = fakeSystem(temporaryFolder())
  system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\n')
  system.file('proc/meminfo', 'MemTotal: 67108864 kB\nMemAvailable: 8000000 kB\n')
  let ticks = 0
  const step = () => {
    ticks += 4
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
    system.process({ pid: 7, comm: names[0], ticks: ticks * 0.75 })
    system.process({ pid: 8, comm: names[1], ticks: ticks * 0.25 })
  }
  step()
  const timer = setInterval(step, stepMilliseconds)
  after(() => clearInterval(timer))
  return ['--procfs', system.proc, '--sysfs', system.sys, '--interval', '0.5']
}
