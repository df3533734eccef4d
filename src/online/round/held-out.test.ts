import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { heldOutTimes, usualInterval } from './held-out.js'

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

  it('holds out every third of twelve parts, from the newest back, and nothing older', () => {
    // 120 s in parts of 10: the newest 10 s, those of 30 to 40 s ago, of 60 to 70, of 90 to 100.
    const times = Float64Array.from({ length: 1001 }, (_, i) => i)
    const { heldOut, newestFrom } = heldOutTimes(times, 120)
    assert.equal(newestFrom, 990)
    const held = (ago: number) => heldOut(1000 - ago)
    assert.deepEqual([0, 9.9, 10, 29.9, 30, 39.9, 40, 60, 90, 99.9, 100].map(held), [
      ...[true, true, false, false, true, true, false, true, true, true, false],
    ])
    assert.deepEqual([119, 120, 121, 150].map(held), [false, false, false, false])
  })

  it('has three rows in each part', () => {
    const every = (interval: number) => Float64Array.from({ length: 200 }, (_, i) => interval * i)
    assert.equal(heldOutTimes(every(10), 360).seconds, 360)
    assert.equal(heldOutTimes(every(11), 360).seconds, 396)
  })
})

describe('usualInterval', () => {
  it('is the median of what lies between, equal times apart', () => {
    assert.equal(usualInterval(Float64Array.of(0, 3, 3, 6, 100)), 3)
    assert.equal(usualInterval(Float64Array.of(0, 2, 6)), 3)
    assert.deepEqual(
      [usualInterval(Float64Array.of(5)), usualInterval(Float64Array.of()), usualInterval(Float64Array.of(5, 5))],
      [0, 0, 0],
    )
  })
})
