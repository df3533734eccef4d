import type { MachineJson, OverviewJson } from '../../api/answers.js'
import { type Parameters, queryOf } from './routes.js'

/** A machine, and what a model of it is wanted for: what the machine view asks the server. */
export interface AskedMachine {
  readonly machine: MachineJson
  readonly instance: string | undefined
  /** Asked for by its number; the machine decides when it is absent. */
  readonly nodeType: number | undefined
  readonly pipeline: string | undefined
  readonly source: string
  readonly outputType: string
  /** Feature group of what can be measured. */
  readonly group: string
  readonly metrics: readonly string[]
  readonly weight: boolean
}

/** The parameters that describe a machine. */
export const machineKeys = ['processor', 'cores', 'chips', 'memory', 'frequency', 'instance'] as const

export function isDescribed(parameters: Parameters): boolean {
  return machineKeys.some((key) => parameters[key]) || parameters['node-type'] !== undefined
}

type Known = Pick<OverviewJson, 'machine' | 'pipelines' | 'feature_groups'>

/** Reads the parameters of the machine view; without a description it is the machine of the server. */
export function askedMachine(parameters: Parameters, { machine, pipelines, feature_groups }: Known): AskedMachine {
  const described = describedMachine(parameters)
  const sources = pipelines.flatMap((pipeline) => pipeline.sources)
  const { measured = '' } = parameters
  const group = Object.hasOwn(feature_groups, measured) ? measured : 'BPFOnly'
  const nodeType = Number(parameters['node-type'] ?? Number.NaN)
  return {
    machine: isDescribed(parameters) ? described : (machine ?? {}),
    instance: parameters.instance || undefined,
    nodeType: Number.isInteger(nodeType) && nodeType >= 0 ? nodeType : undefined,
    pipeline: parameters.pipeline || undefined,
    source: parameters.source ?? sources.find((one) => one.startsWith('rapl')) ?? sources[0] ?? 'rapl-sysfs',
    outputType: parameters.output === 'DynPower' ? 'DynPower' : 'AbsPower',
    group,
    metrics: feature_groups[group] ?? [],
    weight: parameters.weights === 'true',
  }
}

function describedMachine({ processor, cores, chips, memory, frequency }: Parameters): MachineJson {
  const number = (text: string | undefined) => {
    const value = Number(text)
    return text && value > 0 && Number.isFinite(value) ? value : undefined
  }
  const amounts = {
    cores: number(cores),
    chips: number(chips),
    memory: number(memory),
    frequency: number(frequency),
  }
  return {
    ...(processor ? { processor } : {}),
    ...Object.fromEntries(Object.entries(amounts).filter(([, value]) => value !== undefined)),
  }
}

/** Parameters that describe a machine, for links. */
export function machineParameters(machine: MachineJson): Readonly<Record<string, string | number | undefined>> {
  const { processor, cores, chips, memory, frequency } = machine
  return { processor, cores, chips, memory, frequency }
}

/** The body of `POST /api/v1/choice`, which is that of `POST /model`. */
export function choiceBody(asked: AskedMachine): object {
  const { machine, nodeType, pipeline, source, outputType, metrics, weight } = asked
  return {
    metrics,
    source,
    output_type: outputType,
    weight,
    ...(pipeline === undefined ? {} : { pipeline_name: pipeline }),
    ...(nodeType === undefined ? { machine_spec: machine } : { node_type: nodeType }),
  }
}

/** The route of the curve. A spec counts threads, and its frequency is that of the turbo, which no curve asks for. */
export function curveRoute({ machine, instance }: AskedMachine, described: boolean): string {
  if (!described) return 'curve'
  const { processor, cores, chips, memory } = machine
  return `curve${queryOf({ processor, threads: cores, chips, memory, instance })}`
}
