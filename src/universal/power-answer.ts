import { type CalibrationPoint, conditionOnPoints } from './calibration.js'
import { loads, type MachineDescription } from './machine.js'
import { checkMachine } from './missing/check-machine.js'
import type { CurveAnswer, UniversalModel } from './universal-model.js'
import { type Host, hostOfInstance, usualHost, virtualBand } from './virtual/host.js'
import { isPartOfHost } from './virtual/implied.js'
import { cloudInstance } from './virtual/instances.js'
import { type Band, dramBand, packageBand } from './zones.js'

const normalHalfInterval = 1.6449

/** Of what power is asked. */
export interface PowerQuestion {
  readonly machine: MachineDescription
  /** A cloud instance, which tells its host. */
  readonly instance?: string | undefined
  /** Whether the machine is a virtual one: a share of a host. Where nobody says, `isPartOfHost` decides. */
  readonly virtual?: boolean | undefined
  readonly points?: readonly CalibrationPoint[] | undefined
}

/** The power of a machine, of a virtual one its share of the host. */
export interface PowerAnswer {
  readonly wall: Band
  readonly package: Band
  /** Absent where the size of the memory is not known. */
  readonly dram?: Band
  /** Of the whole machine that the watts are measured at. */
  readonly curve: CurveAnswer
  readonly host?: Host
  /** What was measured, at the wall. */
  readonly points: readonly CalibrationPoint[]
}

/**
 * Answers for a machine, an instance or a virtual machine.
 *
 * @throws ModelError `INVALID_REQUEST` for what no machine has, and an unknown instance
 */
export function answerPower(
  model: UniversalModel,
  { machine, instance, virtual, points = [] }: PowerQuestion,
): PowerAnswer {
  const host = hostOf(model, machine, { instance, virtual })
  const curve = model.answer(host?.machine ?? machine, host ? [] : points)
  const wall = host ? calibrated(virtualBand(curve, host.share), model, points) : curve
  return {
    wall,
    ...zonesOf(curve, wall, host?.share ?? 1, machine.memory),
    curve,
    points,
    ...(host ? { host } : {}),
  }
}

/**
 * Packages and memory of a machine that has a share of the one that `curve` is of. What is not known of its memory is as in
 * machines alike.
 *
 * @param memory its own, in GB
 */
export function zonesOf(
  curve: CurveAnswer,
  wall: Band,
  share: number,
  memory: number | undefined,
): Pick<PowerAnswer, 'package' | 'dram'> {
  const { tdp, chips, memory: ofHost } = curve.machine
  const shared = { ...curve, ...wall }
  const known = memory ?? (ofHost === undefined ? undefined : ofHost * share)
  const assumed = curve.assumptions.find(({ field }) => field === 'memory')?.value
  const size = known ?? (assumed === undefined ? undefined : assumed * share)
  const dram = dramBand(shared, size, known !== undefined)
  return {
    package: packageBand(shared, tdp, chips && chips * share),
    ...(dram ? { dram } : {}),
  }
}

function hostOf(
  model: UniversalModel,
  machine: MachineDescription,
  { instance, virtual }: Omit<PowerQuestion, 'machine'>,
): Host | undefined {
  if (instance !== undefined) return instanceHost(instance, machine)
  // What no machine has is refused of a virtual one too.
  const checked = checkMachine(machine)
  return (virtual ?? isPartOfHost(model, checked)) ? usualHost(model, checked) : undefined
}

/** The points of a virtual machine are of its own share: they condition that, not the host. */
function calibrated(band: Band, { intervals }: UniversalModel, points: readonly CalibrationPoint[]): Band {
  if (points.length === 0) return band
  const deviations = band.watts.map(
    (watts, u) => Math.log(Math.max(band.high[u]! / watts, watts / band.low[u]!)) / normalHalfInterval,
  )
  const settled = conditionOnPoints({ watts: band.watts, deviations }, intervals.correlation, points)
  const side = (sign: -1 | 1) => {
    let highest = 0
    return settled.watts.map((watts, u) => {
      highest = Math.max(highest, watts * Math.exp(sign * normalHalfInterval * settled.deviations[u]!))
      return highest
    })
  }
  return { watts: settled.watts, low: side(-1), high: side(1) }
}

/** What the user says of the machine stands above the table. */
function instanceHost(name: string, said: MachineDescription): Host {
  const host = hostOfInstance(cloudInstance(name))
  const { processor, vendor, year, tdp } = said
  const known = {
    ...(processor ? { processor } : {}),
    ...(vendor ? { vendor } : {}),
    ...(year ? { year } : {}),
    ...(tdp ? { tdp } : {}),
  }
  return { ...host, machine: { ...host.machine, ...known } }
}

/** An answer as JSON, for programs: watts to a tenth. */
export function powerAnswerJson({ wall, package: pkg, dram, curve, host, points }: PowerAnswer) {
  return {
    load: loads,
    wall: bandJson(wall),
    package: bandJson(pkg),
    ...(dram ? { dram: bandJson(dram) } : {}),
    coverage: 0.9,
    machine: curve.machine,
    known: curve.novelty,
    later_than_table: curve.late,
    assumptions: curve.assumptions,
    points: points.map(({ load, watts }) => ({ load, watts })),
    ...(host ? { host: { share: host.share, from: host.from } } : {}),
  }
}

function bandJson({ watts, low, high }: Band) {
  const tenths = (curve: Float64Array) => Array.from(curve, (value) => Math.round(value * 10) / 10)
  return { watts: tenths(watts), low: tenths(low), high: tenths(high) }
}
