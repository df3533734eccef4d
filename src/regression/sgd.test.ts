import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { sgdRegressor } from './sgd.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const loads = Array.from({ length: 40 }, (_, i) => [i / 39, -(((7 * i) % 40) / 39), 0])
const watts = Float64Array.from(loads, ([a, b]) => 30 + 20 * a! - 10 * b!)

describe('SGD', () => {
  it('comes near the line that watts lie on, and nearer with each pass', () => {
    const x = matrix(loads)
    const error = (maxEpochs: number) =>
      sgdRegressor({ maxEpochs })
        .fit(x, watts)
        .predict(x)
        .reduce((sum, value, i) => sum + Math.abs(value - watts[i]!) / 40, 0)
    const [one, ten, hundred] = [1, 10, 100].map(error)
    assert.ok(one! > ten! && ten! > hundred! && hundred! < 1, `${one} ${ten} ${hundred}`)
  })

  it('is decided by its seed, 0 unless it is told', () => {
    const fit = (options?: Parameters<typeof sgdRegressor>[0]) => [
      ...sgdRegressor(options).fit(matrix(loads), watts).coefficients,
    ]
    assert.deepEqual(fit(), fit({ seed: 0, maxEpochs: 1000 }))
    assert.notDeepEqual(fit(), fit({ seed: 1 }))
  })

  it('ends after five passes that each improve the loss by less than 0.001', () => {
    // One row of x = 1: each pass is one step, and its loss that of the model before.
    const fit = (maxEpochs: number) => sgdRegressor({ maxEpochs }).fit(matrix([[1]]), numbers(2))
    const loss = (pass: number) => {
      const { coefficients, intercept } = pass === 1 ? { coefficients: [0], intercept: 0 } : fit(pass - 1)
      return (coefficients[0]! + intercept - 2) ** 2 / 2
    }
    let last = 1
    while (fit(last).intercept !== fit(last + 1).intercept) last++
    const improvements = Array.from({ length: 6 }, (_, k) => loss(last - 6 + k) - loss(last - 5 + k))
    assert.ok(improvements[0]! >= 1e-3, `${improvements}`)
    assert.ok(
      improvements.slice(1).every((by) => by < 1e-3),
      `${improvements}`,
    )
    assert.ok(last > 20 && last < 1000)
  })

  it('asks for an improvement of 0.001 of each row, however many there are', () => {
    // Equal rows of x = 1: whatever the order, a pass is eight steps.
    const rows = 8
    const x = matrix(Array.from({ length: rows }, () => [1]))
    const fit = (maxEpochs: number) => sgdRegressor({ maxEpochs }).fit(x, new Float64Array(rows).fill(2))
    let last = 1
    while (fit(last).intercept !== fit(last + 1).intercept) last++
    const losses: number[] = []
    for (let pass = 0, weight = 0, intercept = 0; pass < last; pass++) {
      let loss = 0
      for (let k = 1; k <= rows; k++) {
        const eta = 0.01 / (pass * rows + k) ** 0.25
        const error = weight + intercept - 2
        loss += error ** 2 / 2
        weight = weight * (1 - eta * 1e-4) - eta * error
        intercept -= eta * error
      }
      losses.push(loss / rows)
    }
    const improvements = losses.slice(-6).map((loss, k) => losses.at(k - 7)! - loss)
    assert.ok(improvements[0]! >= 1e-3 && improvements.slice(1).every((by) => by < 1e-3), `${last}: ${improvements}`)
  })

  it('divides features by their largest magnitude where they are far from unit size', () => {
    // Powers of two divide without rounding, so the weights are the same but for their scale.
    const near = sgdRegressor().fit(matrix(loads), watts)
    const wide = sgdRegressor().fit(matrix(loads.map(([a, b, c]) => [a! * 2 ** 20, b! * 2 ** 30, c!])), watts)
    assert.equal(wide.intercept, near.intercept)
    assert.deepEqual([...wide.coefficients], [near.coefficients[0]! / 2 ** 20, near.coefficients[1]! / 2 ** 30, 0])
    const huge = sgdRegressor().fit(matrix(loads.map(([a, b, c]) => [a! * 2 ** 900, b!, c!])), watts)
    assert.equal(huge.coefficients[0], near.coefficients[0]! / 2 ** 900)
  })

  it('takes no step for more than an error of 1e12', () => {
    for (const sign of [1, -1]) {
      const { coefficients, intercept } = sgdRegressor({ maxEpochs: 1 }).fit(matrix([[1]]), numbers(sign * 1e13))
      assert.deepEqual([coefficients[0], intercept], [sign * 1e10, sign * 1e10])
    }
  })

  it('is the mean where steps run off at any scale', () => {
    const many = Array.from({ length: 2 }, () => new Array<number>(400).fill(1))
    const { coefficients, intercept } = sgdRegressor().fit(matrix(many), numbers(10, 20))
    assert.deepEqual([intercept, new Set(coefficients)], [15, new Set([0])])
  })
})
