import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { columnOf, type Matrix, matrix, mean } from '../numeric/matrix.js'
import { quantile } from '../numeric/quantile.js'
import { seededRandom } from '../numeric/random.js'
import { concaveInside } from '../predictor/concave-sum.js'
import { fitConcaveBase, rangeOf } from './concave-base.js'
import { slopeTrust } from './slope-trust.js'

const all = (x: Matrix) => Int32Array.from({ length: x.rows }, (_, i) => i)
const line = matrix(Array.from({ length: 101 }, (_, i) => [i / 100]))

function curveOf(x: Matrix, y: Float64Array): number[] {
  const base = fitConcaveBase(x, y, all(x))
  return Array.from({ length: x.rows }, (_, i) => concaveInside(base, rangeOf(x, all(x)), x.data, i * x.cols))
}

describe('fitConcaveBase', () => {
  it('finds a straight line, and a curve that saturates', () => {
    for (const shape of [(u: number) => 20 + 50 * u, (u: number) => 20 + 50 * (1 - Math.exp(-u / 0.3))]) {
      const watts = columnOf(line, 0).map(shape)
      curveOf(line, watts).forEach((value, i) => {
        assert.ok(Math.abs(value - watts[i]!) < 1e-3, `row ${i}: ${value} for ${watts[i]}`)
      })
    }
  })

  it('never falls and never bends upwards, whatever the watts do', () => {
    const random = seededRandom(2)
    for (const shape of [(u: number) => 80 - 60 * u, (u: number) => 20 + 60 * u * u, () => 40 + 10 * random.normal()]) {
      const curve = curveOf(line, columnOf(line, 0).map(shape))
      for (let i = 2; i < curve.length; i++) {
        const step = curve[i]! - curve[i - 1]!
        assert.ok(step >= -1e-9)
        assert.ok(step <= curve[i - 1]! - curve[i - 2]! + 1e-9)
      }
    }
  })

  it('does not follow rows that jump', () => {
    const watts = columnOf(line, 0).map((u, i) => (i % 10 === 3 ? 500 : 20 + 50 * u))
    const curve = curveOf(line, watts)
    assert.ok(Math.abs(curve[50]! - 45) < 1, `${curve[50]} for 45`)
  })

  it('is the median, nearly, where no feature moves', () => {
    const still = matrix([[1], [1], [1], [1], [1]])
    const [watts] = curveOf(still, Float64Array.of(10, 10.1, 9.9, 10, 90))
    assert.ok(Math.abs(watts! - 10) < 1, `${watts}`)
  })

  it('clips errors above 1.345 standard deviations of a normal error, told from their median', () => {
    const random = seededRandom(8)
    const watts = Float64Array.from({ length: 400 }, (_, i) => 50 + random.normal() + (i % 5 === 0 ? 30 : 0))
    const { intercept } = fitConcaveBase(matrix(Array.from(watts, () => [1])), watts, Int32Array.from(watts.keys()))
    const limit =
      (1.345 *
        quantile(
          Float64Array.from(watts, (value) => Math.abs(value - intercept)),
          0.5,
        )) /
      0.6745
    const clipped = watts.map((value) => Math.max(-limit, Math.min(limit, value - intercept)))
    assert.ok(Math.abs(mean(clipped)) < 1e-3 * limit, `${mean(clipped)} of ${limit}`)
  })

  it('has no terms for a feature that moves by rounding alone', () => {
    const x = matrix(Array.from({ length: 101 }, (_, i) => [1e6 + (i % 2) * 2e-10 * i, i / 100]))
    const base = fitConcaveBase(
      x,
      columnOf(x, 1).map((u, i) => 20 + 50 * u + (i % 2)),
      all(x),
    )
    assert.deepEqual([...new Set(base.feature)], [1])
  })

  it('keeps only the terms that weigh something', () => {
    const { weight } = fitConcaveBase(
      line,
      columnOf(line, 0).map((u) => 20 + 50 * u),
      all(line),
    )
    assert.ok(weight.length > 0 && weight.every((share) => share > 0), weight.join(' '))
  })

  it('learns from the rows it is given alone', () => {
    const watts = columnOf(line, 0).map((u) => (u < 0.5 ? 20 : 900))
    const base = fitConcaveBase(
      line,
      watts,
      Int32Array.from({ length: 40 }, (_, i) => i),
    )
    assert.ok(Math.abs(concaveInside(base, rangeOf(line, all(line)), Float64Array.of(1), 0) - 20) < 1e-6)
  })
})

describe('slopeTrust', () => {
  const trustOf = (shape: (u: number) => number) => {
    const watts = columnOf(line, 0).map(shape)
    return slopeTrust(line, watts, fitConcaveBase(line, watts, all(line)), rangeOf(line, all(line)))
  }

  it('believes a line that goes on', () => {
    assert.equal(
      trustOf((u) => 20 + 50 * u),
      1,
    )
  })

  it('does not believe a slope that ends', () => {
    assert.ok(trustOf((u) => 20 + 50 * Math.min(u, 0.68)) <= 0.25)
  })

  it('believes half where there are too few rows to try it', () => {
    const few = matrix([[0], [1], [2]])
    const watts = Float64Array.of(1, 2, 3)
    assert.equal(slopeTrust(few, watts, fitConcaveBase(few, watts, all(few)), rangeOf(few, all(few))), 0.5)
  })
})
