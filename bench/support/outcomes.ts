import type { TrainerName } from '../../src/regression/trainers.js'
import { heldOutError, leastOf, originals, ours, shuffledErrors, trainingSetOf } from './held-out.js'
import type { Problem } from './problems.js'
import { foldsOf, type Protocol } from './protocols.js'

/** Seeds of everything that is random. */
export const seeds = [0, 1, 2] as const

/** The original's choice, the best of its trainers in hindsight and the quantile forest, on one problem. */
export interface Outcome {
  readonly problem: Problem
  readonly seed: number
  readonly pick: TrainerName
  readonly pickMae: number
  readonly best: TrainerName
  readonly bestMae: number
  readonly mae: number
  readonly coverage: number
  readonly width: number
  readonly protocol: Protocol
}

/** One outcome for each protocol that the problem allows and each seed. */
export function outcomesOf(problem: Problem, wanted: readonly Protocol[]): readonly Outcome[] {
  const set = trainingSetOf(problem)
  const picks = seeds.map((seed) => leastOf(shuffledErrors(set, seed)))
  return wanted.flatMap((protocol) => {
    const splits = foldsOf(protocol, problem)
    if (splits.length === 0) return []
    const errors = new Map(originals.map((trainer) => [trainer, heldOutError(trainer, set, splits, 0).mae]))
    const best = leastOf(errors)
    return seeds.map((seed, s): Outcome => {
      const { mae, coverage = Number.NaN, width = Number.NaN } = heldOutError(ours(), set, splits, seed)
      const pick = picks[s]!
      return {
        problem,
        seed,
        protocol,
        pick,
        pickMae: errors.get(pick)!,
        best,
        bestMae: errors.get(best)!,
        mae,
        coverage,
        width,
      }
    })
  })
}

/** A trainer without its ending. */
export function shortName(trainer: string): string {
  return trainer.replace(/(Regressor|Regression|Fit)?Trainer$/, '')
}
