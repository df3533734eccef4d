import type { Config } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { filesOfHost } from '../machine/system-files.js'
import type { ZoneCurve } from '../meter/curve-source.js'
import type { HostShare, PowerProvenance } from '../meter/power-source.js'
import type { SystemRoots } from '../meter/proc/node-reader.js'
import type { Zone } from '../meter/zone.js'
import { calibrationPath, readCalibration } from '../universal/calibrate/calibration-file.js'
import { loadUniversalModel } from '../universal/load-model.js'
import type { MachineDescription } from '../universal/machine.js'
import { answerPower, type PowerAnswer, zonesOf } from '../universal/power-answer.js'
import { describeThisMachine, type ThisMachine } from '../universal/this-machine.js'
import type { CurveAnswer, UniversalModel } from '../universal/universal-model.js'
import { type Host, virtualBand } from '../universal/virtual/host.js'
import { findInstance } from '../universal/virtual/instances.js'
import type { Band } from '../universal/zones.js'

/** What the share of a virtual machine is taken from. */
type ShareSettings = Pick<Config, 'METER_SHARE' | 'METER_HOST_THREADS'>

/** Plain data: it goes to a thread. */
export interface CurvesRequest extends ShareSettings {
  readonly roots: SystemRoots
  /** Folder of the pipelines, which has the calibration. */
  readonly modelPath: string
  /** What a file says of this machine, above what is found. */
  readonly spec: MachineSpec | undefined
  /** Type of the cloud instance, where the user said it; above what the firmware says. */
  readonly instance?: string | undefined
  /** The type that the cloud told. It may be newer than the tables, which is no error of the user. */
  readonly toldInstance?: string | undefined
  /** Why the cloud did not tell it, where it was asked. */
  readonly unknownInstance?: string | undefined
}

export interface CurvesAnswer {
  readonly curves: readonly ZoneCurve[]
  readonly provenance: PowerProvenance
}

/** Mean error over the whole curve at the wall, of machines whose processor was held out: docs/universal-accuracy.md. */
const heldOutError = { metric: 'mape', value: 10.6 } as const

/**
 * The power curves of this machine by the universal model, through the user's calibration where there is one.
 *
 * @throws ModelError `INVALID_CONFIG` when the share or the calibration cannot be used
 */
export function universalCurves(request: CurvesRequest): CurvesAnswer {
  const { toldInstance: told } = request
  const isNew = told !== undefined && findInstance(told) === undefined
  const described = withSpec(describeThisMachine(filesOfHost(request.roots)), request.spec)
  const found = withInstance(described, request.instance ?? (isNew ? undefined : told))
  const calibration = readCalibration(calibrationPath(request.modelPath), found.machine)
  const { file, model } = loadUniversalModel()
  const points = calibration?.points ?? []
  const { answer, share } = answerFor(model(), found, points, request)
  const used = answer.points
  const outOfRange = answer.curve.novelty === 'new' || answer.curve.late
  const curve = (zone: Zone, { watts, low, high }: Band): ZoneCurve => ({ zone, watts, low, high, outOfRange })
  const dram = answer.dram ? [curve('dram', answer.dram)] : []
  return {
    curves: [curve('psys', answer.wall), curve('package', answer.package), ...dram],
    provenance: {
      kind: used.length > 0 ? 'calibrated' : 'universal',
      model: file.name,
      // What is left after calibration depends on the points: the interval has it.
      ...(used.length > 0 ? {} : { error: heldOutError }),
      calibrationPoints: used.length,
      share,
      assumptions: [
        ...(request.unknownInstance === undefined ? [] : [request.unknownInstance]),
        ...(isNew ? [`no table of instances has ${told}`] : []),
        ...assumptionsOf(answer.curve, found, used.length < points.length),
      ],
    },
  }
}

