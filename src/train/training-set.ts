import type { Component, EnergySource } from '../core/energy-source.js'
import type { FeatureGroup } from '../core/feature-group.js'
import type { OutputType } from '../core/output-type.js'
import { type Dataset, nodeTypesOf, selectRows, trainingData } from '../extract/dataset.js'
import type { Matrix } from '../numeric/matrix.js'

/** Which workload a row belongs to, where that can be told. */
export interface WorkloadLabels {
  readonly names: readonly string[]
  /** Per row an index into `names`, or -1. */
  readonly ofRow: Int32Array
}

/** What the models of one source, output type, feature group and node type learn from. */
export interface TrainingSet {
  readonly source: EnergySource
  readonly outputType: OutputType
  readonly group: FeatureGroup
  readonly nodeType: number
  readonly features: readonly string[]
  /** Raw features, one row a time. Shared memory: threads read the same rows. */
  readonly x: Matrix
  readonly targets: readonly { readonly component: Component; readonly watts: Float64Array }[]
  readonly timestamps: Float64Array
  readonly workloads?: WorkloadLabels
}

/** Tells the workload at a time, `undefined` where none stands out. */
export type WorkloadAt = (timestamp: number) => string | undefined

/** One training set per node type that occurs in a dataset. */
export function trainingSets(dataset: Dataset, group: FeatureGroup, workloadAt?: WorkloadAt): readonly TrainingSet[] {
  const types = nodeTypesOf(dataset)
  return types.map((nodeType) => {
    const own = types.length === 1 ? dataset : selectRows(dataset, (row) => dataset.nodeTypes[row] === nodeType)
    const { featureNames, x, y } = trainingData(own)
    const workloads = workloadAt && labelsOf(own.timestamps, workloadAt)
    return {
      source: own.source,
      outputType: own.outputType,
      group,
      nodeType,
      features: featureNames,
      x: { ...x, data: shared(x.data) },
      targets: y.map(({ component, watts }) => ({ component, watts: shared(watts) })),
      timestamps: shared(own.timestamps),
      ...(workloads && { workloads }),
    }
  })
}

function labelsOf(timestamps: Float64Array, workloadAt: WorkloadAt): WorkloadLabels | undefined {
  const labels = Array.from(timestamps, workloadAt)
  const names = [...new Set(labels)].filter((label) => label !== undefined).sort()
  if (names.length < 2) return undefined
  const index = new Map(names.map((name, i) => [name, i]))
  return {
    names,
    ofRow: Int32Array.from(labels, (label) => (label === undefined ? -1 : index.get(label)!)),
  }
}

/** Copies into memory that threads share. */
function shared(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength))
  copy.set(values)
  return copy
}
