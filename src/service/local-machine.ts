import { statSync } from 'node:fs'
import type { Config } from '../config/config.js'
import { type Calibration, calibrationPath, readCalibration } from '../universal/calibrate/calibration-file.js'
import type { PowerQuestion } from '../universal/power-answer.js'
import { describeThisMachine, type ThisMachine } from '../universal/this-machine.js'
import type { OwnMachine } from '../selection/universal/machine-of-spec.js'
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

/**
 * This machine for servers that are asked again and again: looked at once, its calibration whenever the file changes.
 *
 * @param folder that of the pipelines
 */
export function ownMachine(config: Config, folder: string): () => OwnMachine {
  const path = calibrationPath(folder)
  let found: (Pick<OwnMachine, 'spec'> & { readonly machine: ThisMachine }) | undefined
  let calibrated: { readonly signature: string; readonly own: OwnMachine } | undefined
  return () => {
    found ??= { spec: thisMachine(config).spec, machine: localMachine(config) }
    const { spec, machine } = found
    const signature = signatureOf(path)
    if (calibrated?.signature === signature) return calibrated.own
    const calibration = readCalibration(path, machine.machine)
    const own = { spec, question: { ...machine, points: calibration?.points ?? [] }, calibration }
    calibrated = { signature, own }
    return own
  }
}

function signatureOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats ? `${stats.mtimeMs} ${stats.size}` : ''
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
