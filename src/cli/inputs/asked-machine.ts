import type { Config } from '../../config/config.js'
import { type LocalQuestion, localQuestion } from '../../service/local-machine.js'
import { parseCalibrationPoint } from '../../universal/calibrate/parse-point.js'
import { describedMachine, type MachineOptions } from '../options/machine-options.js'

export interface AskedMachine extends LocalQuestion {
  /** What it is called above its answer. */
  readonly title: string
}

/** The machine that the options name: a described one, a cloud instance, or this one. */
export function askedMachine(
  config: Config,
  options: MachineOptions & { readonly instance?: string; readonly point?: readonly string[] },
): AskedMachine {
  const machine = describedMachine(options)
  const points = (options.point ?? []).map(parseCalibrationPoint)
  const { instance } = options
  if (instance !== undefined)
    return { title: `instance ${instance}`, question: { machine: machine ?? {}, instance, points } }
  if (machine) {
    return { title: machine.processor?.trim().slice(0, 80) || 'the described machine', question: { machine, points } }
  }
  const local = localQuestion(config)
  const { virtual, instance: found, points: kept = [] } = local.question
  const title = `this machine${virtual ? ' (virtual)' : ''}${found ? `, instance ${found}` : ''}`
  return { ...local, title, question: { ...local.question, points: [...kept, ...points] } }
}
