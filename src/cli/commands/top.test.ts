import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { busyMachine } from '../../../test/support/busy-machine.js'
import { topCommand } from './top.js'

const machine = () => busyMachine(['evil\u001b[2J', 'mild'], 20)

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
