import { LRUCache } from 'lru-cache'
import type { LoadCorrelation } from './calibration.js'
import type { ModelSource } from './file/model-file.js'
import { type LazyModel, loadUniversalModel } from './load-model.js'
import { answerPower, type PowerAnswer, type PowerQuestion } from './power-answer.js'
import type { UniversalModel } from './universal-model.js'

/** The power of a machine, and what it is from. */
export interface MachinePower {
  readonly answer: PowerAnswer
  /** How the errors at two loads go together. */
  readonly correlation: LoadCorrelation
  readonly model: UniversalModel
  /** The model's name and sources. */
  readonly name: string
  readonly sources: readonly ModelSource[]
}

/** Powers of machines by the model of all machines, each kept for when it is asked for again. */
export interface MachinePowers {
  /** @throws ModelError `INVALID_REQUEST` for what no machine has */
  powerOf(question: PowerQuestion): MachinePower
  /** Whether the model was asked already: the first question takes a fraction of a second. */
  isOpen(): boolean
}

const mostKept = 1000

/** The model is read and made when it is first asked: a server that nobody asks starts no slower. */
export function createMachinePowers(load: () => LazyModel = loadUniversalModel): MachinePowers {
  const kept = new LRUCache<string, MachinePower>({ max: mostKept })
  let loaded: LazyModel | undefined
  return {
    isOpen: () => loaded !== undefined,
    powerOf(question) {
      const key = JSON.stringify(question)
      const before = kept.get(key)
      if (before) return before
      loaded ??= load()
      const model = loaded.model()
      const { name, sources } = loaded.file
      const answer = answerPower(model, question)
      const power = { answer, correlation: model.intervals.correlation, model, name, sources }
      kept.set(key, power)
      return power
    },
  }
}
