import type { Config } from '../config/config.js'
import { type Calibration, calibrationPath, readCalibration } from '../universal/calibrate/calibration-file.js'
import type { PowerQuestion } from '../universal/power-answer.js'
import { describeThisMachine, type ThisMachine } from '../universal/this-machine.js'
import { thisMachine } from './machine.js'
import { knownFolder } from './writable-folder.js'

/** The question for the power of this machine, with what was measured of it. */
export interface LocalQuestion {
  readonly question: PowerQuestion
  readonly calibration?: Calibration
}

/** @throws ModelError `INVALID_CONFIG` when the spec file or the calibration cannot be used */
export function localQuestion(config: Config): LocalQuestion {
  const { machine, virtual, instance } = localMachine(config)
  const calibration = readCalibration(calibrationPath(knownFolder(config, 'MODEL_PATH')), machine)
  return {
    question: { machine, virtual, instance, points: calibration?.points ?? [] },
    ...(calibration ? { calibration } : {}),
  }
}

/** This machine, as it is discovered, or as the spec file of the settings says. */
export function localMachine(config: Config): ThisMachine {
  const { spec, origin } = thisMachine(config)
  if (origin === 'discovered') return describeThisMachine()
  // The cores of a spec are threads. Whether another machine is virtual, its spec does not say.
  const { processor, cores: threads, chips, memory } = spec
  const machine = {
    ...(processor ? { processor } : {}),
    ...(threads ? { threads } : {}),
    ...(chips ? { chips } : {}),
    ...(memory ? { memory } : {}),
  }
  return { machine, virtual: false }
}
