import type { ChoiceJson, ModelDetails, OverviewJson } from '../../api/answers.js'
import { askedMachine, choiceBody } from './asked-machine.js'
import { type Parameters, queryOf } from './routes.js'
import { type Asked, useAnswer } from './use-answer.js'

/** The model of an address: one that is named by pipeline and path, else the one that the machine described there gets. */
export function useModel(parameters: Parameters, overview: OverviewJson): Asked<ModelDetails> {
  const { pipeline, path } = parameters
  const isNamed = pipeline !== undefined && path !== undefined
  const named = useAnswer<ModelDetails>(isNamed ? `api/v1/model${queryOf({ pipeline, path })}` : undefined)
  const asksChoice = !isNamed && overview.pipelines.length > 0
  const choice = useAnswer<ChoiceJson>(asksChoice ? 'api/v1/choice' : undefined, {
    body: choiceBody(askedMachine(parameters, overview)),
  })
  return isNamed ? named : { ...choice, answer: choice.answer?.model }
}
