import { type MachineSpec, type SpecAttribute, specAttributes } from '../../core/machine-spec.js'
import type { Calibration } from '../../universal/calibrate/calibration-file.js'
import type { PowerQuestion } from '../../universal/power-answer.js'

/** This machine: as a spec says it, and as it knows itself, with what its owner measured. */
export interface OwnMachine {
  readonly spec: MachineSpec
  readonly question: PowerQuestion
  readonly calibration?: Calibration | undefined
}

/** Whose power a request asks for. */
export interface AskedMachine {
  readonly of: 'this machine' | 'the spec'
  readonly spec: MachineSpec
  readonly question: PowerQuestion
  readonly calibration?: Calibration | undefined
}

/**
 * The machine of a request. A spec that says nothing means the machine that this program runs on, and so does one that
 * is that machine's: then what it knows of itself beyond a spec counts, and what was measured.
 *
 * The frequency of a spec is the highest, not the nominal one that the model knows, and is left out.
 */
export function machineOfSpec(spec: MachineSpec, own: () => OwnMachine): AskedMachine {
  if (!saysWhich(spec)) return { of: 'this machine', ...own() }
  const mine = own()
  if (isSame(spec, mine.spec)) return { of: 'this machine', ...mine }
  const { processor, cores: threads, chips, memory } = spec
  const machine = {
    ...(processor ? { processor } : {}),
    ...(threads ? { threads } : {}),
    ...(chips ? { chips } : {}),
    ...(memory ? { memory } : {}),
  }
  return { of: 'the spec', spec, question: { machine } }
}

/** What tells machines apart; the frequency alone is none. */
const telling: readonly SpecAttribute[] = specAttributes.filter((attribute) => attribute !== 'frequency')

function saysWhich(spec: MachineSpec): boolean {
  return telling.some((attribute) => spec[attribute] !== undefined)
}

function isSame(spec: MachineSpec, mine: MachineSpec): boolean {
  if (spec.processor === undefined || spec.cores === undefined) return false
  return telling.every((attribute) => spec[attribute] === undefined || spec[attribute] === mine[attribute])
}
