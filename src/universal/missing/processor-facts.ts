import { append } from '../../core/multimap.js'
import type { RawFeatures } from '../features.js'
import type { MeasuredMachine } from '../machine.js'
import type { Processor } from '../processor/processor.js'

/** What the table's machines tell of a processor. */
export interface ProcessorFacts {
  readonly coresPerChip: number
  readonly threadsPerCore: number
  readonly megahertz: number
  readonly tdp?: number
  /** The most usual number of chips. */
  readonly chips: number
}

/** Facts by the name of a processor: of the processor itself, or of those that differ by the suffix only. */
export function processorFacts(
  machines: readonly MeasuredMachine[],
  raw: readonly RawFeatures[],
): (processor: Processor) => ProcessorFacts | undefined {
  const byKey = new Map<string, MeasuredMachine[]>()
  machines.forEach((machine, i) => {
    const { key, group } = raw[i]!.processor
    // A set of two: a key is often its own group.
    for (const name of new Set([`key ${key}`, `group ${group}`])) {
      append(byKey, name, machine)
    }
  })
  return ({ key, group }) => {
    const own = byKey.get(`key ${key}`) ?? byKey.get(`group ${group}`)
    return own ? factsOf(own) : undefined
  }
}

function factsOf(machines: readonly MeasuredMachine[]): ProcessorFacts {
  const tdps = machines.flatMap(({ tdp }) => (tdp === undefined ? [] : [tdp]))
  return {
    coresPerChip: mostUsual(machines.map(({ cores, chips }) => cores / chips)),
    threadsPerCore: mostUsual(machines.map(({ threads, cores }) => threads / cores)),
    megahertz: mostUsual(machines.map(({ megahertz }) => megahertz)),
    chips: mostUsual(machines.map(({ chips }) => chips)),
    ...(tdps.length > 0 ? { tdp: mostUsual(tdps) } : {}),
  }
}

/** The value that most have, the smaller of equals. */
function mostUsual(values: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  let best = values[0]!
  for (const [value, count] of counts) {
    const most = counts.get(best)!
    if (count > most || (count === most && value < best)) best = value
  }
  return best
}
