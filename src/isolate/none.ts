import { absolutePower } from './isolation-checks.js'
import type { Isolator } from './isolator.js'
import { sumContainers } from './sum-containers.js'

/** Takes nothing away: for data whose power is dynamic already. */
export function noneIsolator(): Isolator {
  return {
    name: 'none',
    needsContainers: false,
    isolate(input) {
      const dataset = sumContainers(input)
      return { dataset, notes: [], findings: absolutePower(dataset) }
    },
  }
}
