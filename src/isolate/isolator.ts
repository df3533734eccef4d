import { ModelError, quote } from '../core/errors.js'
import type { Dataset } from '../extract/dataset.js'

export interface Isolation {
  /** `DynPower`, one row a timestamp, for all (remaining) containers together. */
  readonly dataset: Dataset
  /** What a reader should know: containers that left, watts that left, which model was chosen. */
  readonly notes: readonly string[]
}

/** A way to take from a node's power what its workload did not cause. Never changes the dataset it is given. */
export interface Isolator {
  readonly name: IsolatorName
  /** Whether it has to tell containers apart, and so needs rows per container. */
  readonly needsContainers: boolean
  /** @throws ModelError `INVALID_DATA` when the dataset is not of the kind it needs */
  isolate(dataset: Dataset): Isolation
}

export const isolatorNames = ['none', 'min', 'profile', 'trainer'] as const
export type IsolatorName = (typeof isolatorNames)[number]

/** The names of the original's classes, which clients of the offline trainer send. */
const classNames: Readonly<Record<string, IsolatorName>> = {
  NoneIsolator: 'none',
  MinIdleIsolator: 'min',
  ProfileBackgroundIsolator: 'profile',
  TrainIsolator: 'trainer',
}

/** @throws ModelError `INVALID_REQUEST` for an isolator that does not exist */
export function isolatorNameOf(text: string): IsolatorName {
  const known = isolatorNames.find((name) => name === text)
  const name = known ?? (Object.hasOwn(classNames, text) ? classNames[text] : undefined)
  if (name !== undefined) return name
  const all = [...isolatorNames, ...Object.keys(classNames)].join(', ')
  throw new ModelError('INVALID_REQUEST', `unknown isolator ${quote(text)}; there are ${all}`, { field: 'isolator' })
}

/** @throws ModelError `INVALID_DATA` */
export function containerIdsOf(dataset: Dataset, isolator: IsolatorName): readonly string[] {
  if (dataset.containerIds !== undefined) return dataset.containerIds
  throw new ModelError('INVALID_DATA', `the ${isolator} isolator needs data per container (extract for DynPower)`)
}
