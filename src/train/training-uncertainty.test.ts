import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPowerModel } from '../../test/support/test-model.js'
import { regressionMetrics } from '../numeric/metrics.js'
import { matrix } from '../numeric/matrix.js'
import type { CrossValidation } from './cross-validate.js'
import { type HeldOutRows, heldOutIntervals } from './held-out-intervals.js'
import { testedRows, trainingUncertainty } from './training-uncertainty.js'
import type { TrainingSet } from './training-set.js'

/** Rows of these usages at these times; the watts are ten times the usage, of DRAM as many. */
function set(
  usage: readonly number[],
  times: readonly number[] = usage.map((_, i) => i),
  more: Partial<TrainingSet> = {},
): TrainingSet {
  const watts = Float64Array.from(usage, (value) => 10 * value)
  return {
    ...{ source: 'rapl-sysfs', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0, features: ['a', 'b'] },
    x: matrix(usage.map((value) => [value, 2 * value])),
    targets: [
      { component: 'package', watts },
      { component: 'dram', watts: usage.length > 0 ? watts.map((value) => value + 1) : watts },
    ],
    timestamps: Float64Array.from(times),
    ...more,
  }
}
/** 10 W less the usage of both features. */
const { components: models } = linearPowerModel({ features: ['a', 'b'], idle: 10, slope: -1 })

describe('testedRows', () => {
  const of = (rows: readonly HeldOutRows[]) =>
    rows.map(({ predicted, actual, fold }) => [predicted, actual, fold].map((one) => [...one]))

  it('have predictions of every component in the order of time, never below 0', () => {
    assert.deepEqual(of(testedRows(models, set([1, 7, 2], [30, 10, 20]))), [
      [
        [0, 4, 7],
        [70, 20, 10],
        [0, 0, 0],
      ],
      [
        [0, 4, 7],
        [71, 21, 11],
        [0, 0, 0],
      ],
    ])
  })

  it('are those that are named; of one time in the order of the rows', () => {
    const [rows] = of(testedRows(models, set([1, 2, 3, 4], [5, 0, 5, 0]), Int32Array.of(3, 2, 0)))
    assert.deepEqual(rows?.[1], [40, 10, 30])
  })

  it('are in as many parts as there are five rows for, up to five', () => {
    const foldsOf = (count: number) => [...(testedRows(models, set(Array(count).fill(1)))[0]?.fold ?? [])]
    assert.deepEqual(foldsOf(4), [0, 0, 0, 0])
    assert.deepEqual(foldsOf(9), Array(9).fill(0))
    assert.deepEqual(foldsOf(10), [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    assert.deepEqual(foldsOf(11), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    assert.equal(new Set(foldsOf(24)).size, 4)
    assert.equal(new Set(foldsOf(25)).size, 5)
    assert.equal(new Set(foldsOf(60)).size, 5)
  })
})

describe('trainingUncertainty', () => {
  const rows = (off: number): HeldOutRows => {
    const actual = Float64Array.from({ length: 40 }, (_, i) => 10 + i)
    return {
      actual,
      predicted: actual.map((value, i) => value + off * (1 + (i % 5))),
      fold: new Int32Array(40).map((_, i) => i % 4),
    }
  }
  const validated = (off: number): CrossValidation => {
    const own = rows(off)
    const errors = { ...regressionMetrics(own.actual, own.predicted), idleBias: 0, interval90: 0, rows: own }
    const components = (['package', 'dram'] as const).map((component) => ({ component, ...errors }))
    return { folds: 4, foldErrors: [off], components }
  }
  const usages = set([3, 1, 2])
  const nothing = { blocks: undefined, workloads: undefined }
  const table = (off: number) => heldOutIntervals(rows(off), 0.9)

  it('is of blocks of time where they were left out, else of the tested rows', () => {
    const blocks = trainingUncertainty(usages, { blocks: validated(1), workloads: validated(2) }, [rows(3), rows(3)])
    assert.deepEqual([blocks.coverage, blocks.method], [0.9, 'held-out blocks'])
    assert.deepEqual(blocks.components.package?.table, table(1))
    const tested = trainingUncertainty(usages, { ...nothing, workloads: validated(2) }, [rows(3), rows(4)])
    assert.equal(tested.method, 'held-out rows')
    assert.deepEqual([tested.components.package?.table, tested.components.dram?.table], [table(3), table(4)])
  })

  it('is of left-out workloads for what an operating system tells, where there are any', () => {
    const guests = set([3, 1, 2], [0, 1, 2], { group: 'NodeOS' })
    const workloads = trainingUncertainty(guests, { blocks: validated(1), workloads: validated(2) }, undefined)
    assert.equal(workloads.method, 'held-out workloads')
    assert.deepEqual(workloads.components.package?.table, table(2))
    const one = trainingUncertainty(guests, { blocks: validated(1), workloads: undefined }, undefined)
    assert.deepEqual([one.method, one.components.package?.table], ['held-out blocks', table(1)])
  })

  it('has the range of watts of each component, and none of one without rows', () => {
    const { components } = trainingUncertainty(usages, nothing, [rows(1)])
    assert.deepEqual(Object.keys(components), ['package'])
    assert.equal(components.package?.range, 20)
    const empty: HeldOutRows = { actual: new Float64Array(), predicted: new Float64Array(), fold: new Int32Array() }
    assert.deepEqual(trainingUncertainty(usages, nothing, [empty, rows(1)]).components.package, undefined)
    assert.deepEqual(trainingUncertainty(usages, nothing, undefined).components, {})
  })

  it('has the range of each feature; of dynamic power from 0', () => {
    assert.deepEqual(trainingUncertainty(usages, nothing, undefined).features, { a: [1, 3], b: [2, 6] })
    const dynamic = set([3, 1, 2], [0, 1, 2], { outputType: 'DynPower' })
    assert.deepEqual(trainingUncertainty(dynamic, nothing, undefined).features, { a: [0, 3], b: [0, 6] })
  })
})
