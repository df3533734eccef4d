import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { type CurveShape, curveShapes, curveValue } from '../predictor/curve.js'
import { curveRegressor } from './curve.js'
import { curveStart } from './curve-shapes.js'

const steps = Array.from({ length: 41 }, (_, i) => i / 40)
const x = matrix(steps.map((value) => [value]))
const truths: Record<CurveShape, number[]> = {
  exponential: [20, 1.5, 15],
  logarithmic: [35, 9, 30],
  logistic: [120, 0.4, 8, 30],
}

describe('curveRegressor', () => {
  for (const shape of curveShapes) {
    it(`finds the ${shape} curve that the data lies on`, () => {
      const y = Float64Array.from(steps, (value) => curveValue(shape, truths[shape], value))
      const { parameters } = curveRegressor({ shape }).fit(x, y)
      truths[shape].forEach((value, k) => {
        assert.ok(Math.abs(parameters[k]! - value) < 1e-4 * value, `${parameters} is not ${truths[shape]}`)
      })
    })

    it(`fits the ${shape} curve to features of any size`, () => {
      const y = Float64Array.from(steps, (value) => curveValue(shape, truths[shape], value))
      const wide = matrix(steps.map((value) => [value * 1e9]))
      const predicted = curveRegressor({ shape }).fit(wide, y).predict(wide)
      const worst = Math.max(...predicted.map((watts, i) => Math.abs(watts - y[i]!)))
      assert.ok(worst < 0.01 * Math.max(...y), `${worst} W off`)
    })
  }

  it('starts where the original starts', () => {
    const y = Float64Array.of(10, 40, 110)
    assert.deepEqual([...curveStart('exponential', y)], [36, 1, -26])
    assert.deepEqual([...curveStart('logarithmic', y)], [100, 1, 10])
    assert.deepEqual([...curveStart('logistic', y)], [100, 0.5, 2, 10])
    assert.deepEqual([...curveStart('logistic', Float64Array.of(7, 7))], [0, 0.5, 0, 7])
  })

  it('leaves idle rows out when asked, and only then', () => {
    const rows = matrix(steps.map((value) => [value, value]))
    const y = Float64Array.from(steps, (value) => (value < 0.1 ? 500 : curveValue('logarithmic', [35, 9, 30], value)))
    const all = curveRegressor({ shape: 'logarithmic' }).fit(rows, y)
    const busy = curveRegressor({ shape: 'logarithmic', idleFeature: 1 }).fit(rows, y)
    assert.ok(Math.abs(busy.parameters[0]! - 35) < 1e-3)
    assert.ok(Math.abs(all.parameters[0]! - 35) > 10)
  })

  it('takes all rows when all are idle', () => {
    const rows = matrix(steps.map((value) => [value, 0]))
    const y = Float64Array.from(steps, (value) => curveValue('logarithmic', [35, 9, 30], value))
    const model = curveRegressor({ shape: 'logarithmic', idleFeature: 1 }).fit(rows, y)
    assert.ok(Math.abs(model.parameters[0]! - 35) < 1e-3)
  })

  it('gives a number beyond the end of a falling logarithm', () => {
    const y = Float64Array.from(steps, (value) => 50 + 20 * Math.log(1 - 0.9 * value))
    const model = curveRegressor({ shape: 'logarithmic' }).fit(x, y)
    assert.ok(model.predict(matrix([[0], [1], [5], [1e6]])).every(Number.isFinite))
  })

  it('is flat at the mean of watts whose range has no number', () => {
    const x = matrix([[0], [1], [2]])
    const y = Float64Array.of(-1.5e308, 1.5e308, 3e307)
    const parameters = (shape: CurveShape) => [...curveRegressor({ shape }).fit(x, y).parameters]
    assert.deepEqual(parameters('logistic'), [0, 0, 0, 1e307])
    assert.deepEqual(parameters('exponential'), [0, 0, 1e307])
    assert.deepEqual(parameters('logarithmic'), [0, 0, 1e307])
  })

  it('takes the better of the fits to x and to x divided by its largest magnitude, which counts from 1 on', () => {
    // With x up to 1 the start is the original's, so x and y scaled to it give the parameters scaled back.
    for (const shape of curveShapes) {
      const y = Float64Array.from(steps, (value) => curveValue(shape, truths[shape], value))
      const [near, wide] = [1, 1000].map((scale) =>
        curveRegressor({ shape }).fit(matrix(steps.map((value) => [-scale * value])), y),
      )
      const error = (model: typeof near, scale: number) =>
        Math.max(
          ...model!.predict(matrix(steps.map((value) => [-scale * value]))).map((watts, i) => Math.abs(watts - y[i]!)),
        )
      assert.ok(error(wide, 1000) <= error(near, 1) + 1e-6, `${shape}: ${error(wide, 1000)} after ${error(near, 1)}`)
    }
  })
})
