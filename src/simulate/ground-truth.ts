import { energyComponents } from './container.js'
import type { SimulatedNode } from './node.js'

/** Watts, the mean over the time from the sample before to this one. */
export interface TrueSample {
  /** Unix seconds of the sample that ends it. */
  readonly time: number
  /** In the order of `energyComponents`: of the whole node, */
  readonly total: readonly number[]
  /** of it with nothing running, */
  readonly idle: readonly number[]
  /** what background containers add to that, */
  readonly background: readonly number[]
  /** and what the workload adds: the three add up to the total. */
  readonly workload: readonly number[]
  /** What each container adds, background or not, by id. */
  readonly containers: readonly TrueContainer[]
}

export interface TrueContainer {
  readonly id: string
  readonly name: string
  readonly background: boolean
  readonly watts: readonly number[]
}

/** The true powers of a node between samples. */
export interface TruthMeter {
  /** Ends an interval and begins the next one; `undefined` for the first. */
  sample(time: number): TrueSample | undefined
}

/**
 * Takes the differences of what `node` used in truth; what a container did that
 * left within an interval is in the node's figures only.
 */
export function truthMeter(node: SimulatedNode): TruthMeter {
  let last: { time: number; idle: number[]; dynamic: number[]; containers: Map<string, Float64Array> } | undefined
  return {
    sample(time) {
      const idle = node.used.idle.map(total)
      const dynamic = node.used.dynamic.map(total)
      const running = new Map(node.containers().map((container) => [container.id, container]))
      const before = last
      const joules = new Map([...running].map(([id, container]) => [id, container.joules.slice()]))
      last = { time, idle, dynamic, containers: joules }
      if (before === undefined) return undefined
      const seconds = time - before.time
      const idleWatts = idle.map((value, c) => (value - before.idle[c]!) / seconds)
      const containers = [...running.values()].map(({ id, workload, joules: now }) => ({
        id,
        name: workload.name,
        background: workload.background,
        watts: Array.from(now, (value, c) => (value - (before.containers.get(id)?.[c] ?? 0)) / seconds),
      }))
      const dynamicWatts = dynamic.map((value, c) => (value - before.dynamic[c]!) / seconds)
      const background = energyComponents.map((_, c) =>
        containers.reduce((sum, container) => sum + (container.background ? container.watts[c]! : 0), 0),
      )
      return {
        time,
        total: idleWatts.map((watts, c) => watts + dynamicWatts[c]!),
        idle: idleWatts,
        background,
        workload: dynamicWatts.map((watts, c) => watts - background[c]!),
        containers,
      }
    },
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0)
}
