import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { fakeSystem } from '../../../test/support/fake-proc.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { topCommand } from './top.js'

/** A machine that is half busy: one process takes three quarters of that, another the rest. */
function machine() {
  const system = fakeSystem(temporaryFolder())
  system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\n')
  system.file('proc/meminfo', 'MemTotal: 67108864 kB\nMemAvailable: 8000000 kB\n')
  let ticks = 0
  const step = () => {
    ticks += 4
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
    system.process({ pid: 7, comm: 'evil\u001b[2J', ticks: ticks * 0.75 })
    system.process({ pid: 8, comm: 'mild', ticks: ticks * 0.25 })
  }
  step()
  const timer = setInterval(step, 20)
  after(() => clearInterval(timer))
  return ['--procfs', system.proc, '--sysfs', system.sys, '--interval', '0.5']
}

describe('kepler-model top', () => {
  it('--once --json gives one reading, largest first, with interval and model', async () => {
    const { code, stdout } = await runCli(topCommand, ['--once', '--json', '-n', '1', ...machine()])
    assert.equal(code, 0)
    const view = JSON.parse(stdout)
    const [psys] = view.zones
    assert.ok(psys.low < psys.watts && psys.watts < psys.high && psys.idle_watts > 0)
    assert.ok(Math.abs(view.utilisation - 0.5) < 0.01)
    assert.ok(view.model.name !== '' && view.model.share.fraction === 1)
    assert.equal(view.count, 2)
    assert.equal(view.rows.length, 1)
    assert.equal(view.rows[0].id, '7')
    assert.ok(Math.abs(view.rows[0].watts / psys.active_watts - view.rows[0].share) < 1e-9)
  })

  it('--once gives a table, in which no name takes over the terminal', async () => {
    const { code, stdout } = await runCli(topCommand, ['--once', '--sort', 'name', ...machine()], { columns: 80 })
    assert.equal(code, 0)
    assert.ok(stdout.split('\n').every((line) => line.length <= 80))
    assert.match(stdout, /\n2 of 2 processes by name, zone psys\n$/)
    assert.match(stdout, /^ESTIMATE by /)
    assert.match(stdout, /psys +\d+\.\d +\d+\.\d to \d+\.\d/)
    assert.match(stdout, /7 +evil\?\[2J [\s\S]*8 +mild/)
    assert.ok(!stdout.includes('\u001b'))
  })

  it('refuses what it does not know', async () => {
    for (const args of [['--json'], ['--by', 'threads'], ['--rows', '0'], ['--share', '2', '--once']]) {
      const { code, stderr } = await runCli(topCommand, [...args])
      assert.notEqual(code, 0, args.join(' '))
      assert.match(stderr, /^error: /)
    }
  })
})
