import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Matrix, matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { takeRows, takeValues } from '../numeric/split.js'
import { type KernelMemory, type KernelRows, withKernelRows } from './kernel-rows.js'
import { scaleGamma, svrRegressor } from './svr.js'
import { solveSvr } from './svr-solver.js'

const random = seededRandom(9)
const x = matrix(Array.from({ length: 100 }, () => [random.next(), random.next(), random.next()]))
const y = Float64Array.from({ length: 100 }, (_, i) => 40 * x.data[3 * i]! + random.normal())

describe('withKernelRows', () => {
  it('is symmetric, with ones down the middle', () => {
    withKernelRows(x, 2, (kernel) => {
      for (let i = 0; i < 100; i++) {
        assert.equal(kernel.row(i)[i], 1)
        for (let t = 0; t < 100; t++) assert.equal(kernel.row(i)[t], kernel.row(t)[i])
      }
      const distance = (x.data[0]! - x.data[3]!) ** 2 + (x.data[1]! - x.data[4]!) ** 2 + (x.data[2]! - x.data[5]!) ** 2
      assert.equal(kernel.row(0)[1], Math.fround(Math.exp(-2 * distance)))
    })
  })

  it('gives the same rows with hardly any room to keep them', () => {
    withKernelRows(x, 2, (whole) => {
      const crowded = (kernel: KernelRows) => {
        for (const i of [0, 1, 2, 99, 0, 2, 50, 0]) assert.deepEqual(kernel.row(i), whole.row(i).slice())
      }
      withKernelRows(x, 2, crowded, { room: 2000 })
    })
  })

  it('has one memory for folds and the model of all rows, where all of it fits', () => {
    const fold = matrix(Array.from({ length: 80 }, (_, i) => [i]))
    const buffer = (rows: Matrix, memory: KernelMemory) =>
      withKernelRows(rows, 2, (kernel) => kernel.row(0).buffer, memory)
    const first = buffer(fold, { largest: 100 })
    assert.equal(first.byteLength, 4 * 100 * 100)
    assert.equal(buffer(x, {}), first)
    const large = matrix(Array.from({ length: 101 }, (_, i) => [i]))
    assert.equal(buffer(large, { largest: 5 }).byteLength, 4 * 101 * 101)
    assert.equal(buffer(large, { largest: 300, room: 4 * 300 * 300 - 1 }).byteLength, 4 * 101 * 101)
  })

  it('solves to the same coefficients with hardly any room', () => {
    const problem = { cost: 1, epsilon: 0.2, tolerance: 1e-6 }
    const solve = (kernel: KernelRows) => solveSvr(kernel, y, problem)
    assert.deepEqual(withKernelRows(x, 2, solve, { room: 2000 }), withKernelRows(x, 2, solve))
  })

  it('takes the memory of the kernel before, but never of one in use', () => {
    const memoryOf = (kernel: KernelRows) => kernel.row(0).buffer
    const few = takeRows(
      x,
      Int32Array.from({ length: 80 }, (_, i) => i),
    )
    const expected = withKernelRows(few, 2, (kernel) => kernel.row(7).slice())
    const first = withKernelRows(x, 2, memoryOf)
    withKernelRows(few, 2, (kernel) => {
      assert.equal(memoryOf(kernel), first)
      assert.deepEqual(kernel.row(7).slice(), expected)
      assert.notEqual(withKernelRows(few, 2, memoryOf), first)
      assert.deepEqual(kernel.row(7).slice(), expected)
    })
  })
})

describe('svrRegressor', () => {
  it('learns from a part of the rows what it would from all, where told how many they are', () => {
    const half = Int32Array.from({ length: 50 }, (_, row) => row)
    const part = { x: takeRows(x, half), y: takeValues(y, half) }
    const twice = [...half, ...half]
    const whole = svrRegressor().fit(takeRows(x, twice), takeValues(y, twice)).predict(x)
    const told = svrRegressor({ wholeRows: 100 }).fit(part.x, part.y).predict(x)
    const untold = svrRegressor().fit(part.x, part.y).predict(x)
    const most = (other: Float64Array) =>
      whole.reduce((worst, watts, i) => Math.max(worst, Math.abs(watts - other[i]!)), 0)
    assert.ok(most(told) < 1e-4, `${most(told)} W`)
    assert.ok(most(untold) > 0.1, `${most(untold)} W`)
  })

  it('takes its width from the variance of all entries together', () => {
    assert.equal(
      scaleGamma(
        matrix([
          [0, 2],
          [0, 2],
        ]),
      ),
      0.5,
    )
    assert.equal(scaleGamma(matrix([[0.1], [0.1], [0.1]])), 1)
  })

  it('keeps no sample that has no say', () => {
    const { supportVectors, dualCoefficients } = svrRegressor({ epsilon: 3 }).fit(x, y)
    assert.ok(supportVectors.rows < 100)
    assert.ok(dualCoefficients.every((coefficient) => coefficient !== 0 && Math.abs(coefficient) <= 1))
  })

  it('predicts the middle of targets that all fit in its tube', () => {
    const model = svrRegressor().fit(matrix([[0], [1]]), Float64Array.of(10, 10.2))
    assert.equal(model.supportVectors.rows, 0)
    assert.ok(Math.abs(model.predict(matrix([[5]]))[0]! - 10.1) < 1e-9)
  })
})
