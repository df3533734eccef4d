import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { defaultExtractor } from '../../src/extract/default.js'
import { type PrometheusResponse, responseCollector } from '../../src/prometheus/response.js'
import { noneIsolator } from '../../src/isolate/none.js'
import { takeRows, takeValues } from '../../src/numeric/split.js'
import type { TrainerName } from '../../src/regression/trainers.js'
import { type FleetResponseOptions, fleetResponseChunks } from '../../src/simulate/fleet/fleet-response.js'
import { buildMachineSets } from '../../src/train/build-machine-sets.js'
import { joinTrainingSets } from '../../src/train/join-training-sets.js'
import { trainModel } from '../../src/train/train-model.js'
import type { TrainingSet } from '../../src/train/training-set.js'

/** What a simulated fleet measured, as a response that was saved and read. */
export function fleetResponse(options: FleetResponseOptions): PrometheusResponse {
  const collector = responseCollector()
  for (const chunk of fleetResponseChunks(options)) collector.scanner.write(Buffer.from(chunk))
  return collector.finish()
}

/** The rows of all guests of a response: what their operating systems count, and the power that their hosts measured. */
export function guestRows(response: PrometheusResponse): TrainingSet {
  const { parts } = buildMachineSets(response, {
    sources: ['rapl-sysfs'],
    outputTypes: ['AbsPower'],
    groups: ['NodeOS'],
    extractor: defaultExtractor(),
    isolator: noneIsolator,
    vm: true,
  })
  const [set] = joinTrainingSets(parts).sets
  if (set === undefined) throw new Error('no training set')
  return set
}

/** How far a model is off, and how often its interval holds. */
export interface Outcome {
  readonly component: string
  readonly rows: number
  /** Mean absolute percentage error. */
  readonly mape: number
  /** The same of the sum over all guests at a time: what is given to one is not taken from another. */
  readonly total: number
  /** Part of the rows that lie within the 90 % interval. */
  readonly covered: number
  /** Mean width of the interval as a part of what was measured. */
  readonly width: number
}

/**
 * Leaves each kind of work out of everything: a model is trained, and its intervals made, from the others, and asked for
 * the work that it has never seen.
 */
export async function unseenWork(set: TrainingSet, trainer: TrainerName): Promise<readonly Tested[]> {
  const { names, ofRow } = set.workloads ?? { names: [], ofRow: new Int32Array() }
  const all: Tested[] = []
  for (const work of names.keys()) {
    const seen = rowsWhere(set, (row) => ofRow[row] !== work)
    const unseen = rowsWhere(set, (row) => ofRow[row] === work)
    const { zip } = await trainModel(seen, trainer, { seed: 0, crossValidation: true })
    all.push(testedOn(zip, unseen))
  }
  return all
}

/** The rows that `keep` names, with their workloads. */
function rowsWhere(set: TrainingSet, keep: (row: number) => boolean): TrainingSet {
  const rows = Int32Array.from([...set.timestamps.keys()].filter(keep))
  const { workloads } = set
  return {
    ...set,
    x: takeRows(set.x, rows),
    targets: set.targets.map(({ component, watts }) => ({ component, watts: takeValues(watts, rows) })),
    timestamps: takeValues(set.timestamps, rows),
    ...(workloads && { workloads: { ...workloads, ofRow: rows.map((row) => workloads.ofRow[row]!) } }),
  }
}

/** Rows, and what a model that has not seen them says of them. */
export interface Tested {
  readonly set: TrainingSet
  readonly estimate: ReturnType<ReturnType<typeof readModelArchive>['estimate']>
}

function testedOn(zip: Uint8Array, set: TrainingSet): Tested {
  const { rows, cols, data } = set.x
  const values = Array.from({ length: rows }, (_, row) => [...data.subarray(row * cols, (row + 1) * cols)])
  return { set, estimate: readModelArchive(zip).estimate(set.features, values) }
}

export function outcomes(tested: readonly Tested[]): readonly Outcome[] {
  const components = tested[0]?.set.targets.map(({ component }) => component) ?? []
  return components.map((component): Outcome => {
    let [rows, error, inside, width] = [0, 0, 0, 0]
    const sums = new Map<number, { measured: number; estimated: number }>()
    for (const { set, estimate } of tested) {
      const actual = set.targets.find((target) => target.component === component)?.watts ?? new Float64Array()
      const watts = estimate.powers[component] ?? []
      const { lower = [], upper = [] } = estimate.intervals[component] ?? {}
      actual.forEach((measured, row) => {
        if (!(measured > 0)) return
        const sum = sums.get(set.timestamps[row]!) ?? { measured: 0, estimated: 0 }
        sums.set(set.timestamps[row]!, sum)
        sum.measured += measured
        sum.estimated += watts[row]!
        rows++
        error += Math.abs(watts[row]! - measured) / measured
        width += (upper[row]! - lower[row]!) / measured
        if (measured >= lower[row]! && measured <= upper[row]!) inside++
      })
    }
    const shares = [...sums.values()].map(({ measured, estimated }) => Math.abs(estimated - measured) / measured)
    const total = (100 * shares.reduce((a, b) => a + b, 0)) / shares.length
    return { component, rows, mape: (100 * error) / rows, total, covered: inside / rows, width: width / rows }
  })
}
