import type { Dataset } from '../../extract/dataset.js'
import { trainingData } from '../../extract/dataset.js'
import type { Finding } from '../../extract/findings.js'
import { gapsIn, type TimeSpan } from './gaps.js'

/** What models learn from: usage and power in the course of time. */
export interface Preprocessed {
  readonly source: string
  readonly outputType: string
  /** Unix seconds. */
  readonly times: readonly number[]
  /** Watts by component, packages added up. */
  readonly power: readonly { readonly component: string; readonly watts: readonly number[] }[]
  /** Usage by feature, per second. */
  readonly usage: readonly { readonly feature: string; readonly values: readonly number[] }[]
  readonly gaps: readonly TimeSpan[]
  readonly findings: readonly Finding[]
}

/** Takes one row a time. */
export function preprocessed(dataset: Dataset, findings: readonly Finding[] = []): Preprocessed {
  const times = [...dataset.timestamps]
  return {
    source: dataset.source,
    outputType: dataset.outputType,
    times,
    power: trainingData(dataset).y.map(({ component, watts }) => ({ component, watts: [...watts] })),
    usage: dataset.features.map(({ name, values }) => ({ feature: name, values: [...values] })),
    gaps: gapsIn(times),
    findings,
  }
}
