import { ModelError } from '../core/errors.js'
import { neverIdle } from './isolation-checks.js'
import type { Isolator } from './isolator.js'
import { sumContainers } from './sum-containers.js'

/**
 * Takes the least that was ever measured from each power column: right when the node was idle at some time. `isolate`
 * throws ModelError `INVALID_DATA` where it never was, so that most of the work would go with it.
 */
export function minIsolator(): Isolator {
  return {
    name: 'min',
    needsContainers: false,
    isolate(input) {
      const dataset = sumContainers(input)
      const doubts = neverIdle(dataset)
      const worst = doubts.find(({ hopeless }) => hopeless)
      if (worst) {
        const { metric, example, effect } = worst.finding
        throw new ModelError('INVALID_DATA', `the min isolator finds no idle power of ${metric}: ${example}; ${effect}`)
      }
      const notes: string[] = []
      const powers = dataset.powers.map((column) => {
        const least = column.values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
        if (dataset.rows > 0) notes.push(`${column.name}: ${least.toFixed(3)} W is idle`)
        return { ...column, values: column.values.map((watts) => watts - least) }
      })
      return { dataset: { ...dataset, powers }, notes, findings: doubts.map(({ finding }) => finding) }
    },
  }
}
