import type { Component, EnergySource } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'
import type { FeatureGroup } from '../core/feature-group.js'
import type { OutputType } from '../core/output-type.js'
import { type Dataset, nodeTypesOf, selectRows, trainingData } from '../extract/dataset.js'
import type { Matrix } from '../numeric/matrix.js'
import { takeRows, takeValues } from '../numeric/split.js'

/** The workload of each row, where it is known. */
export interface WorkloadLabels {
  readonly names: readonly string[]
  /** Per row an index into `names`, or -1. */
  readonly ofRow: Int32Array
}

/** The rows that models of one energy source, output type, feature group and node type are trained on. */
export interface TrainingSet {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly group: FeatureGroup
  readonly nodeType: number
  readonly features: readonly string[]
  /** Raw features, one row per timestamp. */
  readonly x: Matrix
  readonly targets: readonly { readonly component: Component; readonly watts: Float64Array }[]
  readonly timestamps: Float64Array
  readonly workloads?: WorkloadLabels
}

/** The workload at a timestamp; `undefined` when none dominates. */
export type WorkloadAt = (timestamp: number) => string | undefined

/** One training set per node type that occurs in a dataset, in memory that threads share. */
export function trainingSets(dataset: Dataset, group: FeatureGroup, workloadAt?: WorkloadAt): readonly TrainingSet[] {
  return rowsByNodeType(dataset, group, workloadAt).map(inSharedMemory)
}

/** The same in memory of this thread: for rows that are looked at or chosen from, and not trained on as they are. */
export function rowsByNodeType(dataset: Dataset, group: FeatureGroup, workloadAt?: WorkloadAt): readonly TrainingSet[] {
  const types = nodeTypesOf(dataset)
  return types.map((nodeType) => {
    const own = types.length === 1 ? dataset : selectRows(dataset, (row) => dataset.nodeTypes[row] === nodeType)
    const { featureNames, x, y } = trainingData(own)
    const workloads = workloadAt && workloadLabels(own.timestamps, workloadAt)
    return {
      source: own.source,
      outputType: own.outputType,
      group,
      nodeType,
      features: featureNames,
      x,
      targets: y,
      timestamps: own.timestamps,
      ...(workloads && { workloads }),
    }
  })
}

/** The rows at times that `keep` names, without workloads. */
export function rowsAt(set: TrainingSet, keep: (timestamp: number) => boolean): TrainingSet {
  return rowsOf(set, Int32Array.from([...set.timestamps.keys()].filter((row) => keep(set.timestamps[row]!))))
}

/** A share of the rows at times that `keep` names, evenly spread over them, at least one; without workloads. */
export function shareAt(set: TrainingSet, keep: (timestamp: number) => boolean, share: number): TrainingSet {
  const rows = [...set.timestamps.keys()].filter((row) => keep(set.timestamps[row]!))
  const most = Math.ceil(rows.length * share)
  return rowsOf(
    set,
    Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!),
  )
}

/** At most `most` rows, evenly spread over all of them, without workloads. */
export function subsampled(set: TrainingSet, most: number): TrainingSet {
  const { rows } = set.x
  return rows <= most
    ? set
    : rowsOf(
        set,
        Int32Array.from({ length: most }, (_, i) => Math.floor((i * rows) / most)),
      )
}

function rowsOf(set: TrainingSet, rows: Int32Array): TrainingSet {
  const { workloads: _, ...rest } = set
  return {
    ...rest,
    x: takeRows(set.x, rows),
    targets: set.targets.map(({ component, watts }) => ({ component, watts: takeValues(watts, rows) })),
    timestamps: takeValues(set.timestamps, rows),
  }
}

/**
 * The rows copied into memory that threads share: each of them reads the same. What only one thread looks at stays out of
 * it, since the collector of garbage does not count shared memory and lets it grow.
 */
export function inSharedMemory(set: TrainingSet): TrainingSet {
  return {
    ...set,
    x: { ...set.x, data: shared(set.x.data) },
    targets: set.targets.map(({ component, watts }) => ({ component, watts: shared(watts) })),
    timestamps: shared(set.timestamps),
  }
}

/**
 * Sets of several machines of one kind as one, without workloads.
 *
 * @throws ModelError `SHAPE_MISMATCH` when they differ in features or components
 */
export function joinSets(sets: readonly [TrainingSet, ...TrainingSet[]]): TrainingSet {
  const [first, ...others] = sets
  if (others.length === 0) return first
  for (const other of others) expectSameColumns(first, other)
  const { workloads: _, ...rest } = first
  return {
    ...rest,
    x: {
      rows: sets.reduce((sum, { x }) => sum + x.rows, 0),
      cols: first.x.cols,
      data: joined(sets.map(({ x }) => x.data)),
    },
    targets: first.targets.map(({ component }, c) => ({
      component,
      watts: joined(sets.map(({ targets }) => targets[c]!.watts)),
    })),
    timestamps: joined(sets.map(({ timestamps }) => timestamps)),
  }
}

/** @throws ModelError `SHAPE_MISMATCH` when the sets differ in features or components */
export function expectSameColumns(first: TrainingSet, other: TrainingSet): void {
  const kind = (set: TrainingSet) => [...set.features, ...set.targets.map(({ component }) => component)].join(' ')
  if (kind(other) === kind(first)) return
  throw new ModelError('SHAPE_MISMATCH', `machines of one node type differ: ${kind(first)}, and ${kind(other)}`)
}

/** The workload of each row; `undefined` when they have fewer than two. */
export function workloadLabels(timestamps: Float64Array, workloadAt: WorkloadAt): WorkloadLabels | undefined {
  const labels = Array.from(timestamps, workloadAt)
  const names = [...new Set(labels)].filter((label) => label !== undefined).sort()
  if (names.length < 2) return undefined
  const index = new Map(names.map((name, i) => [name, i]))
  return {
    names,
    ofRow: Int32Array.from(labels, (label) => (label === undefined ? -1 : index.get(label)!)),
  }
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const whole = new Float64Array(new SharedArrayBuffer(8 * length))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Copies into memory that threads share. */
function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
