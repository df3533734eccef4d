import { counted } from '../../core/counted.js'
import type { FieldCost, RestsOn } from '../../universal/explain.js'
import { loads } from '../../universal/machine.js'
import type { Assumption } from '../../universal/missing/completion.js'
import type { PowerAnswer } from '../../universal/power-answer.js'
import type { Band } from '../../universal/zones.js'
import type { Calibration } from '../../universal/calibrate/calibration-file.js'
import { type CliIo, writeLines } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'
import { curvePicture } from './curve-picture.js'

export interface CurveReport {
  readonly title: string
  readonly answer: PowerAnswer
  readonly costs: readonly FieldCost[]
  readonly restsOn: readonly RestsOn[]
  readonly calibration?: Calibration | undefined
  /** Name of the model and where its facts are from. */
  readonly source: string
}

/** An answer for people: picture, table, what was assumed and what it costs, and what it rests on. */
export function writeCurveReport(io: CliIo, { title, answer, costs, restsOn, calibration, source }: CurveReport): void {
  const { wall, package: pkg, dram, curve, host } = answer
  writeLines(io.stdout, [`Power of ${title}, W at the wall, with the 90 % interval:`, ''])
  writeLines(io.stdout, [...curvePicture(wall), ''])
  const right = { align: 'right' } as const
  writeTable(
    io.stdout,
    [
      { title: 'LOAD', ...right },
      { title: 'WALL', ...right },
      { title: 'LOW', ...right },
      { title: 'HIGH', ...right },
      { title: 'PACKAGE', ...right },
      { title: 'DRAM', ...right },
    ],
    loads.map((load, u) => [
      load === 0 ? 'idle' : `${Math.round(load * 100)} %`,
      watts(wall.watts[u]!),
      watts(wall.low[u]!),
      watts(wall.high[u]!),
      range(pkg, u),
      dram ? range(dram, u) : 'not known',
    ]),
  )
  const lines = [...knowledge(answer), ...notes(curve.assumptions, costs)]
  if (host) {
    const share = (100 * host.share).toFixed(host.share < 0.1 ? 1 : 0)
    lines.push(
      `It is ${share} % of a host with ${host.machine.threads} threads (${host.from}); the watts are its share.`,
    )
  }
  if (calibration)
    lines.push(
      `Calibrated with ${counted(calibration.points.length, 'point')} of ${calibration.measured} (${calibration.source}).`,
    )
  writeLines(io.stdout, ['', ...lines, '', 'It rests most on:'])
  writeTable(
    io.stdout,
    [
      { title: 'MACHINE' },
      { title: 'PROCESSOR' },
      { title: 'CHIPS', ...right },
      { title: 'IDLE', ...right },
      { title: 'FULL', ...right },
      { title: 'PUBLISHED' },
    ],
    restsOn.map(({ machine }) => [
      machine.model,
      machine.processor,
      machine.chips,
      watts(machine.watts[0]!),
      watts(machine.watts.at(-1)!),
      machine.published ?? '',
    ]),
  )
  writeLines(io.stdout, ['', source])
}

function watts(value: number): string {
  return value < 20 ? value.toFixed(1) : value.toFixed(0)
}

function range({ watts: middle, low, high }: Band, u: number): string {
  return `${watts(middle[u]!)} (${watts(low[u]!)} to ${watts(high[u]!)})`
}

const novelties = {
  processor: 'The table has machines with this processor.',
  family: 'The table has no machine with this processor, but others of its family.',
  new: 'The table has no machine of this family of processors: the interval is wide.',
} as const

function knowledge({ curve }: PowerAnswer): string[] {
  const late = curve.late
    ? ' It is as young as the youngest of the table, or younger: the interval is wider for that.'
    : ''
  return [novelties[curve.novelty] + late]
}

const fieldNames: Readonly<Record<string, string>> = { megahertz: 'frequency', supply: 'psu' }
const units: Readonly<Record<string, string>> = { megahertz: ' MHz', memory: ' GB', tdp: ' W', supply: ' W' }

/** What was taken for each missing field, and how much narrower the interval would be with it. */
function notes(assumptions: readonly Assumption[], costs: readonly FieldCost[]): string[] {
  return assumptions.map(({ field, value, from }) => {
    const name = `--${fieldNames[field] ?? field}`
    const taken = value === undefined ? 'not known' : `${field === 'form' ? `${value}U` : value}${units[field] ?? ''}`
    const origin = value === undefined ? '' : `, from ${from === 'processor' ? 'the processor' : from}`
    const cost = costs.find((one) => one.field === field)
    const narrower =
      cost && cost.narrower >= 0.5
        ? `; given, the interval would be ${cost.narrower.toFixed(0)} % of the watts narrower`
        : ''
    return `${name}: ${taken}${origin}${narrower}`
  })
}
