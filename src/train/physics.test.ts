import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Component } from '../core/energy-source.js'
import { matrix } from '../numeric/matrix.js'
import { linearPredictor } from '../predictor/linear.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { maxAbsScaler } from '../predictor/scalers.js'
import { checkPhysics, rangeOfWatts } from './physics.js'
import type { TrainingSet } from './training-set.js'

/** Rows of usage with watts by component. */
function setOf(
  rows: readonly (readonly number[])[],
  watts: Partial<Record<Component, readonly number[]>>,
): TrainingSet {
  return {
    ...{ source: 'rapl-sysfs', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 },
    features: rows[0]!.map((_, j) => `f${j}`),
    x: matrix(rows),
    targets: Object.entries(watts).map(([component, values]) => ({
      component: component as Component,
      watts: Float64Array.from(values),
    })),
    timestamps: Float64Array.from(rows, (_, i) => i),
  }
}
/** `idle + sum of slope * feature`. */
function line(component: Component, idle: number, ...slopes: number[]): ComponentModel {
  const scaler = maxAbsScaler(new Float64Array(slopes.length).fill(1))
  const features = slopes.map((_, j) => `f${j}`)
  return { component, features, transformers: [scaler], predictor: linearPredictor(idle, Float64Array.from(slopes)) }
}
/** One feature from 0 to 10, and watts from 10 to 30. */
const set = setOf([[0], [5], [10]], { package: [10, 20, 30] })

describe('how far a model violates physics', () => {
  it('is how far it rises or falls up to twice the range of usage, as a share of the range of watts', () => {
    // At 20: 10 + 2 * 20 = 50 W, two ranges of 20 W above 10 W.
    const rising = checkPhysics([line('package', 10, 2)], set)
    assert.deepEqual([rising.doubleRangeRise, rising.doubleRangeFall], [2, 0])
    // At 20: 10 - 2 * 20 = -30 W, two ranges below.
    const falling = checkPhysics([line('package', 10, -2)], set)
    assert.deepEqual([falling.doubleRangeRise, falling.doubleRangeFall], [0, 2])
  })

  it('is without bound for a model that says no number', () => {
    const broken: ComponentModel = {
      ...line('package', 0, 0),
      predictor: { ...linearPredictor(0, Float64Array.of(0)), predict: ({ rows }) => new Float64Array(rows).fill(NaN) },
    }
    const { doubleRangeRise, doubleRangeFall } = checkPhysics([broken], set)
    assert.deepEqual([doubleRangeRise, doubleRangeFall], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
  })

  it('looks at rows beyond the training rows alone', () => {
    // 40 W at zero load, and 15 W at 12.5, the nearest row beyond.
    assert.equal(checkPhysics([line('package', 40, -2)], set).doubleRangeRise, (40 - 2 * 12.5 - 10) / 20)
  })

  it('looks at every row beyond for a formula, and at twelve for a mean of measured watts', () => {
    const usage = Array.from({ length: 200 }, (_, i) => i)
    const many = setOf(
      usage.map((i) => [i, 199 - i]),
      { package: usage },
    )
    const asked: number[] = []
    const watching = (kind: string): ComponentModel => {
      const predictor = linearPredictor(0, Float64Array.of(0, 0))
      const predict: typeof predictor.predict = (x) => {
        asked.push(x.rows)
        return predictor.predict(x)
      }
      return { ...line('package', 0, 0, 0), predictor: { ...predictor, kind, predict } as typeof predictor }
    }
    for (const kind of ['linear', 'curve', 'kneighbors', 'svr']) checkPhysics([watching(kind)], many)
    // Zero load; 24 rows, each three times as far, and six rows with each of two features at twice its most; the rows.
    const all = [1, 24 * 3 + 6 * 2, 200]
    const few = [1, 12, 200]
    assert.deepEqual(asked, [...all, ...all, ...few, ...few])
  })

  it('looks at each feature alone at twice its range, and at all of them on the way from zero load', () => {
    // f0 alone at 20 while f1 is 0: only the probe of single features sees it.
    const two = setOf(
      [
        [0, 0],
        [10, 10],
      ],
      { package: [10, 30] },
    )
    const { doubleRangeRise, doubleRangeFall } = checkPhysics([line('package', 10, 4, -2)], two)
    // At most 10 + 4 * 20 - 0 = 90 W; at least 10 + 0 - 2 * 20 = -30 W.
    assert.deepEqual([doubleRangeRise, doubleRangeFall], [4, 2])
    // On the ray, at (20, 20), a model of the sum is at 10 + 20 + 20 = 50 W: more than with one of them alone.
    assert.equal(checkPhysics([line('package', 10, 1, 1)], two).doubleRangeRise, 2)
    // A feature that never moves is not divided by.
    const still = setOf(
      [1, 2].map((usage) => [0, usage]),
      { package: [10, 30] },
    )
    assert.equal(checkPhysics([line('package', 10, 5, 10)], still).doubleRangeRise, 2)
  })

  it('is what it says of zero load, as a share of what was measured, never below 0', () => {
    const both = setOf([[0], [10]], { package: [10, 30], dram: [1, 6], core: [0, 100] })
    const models = [line('package', 4, 1), line('dram', 1, 1), line('core', 50, 1)]
    const { zeroLoad, zeroLoadShare } = checkPhysics(models, both)
    assert.deepEqual(zeroLoad, { package: 4, dram: 1, core: 50 })
    // Core is part of the package.
    assert.equal(zeroLoadShare, (4 + 1) / (20 + 5))
    assert.deepEqual(checkPhysics([line('package', -4, 1)], set).zeroLoad, { package: 0 })
  })

  it('is nothing where the measured watts do not move', () => {
    const flat = setOf([[0], [10]], { package: [10, 10] })
    const { zeroLoad, zeroLoadShare, doubleRangeRise, doubleRangeFall } = checkPhysics([line('package', 3, 9)], flat)
    assert.deepEqual([zeroLoad, zeroLoadShare, doubleRangeRise, doubleRangeFall], [{ package: 3 }, 0, 0, 0])
  })

  it('is by how many watts the parts exceed the package, on the rows of training', () => {
    const excess = (...models: ComponentModel[]) =>
      checkPhysics(models, setOf([[0], [10]], Object.fromEntries(models.map(({ component }) => [component, [0, 9]]))))
        .partsAbovePackage
    assert.equal(excess(line('package', 20, 1), line('core', 0, 2), line('uncore', 5, 1)), 20 + 15 - 30)
    assert.equal(excess(line('package', 20, 1), line('core', 0, 2), line('uncore', -50, 1)), 0)
    assert.equal(excess(line('package', -20, 1), line('core', 7, 0)), 7)
    assert.equal(excess(line('package', 20, 1), line('core', 45, 0)), 25)
    assert.equal(excess(line('package', 20, 1)), 0)
    assert.equal(excess(line('core', 20, 1)), 0)
  })
})

describe('the range of watts', () => {
  it('is from the least to the most', () => {
    assert.deepEqual(rangeOfWatts(Float64Array.of(5, 2, 9)), { least: 2, range: 7 })
    assert.deepEqual(rangeOfWatts(Float64Array.of(5)), { least: 5, range: 0 })
  })
})
