import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { isLoggedFailure, throttledLog } from './throttled-log.js'

function scene() {
  const scene = { now: 1_000_000, lines: [] as string[] }
  const say = throttledLog({ clock: () => scene.now })
  return Object.assign(scene, { say: (kind: string) => say(kind, (more) => scene.lines.push(`${kind} +${more}`)) })
}

describe('seldom', () => {
  it('says the first at once, and the next a minute later with the number of those between', () => {
    const at = scene()
    for (let i = 0; i < 1000; i++) at.say('a')
    assert.deepEqual(at.lines, ['a +0'])
    at.now += 59_999
    at.say('a')
    at.now += 1
    at.say('a')
    at.now += 60_000
    at.say('a')
    assert.deepEqual(at.lines, ['a +0', 'a +1000', 'a +0'])
  })

  it('tells kinds apart, and remembers a bounded number of them', () => {
    const at = scene()
    for (let i = 0; i < 101; i++) at.say(`kind ${i}`)
    at.say('kind 100')
    assert.equal(at.lines.length, 101)
    at.say('kind 0')
    assert.equal(at.lines.length, 102)
  })

  it('follows no clock that can be set', () => {
    mock.timers.enable({ apis: ['Date'], now: 1e12 })
    try {
      const said: number[] = []
      const say = throttledLog()
      for (const now of [1e12, 2e12, 1e11]) {
        mock.timers.setTime(now)
        say('a', (more) => said.push(more))
      }
      assert.deepEqual(said, [0])
    } finally {
      mock.timers.reset()
    }
  })
})

describe('isLoggedFailure', () => {
  it('is true at a falling rate', () => {
    const counts = Array.from({ length: 40 }, (_, i) => i + 1)
    assert.deepEqual(counts.filter(isLoggedFailure), [1, 2, 4, 8, 16, 32])
  })
})
