import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { concaveInside } from '../predictor/concave-sum.js'
import { fitConcaveBase, rangeOf } from './concave-base.js'
import { gradientBoostingRegressor } from './gradient-boosting.js'
import { type KernelRows, withKernelRows } from './kernel-rows.js'
import { kNeighborsRegressor } from './k-neighbors.js'
import { linearRegressor } from './linear.js'
import { polynomialRegressor } from './polynomial.js'
import { presort, rowRanges } from './presorted.js'
import { growRegressionTree } from './regression-tree.js'
import { slopeTrust } from './slope-trust.js'
import { scaleGamma, svrRegressor } from './svr.js'
import { solveSvr } from './svr-solver.js'
import { givesWeights, trainerNamed, trainerNames } from './trainers.js'

const numbers = (...values: number[]) => Float64Array.from(values)
const close = (a: number, b: number, within = 1e-6) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`)

describe('lines and polynomials', () => {
  const x = matrix([
    [0, 1],
    [1, 0],
    [2, 5],
    [3, 2],
  ])

  it('find the weights that watts were made with', () => {
    const y = numbers(...[0, 1, 2, 3].map((i) => 7 + 2 * x.data[2 * i]! + 3 * x.data[2 * i + 1]!))
    for (const nonNegative of [true, false]) {
      const { intercept, coefficients } = linearRegressor({ nonNegative }).fit(x, y)
      close(intercept, 7)
      close(coefficients[0]!, 2)
      close(coefficients[1]!, 3)
    }
  })

  it('have no weight below 0 unless they may', () => {
    const y = numbers(9, 8, 7, 6)
    assert.deepEqual([...linearRegressor().fit(x, y).coefficients], [0, 0])
    assert.equal(linearRegressor().fit(x, y).intercept, 7.5)
    close(linearRegressor({ nonNegative: false }).fit(x, y).coefficients[0]!, -1)
  })

  it('bend', () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i / 10])
    const y = numbers(...rows.map(([value]) => 1 + 2 * value! + 3 * value! ** 2))
    const predicted = polynomialRegressor()
      .fit(matrix(rows), y)
      .predict(matrix([[0.55]]))
    close(predicted[0]!, 1 + 1.1 + 3 * 0.55 ** 2, 1e-3)
  })
})

describe('columns in order', () => {
  it('have the rows of each column by value, equal ones and -0 in the order of the rows', () => {
    const { values, order, rows, cols } = presort(
      matrix([
        [3, -1],
        [-0, 5],
        [0, -2],
        [-7, 5],
        [1e9, 0],
      ]),
    )
    assert.deepEqual([rows, cols], [5, 2])
    assert.deepEqual([...order], [3, 1, 2, 0, 4, 2, 0, 4, 1, 3])
    assert.deepEqual([...values.subarray(0, 5)], [3, 0, 0, -7, Math.fround(1e9)])
    assert.ok(Object.is(values[1], 0))
  })

  it('stay sorted in both parts when they are divided', () => {
    const sorted = presort(
      matrix([
        [4, 1],
        [3, 2],
        [2, 3],
        [1, 4],
      ]),
    )
    const ranges = rowRanges(sorted)
    ranges.divide(0, 0, 4, 1)
    // Row 3 is below in column 0; column 1 has it last.
    assert.deepEqual([...ranges.order], [3, 2, 1, 0, 3, 0, 1, 2])
    ranges.divide(1, 1, 4, 2)
    assert.deepEqual([...ranges.order], [3, 1, 0, 2, 3, 0, 1, 2])
    ranges.reset()
    assert.deepEqual([...ranges.order], [...sorted.order])
  })
})

describe('a regression tree', () => {
  const grown = (rows: readonly (readonly number[])[], y: readonly number[], depth: number) => {
    const columns = presort(matrix(rows.map((row) => [...row])))
    const leaves: (readonly [number, number])[] = []
    const tree = growRegressionTree(columns, rowRanges(columns), Float64Array.from(y), depth, (_, from, to, value) =>
      leaves.push([to - from, value]),
    )
    return { ...tree, leaves }
  }

  it('splits between the values where the means differ most', () => {
    const { feature, threshold, value, leaves } = grown(
      [
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 0],
      ],
      [0, 0, 10, 10],
      1,
    )
    assert.deepEqual([...feature], [0, -1, -1])
    assert.equal(threshold[0], 2.5)
    assert.deepEqual([...value], [5, 0, 10])
    assert.deepEqual(leaves, [
      [2, 0],
      [2, 10],
    ])
  })

  it('splits no rows that differ by rounding alone', () => {
    const leaves = (apart: number) => grown([[0], [1]], [-apart, apart], 1).leaves.length
    assert.deepEqual([leaves(1e-8), leaves(2e-8)], [1, 2])
  })

  it('takes the first of equally good columns, and none that does not move', () => {
    assert.equal(
      grown(
        [
          [5, 1, 1],
          [5, 2, 2],
        ],
        [0, 1],
        3,
      ).feature[0],
      1,
    )
    assert.deepEqual([...grown([[5], [5], [5]], [0, 1, 2], 3).feature], [-1])
    assert.deepEqual([...grown([[1], [1 + 1e-9]], [0, 1], 3).feature], [-1])
  })

  it('ends at its depth, with one row, or with equal targets', () => {
    const rows = [[1], [2], [3], [4]]
    assert.equal(grown(rows, [1, 2, 4, 8], 0).leaves.length, 1)
    assert.equal(grown(rows, [1, 2, 4, 8], 2).leaves.length, 3)
    assert.equal(grown(rows, [1, 2, 4, 8], 9).leaves.length, 4)
    assert.equal(grown(rows, [3, 3, 3, 3], 9).leaves.length, 1)
    assert.deepEqual(grown(rows, [1, 1, 1, 5], 9).leaves, [
      [3, 1],
      [1, 5],
    ])
  })
})

describe('support vectors', () => {
  const x = matrix([[0], [1], [2], [4]])

  it('have the kernel of each two samples, however many rows are kept', () => {
    const expected = (i: number, t: number) => Math.fround(Math.exp(-0.5 * (x.data[i]! - x.data[t]!) ** 2))
    // All, one at a time (the least is two), and three.
    for (const room of [1e9, 1, 3 * 4 * 4]) {
      const rows = (kernel: KernelRows) => [0, 3, 1, 2, 0, 1].map((i) => [i, kernel.row(i).slice()] as const)
      for (const [i, row] of withKernelRows(x, 0.5, rows, { room })) {
        for (const [t, value] of row.entries()) assert.equal(value, expected(i, t))
      }
    }
  })

  it('are scaled by the spread of all entries', () => {
    // The mean is 1.75, the population variance 2.1875.
    close(scaleGamma(x), 1 / 2.1875)
    close(
      scaleGamma(
        matrix([
          [0, 4],
          [4, 0],
        ]),
      ),
      1 / (2 * 4),
    )
    assert.equal(scaleGamma(matrix([[3], [3]])), 1)
  })

  it('solve the dual: coefficients within the cost that add up to 0, errors within epsilon where they are free', () => {
    const y = numbers(0, 3, 1, 5)
    const problem = { cost: 2, epsilon: 0.2, tolerance: 1e-9 }
    const { coefficients, intercept } = withKernelRows(x, 0.5, (kernel) => solveSvr(kernel, y, problem))
    const kernel = withKernelRows(x, 0.5, ({ row }) => [...y.keys()].map((t) => row(t).slice()))
    close(
      [...coefficients].reduce((a, b) => a + b, 0),
      0,
    )
    for (const [t, target] of y.entries()) {
      const value = intercept + [...kernel[t]!].reduce((sum, k, i) => sum + k * coefficients[i]!, 0)
      const coefficient = coefficients[t]!
      assert.ok(Math.abs(coefficient) <= 2)
      if (coefficient === 0) assert.ok(Math.abs(target - value) <= 0.2 + 1e-6)
      else if (Math.abs(coefficient) < 2) close(target - value, Math.sign(coefficient) * 0.2)
      else assert.ok(Math.sign(coefficient) * (target - value) >= 0.2 - 1e-6)
    }
  })

  it('are none where no target is further off than epsilon, and bounded as the whole where a part is fitted', () => {
    const flat = withKernelRows(x, 0.5, (kernel) =>
      solveSvr(kernel, numbers(1, 1.1, 1.2, 1.3), { cost: 1, epsilon: 0.2, tolerance: 1e-9 }),
    )
    assert.deepEqual([...flat.coefficients], [0, 0, 0, 0])
    close(flat.intercept, 1.15)
    const y = numbers(0, 30, 10, 50)
    const largest = (wholeRows?: number) => {
      const { dualCoefficients } = svrRegressor(wholeRows === undefined ? {} : { wholeRows }).fit(x, y)
      return Math.max(...dualCoefficients.map(Math.abs))
    }
    assert.deepEqual([largest(), largest(8)], [1, 2])
  })
})

describe('trainers', () => {
  it('are found with or without their endings', () => {
    for (const text of ['SGD', 'SGDRegressor', 'SGDRegressorTrainer'])
      assert.equal(trainerNamed(text), 'SGDRegressorTrainer')
    assert.equal(trainerNamed('Linear'), 'LinearRegressionTrainer')
    assert.equal(trainerNamed('XgboostFit'), 'XgboostFitTrainer')
    assert.equal(trainerNamed('toString'), undefined)
    assert.deepEqual(trainerNames.filter(givesWeights), [
      'SGDRegressorTrainer',
      'LogarithmicRegressionTrainer',
      'LogisticRegressionTrainer',
      'ExponentialRegressionTrainer',
    ])
  })

  it('give the mean of six neighbours, and boost from the mean', () => {
    const rows = Array.from({ length: 12 }, (_, i) => [i])
    const y = Float64Array.from(rows, ([value]) => value!)
    const neighbours = kNeighborsRegressor().fit(matrix(rows), y)
    assert.equal(neighbours.predict(matrix([[-5]]))[0], 2.5)
    y.fill(99)
    assert.equal(neighbours.predict(matrix([[-5]]))[0], 2.5)
    const boosted = gradientBoostingRegressor({ seed: 0 }).fit(
      matrix(rows),
      Float64Array.from(rows, ([value]) => value!),
    )
    assert.equal(boosted.constant, 5.5)
  })
})

describe('slopeTrust', () => {
  const random = seededRandom(2)
  const rows = Array.from({ length: 200 }, () => [100 * random.next()])
  const x = matrix(rows)
  const trust = (watts: (value: number) => number) => {
    const y = Float64Array.from(rows, ([value]) => watts(value!))
    const all = Int32Array.from({ length: 200 }, (_, i) => i)
    return slopeTrust(x, y, fitConcaveBase(x, y, all), rangeOf(x, all))
  }

  it('is whole for a line, and none for what stands still above', () => {
    assert.equal(
      trust((value) => 10 + value),
      1,
    )
    assert.ok(trust((value) => 10 + Math.min(value, 60)) <= 0.5)
  })

  it('is half where rows are too few to tell', () => {
    const few = matrix([[1], [2], [3]])
    const y = numbers(1, 2, 3)
    const all = Int32Array.of(0, 1, 2)
    const base = fitConcaveBase(few, y, all)
    assert.equal(slopeTrust(few, y, base, rangeOf(few, all)), 0.5)
    assert.ok(
      concaveInside(base, rangeOf(few, all), numbers(3), 0) >= concaveInside(base, rangeOf(few, all), numbers(1), 0),
    )
  })
})
