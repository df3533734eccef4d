import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type HeldOut, heldOutOf, withinStandardError } from './held-out.js'

const numbersOf = (numbers: Readonly<Record<string, number>>) => ({
  keys: Object.keys(numbers),
  values: Object.values(numbers),
})
const heldOut = (numbers: Readonly<Record<string, number>>) => heldOutOf(numbersOf(numbers))

describe('heldOutOf', () => {
  it('reads the errors of folds until one is missing', () => {
    const found = heldOut({
      ...{ held_out_mae: 3, held_out_se: 0.5, complexity: 2 },
      ...{ time_fold_1: 1, time_fold_2: 2, time_fold_4: 4, workload_fold_1: 9 },
    })
    assert.deepEqual(found, { error: 3, standardError: 0.5, folds: [[1, 2], [9]], complexity: 2, unfit: undefined })
  })

  it('has nothing of a published model', () => {
    assert.deepEqual(heldOut({ mae: 1 }), {
      ...{ error: undefined, standardError: 0, folds: [[], []], complexity: Number.POSITIVE_INFINITY },
      unfit: undefined,
    })
  })

  const reasons: readonly (readonly [Readonly<Record<string, number>>, RegExp])[] = [
    [{ held_out_mae: 1e9 }, /not finite/],
    [{ worst_fold_share: 1.5 }, /off by 1\.50 times the range/],
    [{ worst_fold_share: 1e9 }, /off by no finite number of times/],
    [{ double_range_rise: 4.5 }, /rises by 4\.50 times/],
    [{ double_range_fall: 1.25 }, /falls by 1\.25 times/],
    [{ zero_load_share: 0.125 }, /gives 13 % of the range of dynamic power/],
  ]
  for (const [numbers, why] of reasons) {
    it(`says of ${JSON.stringify(numbers)} what makes it unfit`, () => {
      assert.match(heldOut(numbers).unfit ?? '', why)
    })
  }

  it('takes what is just below a limit', () => {
    assert.equal(heldOut({ held_out_mae: 0.999e9, worst_fold_share: 1, zero_load_share: 0.1 }).unfit, undefined)
  })
})

describe('withinStandardError', () => {
  const of = (error: number, folds: readonly (readonly number[])[], standardError = 0): HeldOut => ({
    ...{ error, folds, standardError, complexity: 1, unfit: undefined },
  })

  it('compares the mean difference of the same folds with its standard error', () => {
    // Differences 0, 1, 2: mean 1, variance 1, standard error sqrt(1 / 3) = 0.577.
    assert.equal(withinStandardError(of(0, [[1, 3, 5]]), of(0, [[1, 2, 3]])), false)
    // Differences -1, 0, 2: mean 1/3, variance 7/3, standard error sqrt(7 / 9) = 0.88.
    assert.equal(withinStandardError(of(0, [[0, 2, 5]]), of(0, [[1, 2, 3]])), true)
  })

  it('takes folds by time and by workload for two halves', () => {
    // Time: differences 0 and 2, mean 1, variance of the mean 1. Workload: mean -0.5. Together 0.25 and 1 / 2.
    assert.equal(withinStandardError(of(0, [[1, 4], [1.5]]), of(0, [[1, 2], [2]])), true)
    // Workload: mean 1.5, together 1.25.
    assert.equal(withinStandardError(of(0, [[1, 4], [3.5]]), of(0, [[1, 2], [2]])), false)
    // Time: differences 0 and 1, 0.5 with variance 0.25; workload: 0.5. Together 0.5 and sqrt(0.25) / 2.
    assert.equal(withinStandardError(of(0, [[1, 3], [2.5]]), of(0, [[1, 2], [2]])), false)
  })

  it('takes the standard error of the other where the folds are not the same', () => {
    const best = of(5, [[1, 2, 3], []], 0.5)
    assert.equal(withinStandardError(of(5.5, [[1, 2], []]), best), true)
    assert.equal(withinStandardError(of(5.51, [[1, 2], []]), best), false)
    // One fold says nothing of how far folds are apart.
    assert.equal(withinStandardError(of(5.5, [[9], [9]]), of(5, [[1], [1]], 0.5)), true)
  })

  it('is false for a model whose error was not measured', () => {
    const { error: _, ...rest } = of(1, [[], []])
    const unknown: HeldOut = { ...rest, error: undefined }
    assert.equal(withinStandardError(unknown, of(1, [[], []])), false)
    assert.equal(withinStandardError(of(1, [[], []]), unknown), false)
  })
})
