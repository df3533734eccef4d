import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainProvenance } from '../../test/support/plain-power-source.js'
import { curvePowerSource, type ZoneCurve } from './curve-source.js'

const curve: ZoneCurve = {
  zone: 'psys',
  watts: [100, 150, 180],
  low: [90, 130, 150],
  high: [110, 170, 220],
  outOfRange: true,
}
const usage = (utilisation: number) => ({ seconds: 1, utilisation, steal: 0, onlineCpus: 1 })

describe('curvePowerSource', () => {
  it('is linear between points, and goes on as it ends', () => {
    const source = curvePowerSource([curve], plainProvenance)
    const watts = (utilisation: number) => source.power(usage(utilisation))[0]?.watts
    assert.deepEqual([0, 0.25, 0.5, 0.75, 1, 1.5, -1].map(watts), [100, 125, 150, 165, 180, 180, 100])
    const [half] = source.power(usage(0.5))
    assert.deepEqual(half, { zone: 'psys', watts: 150, low: 130, high: 170, idleWatts: 100, outOfRange: true })
  })

  it('takes a curve of two points', () => {
    const source = curvePowerSource([{ ...curve, watts: [1, 3], low: [1, 1], high: [3, 3] }], plainProvenance)
    assert.equal(source.power(usage(0.5))[0]?.watts, 2)
  })

  it('refuses curves without points or with too few bounds', () => {
    for (const wrong of [
      { ...curve, watts: [1] },
      { ...curve, watts: [1], low: [1], high: [1] },
      { ...curve, watts: [], low: [], high: [] },
      { ...curve, low: [1, 2] },
      { ...curve, high: [] },
    ]) {
      assert.throws(() => curvePowerSource([wrong], plainProvenance), { code: 'INVALID_DATA', message: /psys/ })
    }
  })
})
