import { validFeatureGroups } from '../../src/core/feature-group.js'
import { seededRandom } from '../../src/numeric/random.js'
import { type Split, shuffledSplit, takeRows, takeValues } from '../../src/numeric/split.js'
import { type TrainerName, trainerNames } from '../../src/regression/trainers.js'
import { fitComponents, fitScaler, predictComponent } from '../../src/train/fit-components.js'
import type { TrainingSet } from '../../src/train/training-set.js'
import type { Problem } from './problems.js'

/** The trainers of the original, which choose among themselves by the error of a shuffled tenth. */
export const originals: readonly TrainerName[] = trainerNames.filter((name) => name !== ours())

export function ours(): TrainerName {
  return 'QuantileForestRegressorTrainer'
}

export interface HeldOutError {
  /** Mean absolute error, in watts. */
  readonly mae: number
  /** Share of the rows in the 90 % interval, and its mean width in watts; of models that tell one. */
  readonly coverage?: number
  readonly width?: number
}

/** A problem as training takes it. */
export function trainingSetOf(problem: Problem): TrainingSet {
  const { features, component, outputType, x, y, timestamps } = problem
  return {
    source: component === 'platform' ? 'acpi' : 'rapl-sysfs',
    outputType,
    group: validFeatureGroups(features, [])[0] ?? 'ThirdParty',
    nodeType: 0,
    features,
    x,
    targets: [{ component, watts: y }],
    timestamps,
  }
}

/** The error on the test rows of all splits together, each predicted by a model that saw its training rows alone. */
export function heldOutError(
  trainer: TrainerName,
  set: TrainingSet,
  splits: readonly Split[],
  seed: number,
): HeldOutError {
  const watts = set.targets[0]!.watts
  let rows = 0
  let error = 0
  let held = 0
  let width = 0
  let tells = false
  for (const { train, test } of splits) {
    const model = fitComponents(trainer, set, train, fitScaler(set.x, train), seed)[0]!
    const x = takeRows(set.x, test)
    const actual = takeValues(watts, test)
    const predicted = predictComponent(model, x)
    for (let i = 0; i < test.length; i++) error += Math.abs(Math.max(0, predicted[i]!) - actual[i]!)
    rows += test.length
    if (model.predictor.kind !== 'quantile-forest') continue
    tells = true
    const scaled = model.transformers.reduce((data, transformer) => transformer.transform(data), x)
    const { lower, upper } = model.predictor.predictInterval(scaled)
    for (let i = 0; i < test.length; i++) {
      if (actual[i]! >= lower[i]! && actual[i]! <= upper[i]!) held++
      width += upper[i]! - lower[i]!
    }
  }
  return { mae: error / rows, ...(tells && { coverage: held / rows, width: width / rows }) }
}

/** The error of each of the original's trainers on a shuffled tenth: what it chooses by. */
export function shuffledErrors(set: TrainingSet, seed: number): ReadonlyMap<TrainerName, number> {
  const split = shuffledSplit(set.x.rows, 0.1, seededRandom(seed))
  return new Map(originals.map((trainer) => [trainer, heldOutError(trainer, set, [split], seed).mae]))
}

/** The trainer of the least error. */
export function leastOf(errors: ReadonlyMap<TrainerName, number>): TrainerName {
  return [...errors].reduce((best, one) => (one[1] < best[1] ? one : best))[0]
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}
