import { takeRows, takeValues } from '../../src/numeric/split.js'
import { offsetsAt } from '../../src/predictor/interval-table.js'
import type { TrainerName } from '../../src/regression/trainers.js'
import { crossValidate } from '../../src/train/cross-validate.js'
import { fitComponents, fitScaler, predictComponent } from '../../src/train/fit-components.js'
import { timeBlocks } from '../../src/train/folds.js'
import { heldOutIntervals } from '../../src/train/held-out-intervals.js'
import type { TrainingSet } from '../../src/train/training-set.js'

const folds = 5
const coverage = 0.9

export interface Coverage {
  readonly rows: number
  /** Of them, those within their interval. */
  readonly inside: number
  /** Sum of the widths of the intervals, in watts. */
  readonly width: number
}

/**
 * How many held-out rows lie within the 90 % interval. Each block of time is predicted by a model of the others, and its
 * intervals come from cross-validation within those others: neither the model nor its intervals have seen the block.
 */
export function nestedCoverage(trainer: TrainerName, set: TrainingSet, seed: number): Coverage {
  let rows = 0
  let inside = 0
  let width = 0
  const { watts } = set.targets[0]!
  for (const { train, test } of timeBlocks(set.timestamps, folds)) {
    const seen: TrainingSet = {
      ...set,
      x: takeRows(set.x, train),
      targets: [{ ...set.targets[0]!, watts: takeValues(watts, train) }],
      timestamps: takeValues(set.timestamps, train),
    }
    const table = heldOutIntervals(
      crossValidate(trainer, seen, timeBlocks(seen.timestamps, folds), seed)!.components[0]!.rows,
      coverage,
    )
    const model = fitComponents(trainer, set, train, fitScaler(set.x, train), seed)[0]!
    const predicted = predictComponent(model, takeRows(set.x, test))
    test.forEach((row, i) => {
      const value = Math.max(0, predicted[i]!)
      const offsets = offsetsAt(table, value)
      const [lower, upper] = [Math.max(0, value + offsets.lower), value + offsets.upper]
      rows++
      width += upper - lower
      if (watts[row]! >= lower && watts[row]! <= upper) inside++
    })
  }
  return { rows, inside, width }
}
