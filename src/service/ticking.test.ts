import assert from 'node:assert/strict'
import { describe, it, type mock } from 'node:test'
import { startTicking } from './ticking.js'

/** A clock that goes on with the timers of the test. */
function scene(t: { mock: typeof mock }, work: (tick: number) => number = () => 0, interval = 1, begin = 100) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let now = begin
  const ticks: number[] = []
  const late: number[] = []
  const pass = (seconds: number) => {
    now += seconds
    t.mock.timers.tick(Math.round(seconds * 1000))
  }
  const running = startTicking({
    interval,
    now: () => now,
    tick(seconds) {
      ticks.push(Math.round(seconds * 1000) / 1000)
      now += work(ticks.length)
    },
    onLate: (seconds) => late.push(Math.round(seconds * 1000) / 1000),
  })
  return { ticks, late, pass, running }
}

describe('startTicking', () => {
  it('ticks at once and then at even distances, however long a tick takes', (t) => {
    const { ticks, late, pass } = scene(t, () => 0.3)
    for (let step = 0; step < 40; step++) pass(0.1)
    assert.equal(ticks[0], 100)
    assert.ok(ticks.length >= 4)
    for (const [index, at] of ticks.entries()) assert.ok(Math.abs(at - 100 - index) < 0.25, `${at}`)
    assert.deepEqual(late, [])
  })

  it('counts from its start, whatever the clock says then', (t) => {
    const { ticks, pass } = scene(t, () => 0, 2, 100.5)
    for (let step = 0; step < 8; step++) pass(0.5)
    assert.deepEqual(ticks, [100.5, 102.5, 104.5])
  })

  it('leaves out ticks that it missed, and says how long that was', (t) => {
    const { ticks, late, pass } = scene(t)
    pass(1)
    pass(10.5)
    pass(0.5)
    assert.deepEqual(ticks, [100, 101, 111.5, 112])
    assert.deepEqual(late, [9.5])
  })

  it('says nothing of a tick that is late by no more than a second or an interval', (t) => {
    const always = () => 0
    for (const [interval, lateness, said] of [
      [1, 1, []],
      [1, 1.25, [1.25]],
      [4, 4, []],
      [4, 4.25, [4.25]],
      [0.25, 1, []],
      [0.25, 1.25, [1.25]],
    ] as const) {
      const { late, pass } = scene(t, always, interval)
      pass(interval + lateness)
      assert.deepEqual(late, said, `${interval} s, late by ${lateness} s`)
      t.mock.timers.reset()
    }
  })

  it('leaves out the tick that another one took the whole time of', (t) => {
    const { ticks, pass } = scene(t, (tick) => (tick === 1 ? 1 : 0))
    pass(1)
    pass(1)
    assert.deepEqual(ticks, [100, 102, 103])
  })

  it('stops from within a tick', (t) => {
    let stop = async () => {}
    const { ticks, pass, running } = scene(t, (tick) => {
      if (tick === 2) void stop()
      return 0
    })
    stop = () => running.stop()
    for (let step = 0; step < 5; step++) pass(1)
    assert.deepEqual(ticks, [100, 101])
  })

  it('stops', async (t) => {
    const { ticks, pass, running } = scene(t)
    await running.stop()
    pass(5)
    assert.deepEqual(ticks, [100])
  })
})
