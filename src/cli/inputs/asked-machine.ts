import type { Config } from '../../config/config.js'
import { knownFolder } from '../../service/writable-folder.js'
import { thisMachine } from '../../service/machine.js'
import { type Calibration, calibrationPath, readCalibration } from '../../universal/calibrate/calibration-file.js'
import { parseCalibrationPoint } from '../../universal/calibrate/parse-point.js'
import type { PowerQuestion } from '../../universal/power-answer.js'
import { describeThisMachine, type ThisMachine } from '../../universal/this-machine.js'
import { describedMachine, type MachineOptions } from '../options/machine-options.js'

export interface AskedMachine {
  readonly question: PowerQuestion
  /** What it is called above its answer. */
  readonly title: string
  /** What was measured of this machine before. */
  readonly calibration?: Calibration
}

/** The machine that the options name: a described one, a cloud instance, or this one. */
export function askedMachine(
  config: Config,
  options: MachineOptions & { readonly instance?: string; readonly point?: readonly string[] },
): AskedMachine {
  const described = describedMachine(options)
  const points = (options.point ?? []).map(parseCalibrationPoint)
  if (options.instance !== undefined) {
    return {
      title: `instance ${options.instance}`,
      question: { machine: described ?? {}, instance: options.instance, points },
    }
  }
  if (described)
    return {
      title: described.processor?.trim().slice(0, 80) || 'the described machine',
      question: { machine: described, points },
    }
  const { machine, virtual, instance } = localMachine(config)
  const kept = readCalibration(calibrationPath(knownFolder(config.MODEL_PATH)), machine)
  const title = `this machine${virtual ? ' (virtual)' : ''}${instance ? `, instance ${instance}` : ''}`
  return {
    title,
    question: { machine, virtual, instance, points: [...(kept?.points ?? []), ...points] },
    ...(kept ? { calibration: kept } : {}),
  }
}

/** This machine: what a spec file of the settings says of it counts more than what is discovered. */
export function localMachine(config: Config): ThisMachine {
  const found = describeThisMachine()
  const { spec, origin } = thisMachine(config)
  if (origin === 'discovered') return found
  const { processor, cores: threads, chips, memory } = spec
  const said = {
    ...(processor ? { processor } : {}),
    ...(threads ? { threads } : {}),
    ...(chips ? { chips } : {}),
    ...(memory ? { memory } : {}),
  }
  // Cores of a file are threads; the discovered ones would contradict another number of them.
  return { machine: said, virtual: false }
}
