import { restsOn } from './explain.js'
import type { MachinePower, MachinePowers } from './machine-powers.js'
import { type PowerQuestion, powerAnswerJson } from './power-answer.js'

/** Answers questions for power as JSON. */
export interface CurveSource {
  /** @throws ModelError `INVALID_REQUEST` for what no machine has */
  answer(question: PowerQuestion): object
}

export function createCurveSource(powers: MachinePowers): CurveSource {
  const documents = new WeakMap<MachinePower, object>()
  return {
    answer(question) {
      const power = powers.powerOf(question)
      const document = documents.get(power) ?? documentOf(power, question)
      documents.set(power, document)
      return document
    },
  }
}

function documentOf({ answer, model, name, sources }: MachinePower, { machine }: PowerQuestion): object {
  const rests = restsOn(model, answer.host?.machine ?? machine)
  return {
    ...powerAnswerJson(answer),
    rests_on: rests.map(({ machine: { model: title, vendor, processor, published } }) => ({
      model: title,
      vendor,
      processor,
      published,
    })),
    model: name,
    sources,
  }
}
