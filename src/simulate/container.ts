import { type Random, seededRandom } from '../numeric/random.js'
import { patternLevels } from './pattern.js'
import type { Workload } from './scenario.js'
import { usageFeatures } from './usage.js'

/** The components of a node whose energy is told apart, in the order of energy vectors. */
export const energyComponents = ['package', 'core', 'uncore', 'dram', 'platform'] as const

/** Columns of an energy or power vector. */
export const EnergyColumn = {
  package: 0,
  core: 1,
  uncore: 2,
  dram: 3,
  platform: 4,
} as const satisfies Readonly<Record<(typeof energyComponents)[number], number>>

/** A container that runs, or ran. */
export interface SimulatedContainer {
  readonly id: string
  readonly pid: number
  readonly pod: string
  readonly workload: Workload
  /** Counters as an exporter shows them, in the order of `usageFeatures`. */
  readonly usage: Float64Array
  /** Usage per second now. */
  readonly rates: Float64Array
  /** Core-seconds a second that it asks for now; on a machine with less than all ask for it gets fewer. */
  readonly wantedCores: number
  /** How its work is spread over the packages; adds up to 1. */
  readonly packageShares: Float64Array
  /** Ground truth: joules above idle that it caused since it started, in the order of {@link energyComponents}. */
  readonly joules: Float64Array
}

/** A container with what moves it. */
export interface ContainerProcess extends SimulatedContainer {
  wantedCores: number
  readonly startedAt: number
  /** Load between 0 and 1 for a second since it started, asked for each second once. */
  readonly level: (second: number) => number
  /** Watts above idle that it causes now, in the order of {@link energyComponents}. */
  readonly watts: Float64Array
  /** Core-seconds a second, weighted by what they cost. */
  activity: number
}

/** Each run of each workload has its own random numbers, so one more workload does not change the others. */
export function startContainer(
  workload: Workload,
  run: number,
  { seed, index, chips, startedAt }: { seed: number; index: number; chips: number; startedAt: number },
): ContainerProcess {
  const random = seededRandom(seed * 1_000_003 + index * 8191 + run)
  return {
    id: hexadecimal(random, 64),
    pid: 1000 + index * 100 + (run % 100),
    pod: workload.runs === undefined ? workload.pod : `${workload.pod}-${hexadecimal(random, 5)}`,
    workload,
    usage: new Float64Array(usageFeatures.length),
    packageShares: shares(random, chips),
    joules: new Float64Array(energyComponents.length),
    startedAt,
    level: patternLevels(workload.pattern, random),
    rates: new Float64Array(usageFeatures.length),
    watts: new Float64Array(energyComponents.length),
    wantedCores: 0,
    activity: 0,
  }
}

/** The run that a workload is in at `second`, -1 when it is not there. */
export function runAt({ start = 0, runs, pauses = 0 }: Workload, second: number): number {
  if (second < start) return -1
  if (runs === undefined) return 0
  const since = (second - start) % (runs + pauses)
  return since < runs ? Math.floor((second - start) / (runs + pauses)) : -1
}

function shares(random: Random, chips: number): Float64Array {
  const parts = Float64Array.from({ length: chips }, () => 0.7 + 0.6 * random.next())
  const sum = parts.reduce((a, b) => a + b, 0)
  return parts.map((part) => part / sum)
}

function hexadecimal(random: Random, length: number): string {
  return Array.from({ length }, () => random.below(16).toString(16)).join('')
}
