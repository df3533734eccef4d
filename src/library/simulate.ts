import { expectKnownOptions } from '../core/known-options.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { responseCollector, type PrometheusResponse } from '../prometheus/response.js'
import { energyComponents } from '../simulate/container.js'
import type { TrueSample } from '../simulate/ground-truth.js'
import { defaultMachine } from '../simulate/machine.js'
import { type ScenarioName, scenarioNamed } from '../simulate/scenario.js'
import { type ResponseOptions, responseChunks, trueSamples } from '../simulate/write-response.js'
import { vocabularyNamed } from '../vocabulary/vocabularies.js'

export interface SimulateOptions {
  /** What runs on the node. @default 'mixed' */
  readonly scenario?: ScenarioName
  /** The same seed gives the same node on every machine. @default 0 */
  readonly seed?: number
  /** Seconds that the response covers. @default 600 */
  readonly duration?: number
  /** Seconds between samples. @default 3 */
  readonly step?: number
  /** Unix seconds of the first sample. @default 1700000000 */
  readonly start?: number
  /** What the machine is: a value that is missing is that of the simulated machine, 32 cores on two sockets. */
  readonly machineSpec?: MachineSpec
  /** What the node says it is of. @default 0 */
  readonly nodeType?: number
  /** Name of the node. @default 'node-1' */
  readonly instance?: string
  /** Processes of a virtual machine instead of containers. @default false */
  readonly vm?: boolean
  /** What metrics are called: `kepler-0.7` or `kepler-0.10`. @default the first */
  readonly vocabulary?: string
}

const names = [
  'scenario',
  'seed',
  'duration',
  'step',
  'start',
  'machineSpec',
  'nodeType',
  'instance',
  'vm',
  'vocabulary',
] as const

/**
 * What a Kepler measures on a simulated node, whose true watts {@link simulateTruth} gives for the same options.
 *
 * @throws ModelError `INVALID_REQUEST` for wrong options
 */
export function simulateResponse(options: SimulateOptions = {}): PrometheusResponse {
  const collector = responseCollector()
  for (const chunk of simulateResponseText(options)) collector.scanner.write(Buffer.from(chunk))
  return collector.finish()
}

/** The text of {@link simulateResponse} in chunks, of any size: a saved Prometheus response. */
export function simulateResponseText(options: SimulateOptions = {}): Iterable<string> {
  return responseChunks(simulationOf('simulateResponseText', options))
}

/** The components of {@link simulateTruth}'s watts, in their order. */
export const simulatedComponents: readonly string[] = energyComponents

/** True watts between the samples of {@link simulateResponse}: in total, idle, of background and of the workload. */
export function simulateTruth(options: SimulateOptions = {}): Iterable<TrueSample> {
  return trueSamples(simulationOf('simulateTruth', options))
}

function simulationOf(where: string, options: SimulateOptions): ResponseOptions {
  expectKnownOptions(where, options, names)
  const { scenario = 'mixed', machineSpec, nodeType, instance, vocabulary, ...rest } = options
  return {
    ...rest,
    scenario: scenarioNamed(scenario),
    machine: {
      ...defaultMachine,
      spec: { ...defaultMachine.spec, ...machineSpec },
      ...(nodeType !== undefined && { nodeType }),
      ...(instance !== undefined && { instance }),
    },
    ...(vocabulary !== undefined && { vocabulary: vocabularyNamed(vocabulary) }),
  }
}
