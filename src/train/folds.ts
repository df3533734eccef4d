import type { Split } from '../numeric/split.js'
import type { WorkloadLabels } from './training-set.js'

/** Rows that a fold must have. */
const minRows = 5

/**
 * Contiguous blocks of time, each left out once. Neighbouring seconds are nearly equal, so after a shuffled split the
 * training rows would contain nearly every test row.
 */
export function timeBlocks(timestamps: Float64Array, count: number): readonly Split[] {
  const rows = Int32Array.from(timestamps.keys()).sort((a, b) => timestamps[a]! - timestamps[b]! || a - b)
  const folds = Math.min(count, Math.floor(rows.length / minRows))
  if (folds < 2) return []
  return Array.from({ length: folds }, (_, fold) => {
    const from = Math.floor((fold * rows.length) / folds)
    const to = Math.floor(((fold + 1) * rows.length) / folds)
    const train = new Int32Array(rows.length - (to - from))
    train.set(rows.subarray(0, from))
    train.set(rows.subarray(to), from)
    return { train, test: rows.slice(from, to) }
  })
}

/**
 * Whole workloads, each left out once; with more than `count` workloads, several together. Rows of no workload are always
 * training rows. Empty when fewer than two workloads have enough rows.
 */
export function workloadFolds({ names, ofRow }: WorkloadLabels, count: number): readonly Split[] {
  const rowsOf = names.map((): number[] => [])
  ofRow.forEach((workload, row) => {
    if (workload >= 0) rowsOf[workload]!.push(row)
  })
  const large = rowsOf.filter((rows) => rows.length >= minRows).sort((a, b) => b.length - a.length)
  if (large.length < 2) return []
  const tests: number[][] = Array.from({ length: Math.min(count, large.length) }, () => [])
  for (const rows of large) {
    const smallest = tests.reduce((least, test) => (test.length < least.length ? test : least))
    smallest.push(...rows)
  }
  return tests.flatMap((test) => {
    const left = new Set(test)
    const train = Int32Array.from([...ofRow.keys()].filter((row) => !left.has(row)))
    return train.length < minRows ? [] : [{ train, test: Int32Array.from(test).sort() }]
  })
}
