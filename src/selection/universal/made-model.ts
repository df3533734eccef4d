import type { Component, EnergySource } from '../../core/energy-source.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import { anyNodeType, formatModelName } from '../../core/model-name.js'
import type { OutputType } from '../../core/output-type.js'
import { wholeNumbers } from '../../machine/spec.js'
import { type MetadataNumbers, metadataNumbersOf } from '../../registry/metadata-numbers.js'
import { dynamicBand } from '../../universal/dynamic-band.js'
import type { MachinePower } from '../../universal/machine-powers.js'
import type { Band } from '../../universal/zones.js'
import type { AskedMachine } from './machine-of-spec.js'
import { originOf } from './origin.js'
import {
  absolutePower,
  archiveOf,
  dynamicPower,
  expectedError,
  type MachineModel,
  type ServedPower,
  weightsOf,
} from './power-model-of-machine.js'
import type { UsageFeature } from './usage-features.js'

export const curveTrainer = 'UniversalTrainer'
/** Kepler's name for a linear model: weights of another name it may not take for one. */
export const lineTrainer = 'SGDRegressorTrainer'

/** What is served of each source. */
const bandsOf: Readonly<Record<string, (power: MachinePower) => readonly (readonly [Component, Band | undefined])[]>> =
  {
    'rapl-sysfs': ({ answer: { package: pkg, dram } }) => [
      ['package', pkg],
      ['dram', dram],
    ],
    acpi: ({ answer: { wall } }) => [['platform', wall]],
  }
export const universalSources: readonly EnergySource[] = Object.keys(bandsOf)
const components: readonly Component[] = ['package', 'dram', 'platform']
/** Errors that the models can be ranked by. */
export const universalErrorKeys: readonly string[] = [
  'mae',
  'mape',
  ...components.flatMap((component) => [`${component}_mae`, `${component}_mape`]),
]

/** Which model of a machine. */
export interface WantedModel {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly feature: UsageFeature
  /** Weights are of the line. */
  readonly form: 'weights' | 'curve archive' | 'line archive'
  /** Error that goes with weights. */
  readonly errorKey: string
}

/** A model of one machine, with its answers, which are made when they are wanted. */
export interface MadeModel {
  readonly name: string
  readonly trainer: string
  readonly model: MachineModel
  readonly machineSpec: MachineSpec
  /** What the table of machines has of the machine. */
  readonly known: MachinePower['answer']['curve']['novelty']
  readonly numbers: MetadataNumbers
  /** @param bare without the machine's spec */
  body(bare: boolean): Buffer
}

/** Makes the model of a machine from its power. */
export function makeModel(power: MachinePower, asked: AskedMachine, wanted: WantedModel): MadeModel {
  const { form, outputType, feature, errorKey } = wanted
  const trainer = form === 'curve archive' ? curveTrainer : lineTrainer
  const name = formatModelName({ trainer, nodeType: anyNodeType })
  const threads = threadsOf(power, asked)
  const powers = servedPowers(power, wanted)
  const model = { name, feature: feature.name, fullLoad: feature.fullLoad(threads), powers }
  const errors = errorsOf(powers)
  // The cores are the machine's own: Kepler multiplies idle power by cores of its machine over cores of the model's.
  const machineSpec = wholeNumbers({ ...asked.spec, cores: threads })
  const universal = originOf(power, asked, powers)

  function make(bare: boolean): Buffer {
    if (form === 'weights') {
      const about = { model_name: name, machine_spec: machineSpec, [errorKey]: errors[errorKey], universal }
      return Buffer.from(JSON.stringify({ ...weightsOf(model), ...about }))
    }
    const about = { trainer, node_type: anyNodeType, output_type: outputType, ...errors, universal }
    return archiveOf(model, bare ? about : { ...about, machine_spec: machineSpec }, form === 'line archive')
  }

  const bodies = new Map<boolean, Buffer>()
  return {
    name,
    trainer,
    model,
    machineSpec,
    known: power.answer.curve.novelty,
    numbers: metadataNumbersOf(errors, (keys) => keys),
    body(bare) {
      const body = bodies.get(bare) ?? make(bare)
      bodies.set(bare, body)
      return body
    },
  }
}

function servedPowers(power: MachinePower, { source, outputType, form }: WantedModel): readonly ServedPower[] {
  return bandsOf[source]!(power).flatMap(([component, band]) => {
    if (!band) return []
    return outputType === 'DynPower'
      ? [dynamicPower(component, band, dynamicBand(band, power.correlation))]
      : [absolutePower(component, band, form !== 'curve archive')]
  })
}

/** Those of a virtual machine are its own; where none are known, those of the expected machine. */
function threadsOf({ answer: { curve, host } }: MachinePower, { spec, question }: AskedMachine): number {
  const said = question.machine.threads ?? spec.cores
  if (said !== undefined) return said
  if (host) return Math.max(1, Math.round(host.share * (host.machine.threads ?? 1)))
  return curve.machine.threads ?? curve.assumptions.find(({ field }) => field === 'threads')?.value ?? 1
}

/** Errors as metadata has them: those of each component, and the worst. */
function errorsOf(powers: readonly ServedPower[]): Readonly<Record<string, number>> {
  const each = powers.map((power) => ({ component: power.component, ...expectedError(power) }))
  const rounded = (value: number) => Math.round(value * 100) / 100
  return Object.fromEntries([
    ['mae', rounded(Math.max(...each.map(({ mae }) => mae)))],
    ['mape', rounded(Math.max(...each.map(({ mape }) => mape)))],
    ...each.flatMap(({ component, mae, mape }) => [
      [`${component}_mae`, rounded(mae)],
      [`${component}_mape`, rounded(mape)],
    ]),
  ])
}