/** @throws ModelError `INVALID_CONFIG` for a type that no table has */
function withInstance(found: ThisMachine, instance: string | undefined): ThisMachine {
  if (instance === undefined) return found
  if (findInstance(instance)) return { ...found, virtual: true, instance }
  throw new ModelError('INVALID_CONFIG', `METER_INSTANCE: no table of instances has "${instance}"; give METER_SHARE`, {
    field: 'METER_INSTANCE',
  })
}

function withSpec(found: ThisMachine, spec: MachineSpec | undefined): ThisMachine {
  if (!spec) return found
  const { processor, cores, chips, memory } = spec
  const machine: MachineDescription = {
    ...found.machine,
    ...(processor ? { processor } : {}),
    // A spec counts logical processors.
    ...(cores ? { threads: cores } : {}),
    ...(chips ? { chips } : {}),
    ...(memory ? { memory } : {}),
  }
  return { ...found, machine }
}

interface Answered {
  readonly answer: Pick<PowerAnswer, 'wall' | 'package' | 'dram' | 'curve' | 'points'>
  readonly share: HostShare
}

const wholeMachine: HostShare = { fraction: 1, origin: 'a machine of its own' }

function answerFor(
  model: UniversalModel,
  found: ThisMachine,
  points: Parameters<UniversalModel['answer']>[1],
  settings: ShareSettings,
): Answered {
  const said = saidShare(found.machine, settings)
  if (said) return { answer: answerWithShare(model, found.machine, said.fraction), share: said }
  const { machine, virtual, instance } = found
  const answer = answerPower(model, { machine, virtual, instance, points })
  return { answer, share: answer.host ? shareOf(answer.host, found) : wholeMachine }
}

function shareOf({ share, machine }: Host, { instance, machine: guest }: ThisMachine): HostShare {
  const threads = `${guest.threads ?? '?'} of ${machine.threads ?? '?'} threads`
  return {
    fraction: share,
    origin: instance ? `instance ${instance}, ${threads}` : `assumed from the processor, ${threads}`,
  }
}

/** What the user says of the host stands above all that is found. */
function saidShare({ threads }: MachineDescription, settings: ShareSettings): HostShare | undefined {
  const { METER_SHARE: share, METER_HOST_THREADS: hostThreads } = settings
  if (share !== undefined) return { fraction: share, origin: 'METER_SHARE' }
  if (hostThreads === undefined) return undefined
  if (threads === undefined) {
    throw new ModelError(
      'INVALID_CONFIG',
      'METER_HOST_THREADS: this machine does not tell its own processors; give METER_SHARE',
      {
        field: 'METER_HOST_THREADS',
      },
    )
  }
  return {
    fraction: Math.min(1, threads / hostThreads),
    origin: `METER_HOST_THREADS, ${threads} of ${hostThreads} threads`,
  }
}

/** The host has the processor of its guest, and so many threads that the guest has this share of them. */
function answerWithShare(model: UniversalModel, guest: MachineDescription, share: number): Answered['answer'] {
  const { processor, megahertz, threads, memory } = guest
  const host: MachineDescription = {
    ...(processor ? { processor } : {}),
    ...(megahertz ? { megahertz } : {}),
    ...(threads ? { threads: Math.round(threads / share) } : {}),
    ...(share === 1 && memory ? { memory } : {}),
  }
  const curve = model.answer(host)
  const wall = virtualBand(curve, share)
  return { curve, points: [], wall, ...zonesOf(curve, wall, share, memory) }
}

/** One sentence for each thing that is not known. */
function assumptionsOf(curve: CurveAnswer, { virtual, instance }: ThisMachine, unused: boolean): readonly string[] {
  const fields = curve.assumptions.map(({ field, value, from }) =>
    value === undefined ? `${field} is not known` : `${field} ${Number(value.toPrecision(3))}, from ${from}`,
  )
  return [
    ...fields,
    ...(virtual && !instance ? ['the host is the usual machine with this processor'] : []),
    ...(virtual ? ['the neighbours are as busy as this machine'] : []),
    ...(unused ? ['the calibration is not used: the share of the host was given by hand'] : []),
  ]
}
