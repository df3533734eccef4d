import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { roundScene, sceneStart, verdictsOf } from '../../../test/support/round-scene.js'

/** Milliseconds since the epoch. */
const at = (seconds: number) => 1000 * (sceneStart + seconds)

describe('the time between two versions', () => {
  it('lets small gains wait until the time that is known has doubled, or the interval is over', async () => {
    const { segment, round } = roundScene()
    await segment({ from: 0, seconds: 150 })
    await round()
    await segment({ from: 150, seconds: 60 })
    const lastPublished = at(150)
    const soon = await round({ lastPublished, now: at(210) })
    assert.ok(verdictsOf(soon).includes('too_soon'), verdictsOf(soon).join())
    assert.ok(!verdictsOf(soon).includes('better'))
    assert.equal(soon.candidate, false)
    const over = await round({ lastPublished, now: at(210), publishInterval: 60_000 })
    assert.deepEqual([over.candidate, verdictsOf(over).includes('too_soon')], [true, false])
  })

  it('lets small gains wait no longer than the served models know, and not because of a clock that was wrong', async () => {
    const roundAt = async (published: number, now: number) => {
      const { segment, round } = roundScene()
      await segment({ from: 0, seconds: 150 })
      await round()
      await segment({ from: 150, seconds: 60 })
      return round({ lastPublished: at(published), now: at(now) })
    }
    assert.equal((await roundAt(150, 295)).candidate, false)
    assert.equal((await roundAt(150, 301)).candidate, true)
    assert.equal((await roundAt(5000, 210)).candidate, true)
  })
})
