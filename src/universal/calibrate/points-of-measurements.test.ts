import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../../core/errors.js'
import { pointsOfMeasurements } from './points-of-measurements.js'

describe('pointsOfMeasurements', () => {
  it('makes a point of each tenth of the load that was seen often enough', () => {
    const measurements = Array.from({ length: 40 }, (_, i) => ({
      load: i < 20 ? 0.02 : 0.55,
      watts: (i < 20 ? 90 : 200) + (i % 3),
    }))
    // Too few to tell anything, and what no meter means.
    measurements.push({ load: 0.95, watts: 300 }, { load: 0.55, watts: -1 }, { load: 7, watts: 200 })
    const points = pointsOfMeasurements(measurements)
    assert.deepEqual(
      points.map(({ load, watts }) => [Number(load.toFixed(2)), watts]),
      [
        [0.02, 91],
        [0.55, 201],
      ],
    )
    assert.ok(points.every(({ deviation = 0 }) => deviation >= 0.02 && deviation < 0.03))
  })

  it('refuses what has no power in it', () => {
    assert.throws(
      () => pointsOfMeasurements([{ load: 0.5, watts: 0 }]),
      (error) => error instanceof ModelError && error.code === 'INVALID_DATA',
    )
  })
})
