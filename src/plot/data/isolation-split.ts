import type { Component } from '../../core/energy-source.js'
import { type Dataset, trainingData } from '../../extract/dataset.js'
import type { Finding } from '../../extract/findings.js'
import type { Isolator } from '../../isolate/isolator.js'
import { sumContainers } from '../../isolate/sum-containers.js'
import { gapsIn, type TimeSpan } from './gaps.js'

/** What an isolator makes of the watts of one component, one value a time; the three add up to what was measured. */
export interface ComponentSplit {
  readonly component: Component
  /** What it takes away at every time: the least of what it takes away at any. */
  readonly idle: readonly number[]
  /** What it takes away beyond that: usage of background containers. */
  readonly background: readonly number[]
  /** What is left for the workload. */
  readonly dynamic: readonly number[]
}

export interface IsolationSplit {
  readonly source: string
  readonly isolator: string
  /** Unix seconds. */
  readonly times: readonly number[]
  readonly components: readonly ComponentSplit[]
  readonly gaps: readonly TimeSpan[]
  readonly notes: readonly string[]
  readonly findings: readonly Finding[]
}

const rounding = 1e-9

/** @throws ModelError as the isolator */
export function isolationSplit(isolator: Isolator, dataset: Dataset, found: readonly Finding[] = []): IsolationSplit {
  const { dataset: isolated, notes, findings } = isolator.isolate(dataset)
  const whole = trainingData(sumContainers(dataset))
  const left = new Map(trainingData(isolated).y.map(({ component, watts }) => [component, watts]))
  const rows = new Map([...isolated.timestamps].map((time, row) => [time, row]))
  const all = [...sumContainers(dataset).timestamps]
  const kept = [...all.keys()].filter((row) => rows.has(all[row]!))
  const times = kept.map((row) => all[row]!)
  return {
    source: dataset.source,
    isolator: isolator.name,
    times,
    components: whole.y.map(({ component, watts }) => {
      const dynamic = kept.map((row) => Math.min(watts[row]!, left.get(component)?.[rows.get(all[row]!)!] ?? 0))
      const taken = kept.map((row, i) => watts[row]! - dynamic[i]!)
      const least = taken.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
      return {
        component,
        idle: taken.map(() => least),
        // Taking the same watts from different ones leaves differences in the last digit.
        background: taken.map((value) => (value - least > rounding * value ? value - least : 0)),
        dynamic,
      }
    }),
    gaps: gapsIn(times),
    notes,
    findings: [...found, ...findings],
  }
}
