import { LRUCache } from 'lru-cache'
import { restsOn } from './explain.js'
import { loadUniversalModel } from './load-model.js'
import { answerPower, type PowerQuestion, powerAnswerJson } from './power-answer.js'

/** Answers questions for power as JSON, each kept for when it comes again. */
export interface CurveSource {
  /** @throws ModelError `INVALID_REQUEST` for what no machine has */
  answer(question: PowerQuestion): object
}

const mostKept = 1000

/** The model is read and made when it is first asked: a server that nobody asks starts no slower. */
export function createCurveSource(): CurveSource {
  const kept = new LRUCache<string, object>({ max: mostKept })
  let loaded: ReturnType<typeof loadUniversalModel> | undefined
  return {
    answer(question) {
      const key = JSON.stringify(question)
      const before = kept.get(key)
      if (before) return before
      loaded ??= loadUniversalModel()
      const model = loaded.model()
      const answer = answerPower(model, question)
      const rests = restsOn(model, answer.host?.machine ?? question.machine)
      const document = {
        ...powerAnswerJson(answer),
        rests_on: rests.map(({ machine: { model: name, vendor, processor, published } }) => ({
          model: name,
          vendor,
          processor,
          published,
        })),
        model: loaded.file.name,
        sources: loaded.file.sources,
      }
      kept.set(key, document)
      return document
    },
  }
}
