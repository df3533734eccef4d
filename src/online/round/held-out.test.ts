import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { heldOutTimes } from './held-out.js'

const clock = (rows: number) => Float64Array.from({ length: rows }, (_, i) => 1000 + 3 * i)

describe('heldOutTimes', () => {
  it('holds out a third of the recent rows, the newest among them, in windows', () => {
    const times = clock(1000)
    const { heldOut, newestFrom } = heldOutTimes(times, 360)
    const held = times.filter(heldOut)
    assert.equal(held.length, 40)
    assert.ok(heldOut(times.at(-1)!))
    assert.ok(held.every((time) => time >= times.at(-1)! - 360))
    assert.equal(times.filter((time) => time > newestFrom).length, 10)
    // Four windows of ten rows each.
    assert.equal(held.filter((time) => !heldOut(time - 3)).length, 4)
  })

  it('takes a longer time for recent where measurements are rare', () => {
    const times = Float64Array.from({ length: 120 }, (_, i) => 1000 + 30 * i)
    const { heldOut, seconds } = heldOutTimes(times, 300)
    assert.equal(seconds, 1080)
    assert.equal(times.filter(heldOut).length, 12)
  })

  it('takes what there is when that is less than recent', () => {
    const times = clock(24)
    assert.equal(times.filter(heldOutTimes(times, 3600).heldOut).length, 8)
  })

  it('holds out nothing of one row or none', () => {
    assert.equal(heldOutTimes(clock(1), 300).heldOut(1000), false)
    assert.equal(heldOutTimes(clock(0), 300).heldOut(1000), false)
  })
})
