import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fakeSystem } from '../support/fake-proc.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** Why it is skipped: `script` (util-linux) gives a program a terminal. */
const noTerminal = spawnSync('script', ['--version']).status === 0 ? false : 'needs script (apt-get install bsdutils)'

/** Starts `top` on a terminal of its own, of 80 columns and 24 rows, on a machine with one process. */
function startTop() {
  const system = fakeSystem(temporaryFolder())
  let ticks = 0
  const step = () => {
    ticks += 4
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
    system.process({ pid: 7, comm: 'worker', ticks })
  }
  step()
  const timer = setInterval(step, 20)
  after(() => clearInterval(timer))
  const roots = `--procfs ${system.proc} --sysfs ${system.sys}`
  const command = `stty cols 80 rows 24; node --import tsx src/bin/kepler-model.ts top ${roots} --interval 0.5; echo ended with $?`
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', CONFIG_PATH: '/nonexistent' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  after(() => child.kill('SIGKILL'))
  let written = ''
  child.stdout.setEncoding('utf8').on('data', (text) => (written += text))
  const closed = once(child, 'close').then(() => true)
  return {
    written: () => written,
    /** What is written from now on, once it matches. */
    async shows(pattern: RegExp): Promise<string> {
      const from = written.length
      while (!pattern.test(written.slice(from))) {
        assert.notEqual(await Promise.race([closed, wait(50)]), true, `ended before ${pattern}:\n${written}`)
      }
      return written.slice(from)
    },
    press: (key: string) => child.stdin.write(key),
    closed,
  }
}

describe('kepler-model top on a terminal', { skip: noTerminal }, () => {
  it('obeys each key at once, and leaves the terminal as it was', { timeout: 120_000 }, async () => {
    const top = startTop()
    // A reading has been taken: all that was needed to start has ended.
    await top.shows(/7 +worker/)
    top.press('c')
    await top.shows(/no containers seen/)
    top.press('o')
    await top.shows(/no pods seen/)
    top.press('v')
    await top.shows(/no vms seen/)
    top.press('p')
    top.press('n')
    await top.shows(/of 1 processes by name, zone psys/)
    top.press('z')
    await top.shows(/by name, zone package/)
    top.press('e')
    await top.shows(/by joules, zone package/)
    top.press('q')
    await top.closed
    assert.ok(top.written().includes('\u001b[?1049h\u001b[?25l'))
    assert.match(top.written().slice(top.written().lastIndexOf('\u001b[?25h')), /^\S+ended with 0/)
  })
})
