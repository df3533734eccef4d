import { ModelError } from '../core/errors.js'
import type { ContainerRows } from '../extract/container-rows.js'
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

/** A way to take from a node's power what its workload did not cause. Never changes the data it is given. */
export interface Isolator {
  readonly name: string
  /** Whether it has to tell containers apart, and so needs rows per container. */
  readonly needsContainers: boolean
  /** @throws ModelError `INVALID_DATA` when the measurements are not of the kind it needs */
  isolate(measured: Measured): Isolation
}

/** What is isolated: a dataset of the node, or of rows per container, laid out as a table or not. */
export type Measured = Dataset | ContainerRows

export function isContainerRows(measured: Measured): measured is ContainerRows {
  return 'columnsOf' in measured
}

/** The containers that have rows; `undefined` where rows stand for the node. */
export function containersIn(measured: Measured): ReadonlySet<string> | undefined {
  if (isContainerRows(measured)) return new Set(measured.containers.map(({ id }) => id))
  return measured.containerIds && new Set(measured.containerIds)
}

/** @throws ModelError `INVALID_DATA` where rows stand for the node */
export function expectContainers(measured: Measured, isolator: string): ReadonlySet<string> {
  const ids = containersIn(measured)
  if (ids !== undefined) return ids
  throw new ModelError('INVALID_DATA', `the ${isolator} isolator needs data per container (extract for DynPower)`)
}
