import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Matrix, matrix } from '../numeric/matrix.js'
import { seededRandom } from '../numeric/random.js'
import { quantileForestRegressor } from './quantile-forest.js'
import { regressor } from './regressor-by-name.js'

/** Usage that drifts, with all features above 0, and watts with noise. */
function recording(rows: number, seed = 5): { x: Matrix; y: Float64Array } {
  const random = seededRandom(seed)
  const x: number[][] = []
  const y: number[] = []
  for (let i = 0; i < rows; i++) {
    const load = 0.3 + 0.25 * Math.sin(i / 17) + 0.2 * random.next()
    x.push([0.1 + 0.9 * load, 0.05 + load * load])
    y.push(20 + 80 * load + (2 + 6 * load) * random.normal())
  }
  return { x: matrix(x), y: Float64Array.from(y) }
}

const { x, y } = recording(600)
const forest = quantileForestRegressor({ seed: 1 }).fit(x, y)
const far = [1e-300, 0, -1, -1e300, 2, 10, 1e6, 1e300, Number.MAX_VALUE]
const farRows = matrix(far.flatMap((a) => far.map((b) => [a, b])))

describe('quantileForestRegressor', () => {
  it('meets what it did not see, nearly as well as the truth does', () => {
    const other = recording(300, 77)
    const error = forest.predict(other.x).reduce((sum, watts, i) => sum + Math.abs(watts - other.y[i]!), 0) / 300
    // The noise alone is 0.8 of its deviation, 4 W on average.
    assert.ok(error < 5, `${error}`)
  })

  it('has intervals that hold as often as they say, and are wider for more', () => {
    const other = recording(1000, 78)
    let last = 0
    for (const coverage of [0.5, 0.8, 0.9, 0.97]) {
      const { lower, upper } = forest.predictInterval(other.x, coverage)
      const held = other.y.filter((watts, i) => watts >= lower[i]! && watts <= upper[i]!).length / 1000
      assert.ok(Math.abs(held - coverage) < 0.06, `${held} for ${coverage}`)
      const width = upper.reduce((sum, watts, i) => sum + watts - lower[i]!, 0)
      assert.ok(width > last)
      last = width
    }
    assert.deepEqual(forest.predictInterval(x), forest.predictInterval(x, 0.9))
  })

  it('refuses a coverage that is no probability, and rows of other features', () => {
    assert.throws(() => forest.predictInterval(x, 90), { code: 'INVALID_DATA' })
    assert.throws(() => forest.predictInterval(matrix([[1]])), { code: 'SHAPE_MISMATCH' })
  })

  it('is finite, never negative, and inside its interval, however far outside', () => {
    for (const outputType of ['AbsPower', 'DynPower'] as const) {
      const model = quantileForestRegressor({ outputType }).fit(x, y)
      for (const rows of [x, farRows]) {
        const watts = model.predict(rows)
        const { lower, upper } = model.predictInterval(rows)
        watts.forEach((value, i) => {
          assert.ok(Number.isFinite(value) && Number.isFinite(lower[i]) && Number.isFinite(upper[i]))
          assert.ok(lower[i]! >= 0 && lower[i]! <= value && value <= upper[i]!, `${lower[i]} ${value} ${upper[i]}`)
        })
      }
    }
  })

  it('goes beyond the range by no more than the range of watts, and is less sure there', () => {
    const edge = matrix([
      [x.data[0]!, x.data[1]!],
      [1e9, 1e9],
    ])
    const span = Math.max(...y) - Math.min(...y)
    assert.ok(forest.predict(edge)[1]! <= Math.max(...y) + span)
    const { lower, upper } = forest.predictInterval(edge)
    assert.ok(upper[1]! - lower[1]! > 2 * (upper[0]! - lower[0]!))
  })

  it('gives dynamic power that falls to 0 below the smallest usage, and absolute power that does not', () => {
    const least = [0, 1].map((j) => x.data.filter((_, k) => k % 2 === j).reduce((a, b) => Math.min(a, b)))
    const rows = matrix([1, 0.5, 0.1, 0].map((share) => least.map((value) => share * value)))
    const dynamic = quantileForestRegressor({ outputType: 'DynPower' }).fit(x, y)
    const watts = dynamic.predict(rows)
    assert.ok(watts[0]! > watts[1]! && watts[1]! > watts[2]! && watts[3] === 0)
    assert.equal(dynamic.predictInterval(rows).upper[3], 0)
    assert.ok(quantileForestRegressor({ outputType: 'AbsPower' }).fit(x, y).predict(rows)[3]! > 0)
  })

  it('keeps to what was seen of no usage where that was seen', () => {
    const idle = matrix(Array.from({ length: 40 }, (_, i) => [i < 20 ? 0 : 1]))
    const watts = Float64Array.from({ length: 40 }, (_, i) => (i < 20 ? 3 : 50))
    const model = quantileForestRegressor({ outputType: 'DynPower' }).fit(idle, watts)
    assert.ok(Math.abs(model.predict(matrix([[0]]))[0]! - 3) < 3)
  })

  it('learns from as few rows as there are', () => {
    for (const rows of [1, 2, 3, 4, 5, 9, 10, 14, 25]) {
      const few = recording(rows)
      const model = quantileForestRegressor({ outputType: 'DynPower' }).fit(few.x, few.y)
      for (const at of [few.x, farRows]) {
        const watts = model.predict(at)
        const { lower, upper } = model.predictInterval(at)
        watts.forEach((value, i) => {
          assert.ok(value >= 0 && lower[i]! <= value && value <= upper[i]! && Number.isFinite(upper[i]), `${rows} rows`)
        })
      }
      const known = model.predict(few.x)
      assert.ok(known.every((watts) => watts >= Math.min(...few.y) - 1 && watts <= Math.max(...few.y) + 1))
    }
  })

  it('learns from rows that repeat, features that stand still and constant watts', () => {
    const still = matrix(Array.from({ length: 60 }, (_, i) => [0.3, Math.floor(i / 20), 0]))
    const steps = Float64Array.from({ length: 60 }, (_, i) => [10, 40, 60][Math.floor(i / 20)]!)
    const watts = quantileForestRegressor().fit(still, steps).predict(still)
    assert.ok(watts.every((value) => value >= 9 && value <= 61))
    const constant = quantileForestRegressor().fit(still, new Float64Array(60).fill(35))
    const { lower, upper } = constant.predictInterval(still)
    assert.ok(constant.predict(still).every((value) => Math.abs(value - 35) < 1e-6))
    assert.ok(upper.every((value, i) => value - lower[i]! < 1e-3))
  })

  it('is decided by data and seed alone', () => {
    assert.deepEqual(quantileForestRegressor({ seed: 1 }).fit(x, y).predict(x), forest.predict(x))
    assert.notDeepEqual(quantileForestRegressor({ seed: 2 }).fit(x, y).predict(x), forest.predict(x))
  })

  it('stays small however many rows there are', () => {
    const many = recording(30_000)
    const { trees } = quantileForestRegressor().fit(many.x, many.y)
    assert.ok(trees.feature.length < 80_000, `${trees.feature.length} nodes`)
    assert.ok(trees.pool.length < 300_000, `${trees.pool.length} measurements`)
    assert.ok(trees.targets.length <= 2048)
  })

  it('is in the library with plain rows', () => {
    const rows = Array.from({ length: 30 }, (_, i) => [i / 30, 1])
    const model = regressor('QuantileForestRegressorTrainer', { seed: 3, outputType: 'AbsPower' }).fit(
      rows,
      rows.map(([load]) => 20 + 50 * load!),
    )
    const [watts] = model.predict([[0.5, 1]])
    const { lower, upper } = model.predictInterval([[0.5, 1]])
    assert.ok(lower[0]! <= watts! && watts! <= upper[0]! && Math.abs(watts! - 45) < 5)
  })
})
