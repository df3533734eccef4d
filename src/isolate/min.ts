import type { Isolator } from './isolator.js'
import { sumContainers } from './sum-containers.js'

/** Takes the least that was ever measured from each power column: right when the node was idle at some time. */
export function minIsolator(): Isolator {
  return {
    name: 'min',
    needsContainers: false,
    isolate(input) {
      const dataset = sumContainers(input)
      const notes: string[] = []
      const powers = dataset.powers.map((column) => {
        const least = column.values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
        if (dataset.rows > 0) notes.push(`${column.name}: ${least.toFixed(3)} W is idle`)
        return { ...column, values: column.values.map((watts) => watts - least) }
      })
      return { dataset: { ...dataset, powers }, notes }
    },
  }
}
