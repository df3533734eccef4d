import { ModelError } from '../core/errors.js'
import type { Dataset } from '../extract/dataset.js'
import type { Finding } from '../extract/findings.js'

export interface Isolation {
  /** `DynPower`, one row a timestamp, for all (remaining) containers together. */
  readonly dataset: Dataset
  /** What a reader should know: containers that left, watts that left, which model was chosen. */
  readonly notes: readonly string[]
  /** What is doubtful about it, in numbers. */
  readonly findings: readonly Finding[]
}

/** A way to take from a node's power what its workload did not cause. Never changes the dataset it is given. */
export interface Isolator {
  readonly name: string
  /** Whether it has to tell containers apart, and so needs rows per container. */
  readonly needsContainers: boolean
  /** @throws ModelError `INVALID_DATA` when the dataset is not of the kind it needs */
  isolate(dataset: Dataset): Isolation
}

/** @throws ModelError `INVALID_DATA` */
export function containerIdsOf(dataset: Dataset, isolator: string): readonly string[] {
  if (dataset.containerIds !== undefined) return dataset.containerIds
  throw new ModelError('INVALID_DATA', `the ${isolator} isolator needs data per container (extract for DynPower)`)
}
