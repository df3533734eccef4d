import { metadataNumbersOf } from '../../src/registry/metadata-numbers.js'
import { type TrainerName, trainerNames } from '../../src/regression/trainers.js'
import { withinStandardError } from '../../src/selection/held-out.js'
import { createModelOrder, type Rankable } from '../../src/selection/model-order.js'
import { crossValidate } from '../../src/train/cross-validate.js'
import { fitComponents, fitScaler } from '../../src/train/fit-components.js'
import { timeBlocks } from '../../src/train/folds.js'
import { heldOutNumbers } from '../../src/train/held-out-numbers.js'
import { checkPhysics } from '../../src/train/physics.js'
import type { TrainingSet } from '../../src/train/training-set.js'

const folds = 5
/** Trainers that involve chance; the others are the same with every seed. */
const random: ReadonlySet<TrainerName> = new Set([
  'SGDRegressorTrainer',
  'GradientBoostingRegressorTrainer',
  'QuantileForestRegressorTrainer',
])

interface Candidate extends Rankable {
  readonly trainer: TrainerName
}

/** Which trainer wins with each seed. */
export interface Choices {
  readonly winners: readonly TrainerName[]
  /** Whether all winners are within a standard error of that of the first seed. */
  readonly equallyGood: boolean
}

/** What `train` chooses from a dataset with each of `seeds`: all trainers, by blocks of time. */
export function choicesOf(set: TrainingSet, seeds: readonly number[]): Choices {
  const order = createModelOrder<Candidate>()
  const fixed = new Map<TrainerName, Candidate>()
  const candidate = (trainer: TrainerName, seed: number): Candidate => {
    const known = fixed.get(trainer)
    if (known) return known
    const all = Int32Array.from({ length: set.x.rows }, (_, row) => row)
    const models = fitComponents(trainer, set, all, fitScaler(set.x), seed)
    const time = crossValidate(trainer, set, timeBlocks(set.timestamps, folds), seed)!.foldErrors
    const numbers = heldOutNumbers(trainer, set, checkPhysics(models, set), { time, workloads: [] })
    const one: Candidate = {
      trainer,
      nodeType: set.nodeType,
      features: set.features,
      numbers: metadataNumbersOf({ ...numbers, mae: 0 }, (keys) => keys),
    }
    if (!random.has(trainer)) fixed.set(trainer, one)
    return one
  }
  const winners = seeds.map((seed) => order.best(trainerNames.map((trainer) => candidate(trainer, seed)))!)
  const first = order.heldOut(winners[0]!)
  return {
    winners: winners.map(({ trainer }) => trainer),
    equallyGood: winners.every((winner) => {
      const own = order.heldOut(winner)
      return withinStandardError(own, first) || withinStandardError(first, own)
    }),
  }
}
