import { expectSameColumns, inSharedMemory, subsampled, type TrainingSet } from '../../train/training-set.js'

/** Rows of several machines behind each other, as one training set. It takes what its rows do, however many machines. */
export interface CollectedRows {
  /** @throws ModelError `SHAPE_MISMATCH` when the set differs from those before in features or components */
  add(set: TrainingSet): void
  readonly rows: number
  /** At most `most` of them, evenly spread, in memory that threads share. */
  take(most?: number): TrainingSet
}

export function collectedRows(first: TrainingSet): CollectedRows {
  const { workloads: _, ...kind } = first
  const x = growingColumn()
  const timestamps = growingColumn()
  const targets = first.targets.map(({ component }) => ({ component, watts: growingColumn() }))
  let rows = 0
  function add(set: TrainingSet): void {
    expectSameColumns(first, set)
    x.push(set.x.data)
    timestamps.push(set.timestamps)
    for (const [i, { watts }] of targets.entries()) watts.push(set.targets[i]!.watts)
    rows += set.x.rows
  }
  add(first)
  return {
    add,
    get rows() {
      return rows
    },
    take(most = rows) {
      const all: TrainingSet = {
        ...kind,
        x: { rows, cols: first.x.cols, data: x.values() },
        targets: targets.map(({ component, watts }) => ({ component, watts: watts.values() })),
        timestamps: timestamps.values(),
      }
      return inSharedMemory(subsampled(all, most))
    },
  }
}

/** Numbers in an array that doubles when it is full. */
function growingColumn() {
  let values = new Float64Array(64)
  let length = 0
  return {
    push(more: Float64Array) {
      if (length + more.length > values.length) {
        const larger = new Float64Array(Math.max(2 * values.length, length + more.length))
        larger.set(values.subarray(0, length))
        values = larger
      }
      values.set(more, length)
      length += more.length
    },
    values: () => values.subarray(0, length),
  }
}
