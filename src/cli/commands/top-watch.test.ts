import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { busyMachine } from '../../../test/support/busy-machine.js'
import { run } from '../main.js'
import { topCommand } from './top.js'

const esc = '\u001b'

const machine = () => busyMachine(['big', 'aaa'], 100)

/** A terminal whose screens can be waited for. */
function terminal(signal = new AbortController().signal) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} })
  const waiting: { readonly wanted: RegExp; readonly from: number; readonly done: () => void }[] = []
  let written = ''
  const stdout = Object.assign(new EventEmitter(), {
    ...{ isTTY: true, columns: 80, rows: 24 },
    write(text: string) {
      written += text
      for (const one of waiting.splice(0)) {
        if (one.wanted.test(written.slice(one.from))) one.done()
        else waiting.push(one)
      }
    },
  })
  /** Resolves when something that is drawn from now on matches. */
  const drawn = (wanted: RegExp) =>
    new Promise<void>((done) => {
      waiting.push({ wanted, from: written.length, done })
    })
  const io = { ...recordedIo({ signal }).io, stdin, stdout }
  return { io, stdin, stdout, drawn, all: () => written }
}

describe('kepler-model top on a terminal', () => {
  it('draws until q, what is asked for by keys, in another screen that it leaves', async () => {
    const { io, stdin, stdout, drawn, all } = terminal()
    const ended = run(topCommand(io), machine(), io)
    await drawn(/2 of 2 processes by watts, zone psys/)
    assert.ok(all().startsWith(`${esc}[?1049h${esc}[?25l${esc}[H`))
    assert.equal(stdout.listenerCount('resize'), 1)
    for (const [key, wanted] of [
      ['n', /2 of 2 processes by name, zone psys/],
      ['e', /by joules, zone psys/],
      ['z', /zone package/],
      ['z', /zone dram/],
      ['z', /zone psys/],
      ['w', /by watts/],
      ['c', /no containers seen/],
      ['o', /no pods seen/],
      ['v', /no vms seen/],
      ['p', /2 of 2 processes/],
      // A key that means nothing changes nothing.
      ['x', /2 of 2 processes by watts, zone psys/],
    ] as const) {
      const screen = drawn(wanted)
      stdin.write(key)
      await screen
    }
    // Sparklines show that there is a history.
    await drawn(/LAST \d+ s/)
    const resized = drawn(/\[K\r\n/)
    Object.assign(stdout, { columns: 50, rows: 8 })
    stdout.emit('resize')
    await resized
    const screens = all().split(`${esc}[H`)
    assert.equal(screens.at(-1)?.split('\r\n').length, 8)
    stdin.write('q')
    assert.equal(await ended, 0)
    assert.ok(all().endsWith(`${esc}[?25h${esc}[?1049l`))
    assert.equal(stdout.listenerCount('resize'), 0)
    assert.equal(stdin.listenerCount('data'), 0)
  })

  it('ends by a signal, also one that comes while it starts', async () => {
    const { io } = terminal(AbortSignal.abort('SIGINT'))
    assert.equal(await run(topCommand(io), machine(), io), 0)
  })
})
