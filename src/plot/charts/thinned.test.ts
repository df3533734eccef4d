import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { thinnedBand, thinnedLine, thinnedPoints } from './thinned.js'

const count = 10_000
const x = Array.from({ length: count }, (_, i) => i)
const y = x.map((i) => (i === 7777 ? 500 : i === 3333 ? -500 : Math.sin(i)))

describe('what a picture shows of many points', () => {
  it('is few of them, and every peak', () => {
    const line = thinnedLine(x, y, [], 400)
    assert.ok(line.x.length <= 400)
    assert.ok(line.y.includes(500) && line.y.includes(-500))
    assert.deepEqual(
      line.x,
      [...line.x].sort((a, b) => a - b),
    )
    const band = thinnedBand(x, y, y, [], 400)
    assert.ok(band.x.length <= 400)
    assert.deepEqual([Math.min(...band.low), Math.max(...band.high)], [-500, 500])
    assert.equal(thinnedPoints(x, 100).length, 100)
  })

  it('is all of few, with breaks at gaps', () => {
    const line = thinnedLine([0, 1, 5, 6], [1, 2, 3, 4], [{ from: 1, to: 5 }])
    assert.deepEqual(line, { x: [0, 1, 3, 5, 6], y: [1, 2, Number.NaN, 3, 4] })
    assert.deepEqual(thinnedLine([], []), { x: [], y: [] })
    assert.deepEqual(thinnedBand([], [], []), { x: [], low: [], high: [] })
  })
})
