import type { Matrix } from '../../src/numeric/matrix.js'
import { takeRows, takeValues } from '../../src/numeric/split.js'
import { checkInputs, defaultLimit, distancesOutside } from '../../src/predictor/input-range.js'
import { intervalAround, type PowerInterval } from '../../src/predictor/uncertainty.js'
import type { TrainerName } from '../../src/regression/trainers.js'
import { crossValidate } from '../../src/train/cross-validate.js'
import { fitComponents, fitScaler, predictComponent } from '../../src/train/fit-components.js'
import { timeBlocks } from '../../src/train/folds.js'
import { trainingUncertainty } from '../../src/train/training-uncertainty.js'
import type { TrainingSet } from '../../src/train/training-set.js'

const folds = 5

export interface Coverage {
  readonly rows: number
  /** Of them, those within their interval. */
  readonly inside: number
  /** Sum of the widths of the intervals, in watts. */
  readonly width: number
  /** Share of the rows of each block that lie within their interval. */
  readonly blocks: readonly number[]
}

/**
 * How many held-out rows lie within the 90 % interval. Each block of time is predicted by a model of the others, and its
 * intervals come from cross-validation within those others: neither the model nor its intervals have seen the block.
 */
export function nestedCoverage(trainer: TrainerName, set: TrainingSet, seed: number): Coverage {
  const { watts } = set.targets[0]!
  const blocks = timeBlocks(set.timestamps, folds).map(({ train, test }) => {
    const { lower, upper } = intervalsOf(trainer, partOf(set, train), takeRows(set.x, test), seed)
    const inside = [...test].filter((row, i) => watts[row]! >= lower[i]! && watts[row]! <= upper[i]!).length
    return { rows: test.length, inside, width: upper.reduce((sum, most, i) => sum + most - lower[i]!, 0) }
  })
  const total = (key: 'rows' | 'inside' | 'width') => blocks.reduce((sum, block) => sum + block[key], 0)
  return {
    rows: total('rows'),
    inside: total('inside'),
    width: total('width'),
    blocks: blocks.map(({ rows, inside }) => inside / rows),
  }
}

/** The intervals that a model learnt from `seen` gives to the rows of `x`, as `train` and the estimator make them. */
function intervalsOf(trainer: TrainerName, seen: TrainingSet, x: Matrix, seed: number): PowerInterval {
  const everyRow = Int32Array.from({ length: seen.x.rows }, (_, row) => row)
  const model = fitComponents(trainer, seen, everyRow, fitScaler(seen.x), seed)[0]!
  const { predictor, transformers } = model
  if (predictor.kind === 'quantile-forest') {
    const { lower, upper } = predictor.predictInterval(transformers.reduce((rows, step) => step.transform(rows), x))
    return { lower: [...lower], upper: [...upper] }
  }
  const heldOut = crossValidate(trainer, seen, timeBlocks(seen.timestamps, folds), seed)
  const { features, components } = trainingUncertainty(seen, { blocks: heldOut, workloads: undefined }, undefined)
  const ranges = Object.entries(features).map(([feature, [lower, upper]]) => ({
    feature,
    lower,
    upper,
    limit: defaultLimit * upper,
  }))
  const rows = Array.from({ length: x.rows }, (_, i) => [...x.data.subarray(i * x.cols, (i + 1) * x.cols)])
  const { outside } = checkInputs(ranges, seen.features, rows)
  const predicted = [...predictComponent(model, x)].map((watts) => Math.max(0, watts))
  return intervalAround(predicted, components[model.component]!, distancesOutside(x.rows, outside))
}

function partOf(set: TrainingSet, rows: Int32Array): TrainingSet {
  return {
    ...set,
    x: takeRows(set.x, rows),
    targets: set.targets.map(({ component, watts }) => ({ component, watts: takeValues(watts, rows) })),
    timestamps: takeValues(set.timestamps, rows),
  }
}
