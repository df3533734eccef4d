import type { Split } from '../numeric/split.js'
import type { WorkloadLabels } from './training-set.js'

/** Fewer rows than this teach nothing about a fold. */
const fewestRows = 5

/**
 * Contiguous blocks of time, each left out once: neighbouring seconds are alike, and a shuffled split shows a model
 * almost every row it is judged by.
 */
export function timeBlocks(timestamps: Float64Array, count: number): readonly Split[] {
  const rows = Int32Array.from(timestamps.keys()).sort((a, b) => timestamps[a]! - timestamps[b]! || a - b)
  const folds = Math.min(count, Math.floor(rows.length / fewestRows))
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
 * Workloads left out whole, one after the other; of more than `count`, several together. Rows of no workload are always
 * learnt from. Nothing where there are less than two workloads with rows enough.
 */
export function workloadFolds({ names, ofRow }: WorkloadLabels, count: number): readonly Split[] {
  const rowsOf = names.map((): number[] => [])
  ofRow.forEach((workload, row) => {
    if (workload >= 0) rowsOf[workload]!.push(row)
  })
  const large = rowsOf.filter((rows) => rows.length >= fewestRows).sort((a, b) => b.length - a.length)
  if (large.length < 2) return []
  const tests: number[][] = Array.from({ length: Math.min(count, large.length) }, () => [])
  for (const rows of large) {
    const smallest = tests.reduce((least, test) => (test.length < least.length ? test : least))
    smallest.push(...rows)
  }
  return tests.flatMap((test) => {
    const left = new Set(test)
    const train = Int32Array.from([...ofRow.keys()].filter((row) => !left.has(row)))
    return train.length < fewestRows ? [] : [{ train, test: Int32Array.from(test).sort() }]
  })
}
