import { mainFeature } from '../../src/core/main-feature.js'
import { quantile } from '../../src/numeric/quantile.js'
import type { Split } from '../../src/numeric/split.js'
import { timeBlocks, workloadFolds } from '../../src/train/folds.js'
import type { Problem } from './problems.js'

/** Ways to hold rows out that resemble what a power model meets; none of them shuffles. */
export const protocols = ['blocks of time', 'workloads', 'load levels', 'extrapolation'] as const
export type Protocol = (typeof protocols)[number]

const folds = 5
/** Groups of workloads that are left out, as `train` does. */
const workloads = 4
/** Rows below this quantile of load teach, those above judge. */
const below = 0.7

/** Empty where a recording does not allow the protocol: only in that of which the response is there are workloads known. */
export function foldsOf(protocol: Protocol, problem: Problem): readonly Split[] {
  switch (protocol) {
    case 'blocks of time':
      return timeBlocks(problem.timestamps, folds)
    case 'workloads':
      return problem.workloads === undefined ? [] : workloadFolds(problem.workloads, workloads)
    case 'load levels':
      return loadLevels(loadOf(problem))
    case 'extrapolation':
      return upperLoad(loadOf(problem))
  }
}

/** What stands for load: the main feature, the memory's for dram, else the first one. */
export function loadOf({ features, component, x }: Problem): Float64Array {
  const column = mainFeature(features, component) ?? 0
  return Float64Array.from({ length: x.rows }, (_, i) => x.data[i * x.cols + column]!)
}

/** Five bands of load, each left out once. */
function loadLevels(load: Float64Array): readonly Split[] {
  const edges = Array.from({ length: folds - 1 }, (_, k) => quantile(load, (k + 1) / folds))
  const levelOf = (row: number) => edges.filter((edge) => load[row]! > edge).length
  return Array.from({ length: folds }, (_, level) => split(load.length, (row) => levelOf(row) === level)).filter(
    ({ train, test }) => train.length > 0 && test.length > 0,
  )
}

function upperLoad(load: Float64Array): readonly Split[] {
  const edge = quantile(load, below)
  const only = split(load.length, (row) => load[row]! > edge)
  return only.test.length > 0 ? [only] : []
}

function split(rows: number, isTest: (row: number) => boolean): Split {
  const all = Int32Array.from({ length: rows }, (_, row) => row)
  return { train: all.filter((row) => !isTest(row)), test: all.filter(isTest) }
}
