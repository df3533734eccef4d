import type { FeatureGroup } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'

/** What one machine measured with one meter, by feature group. */
export type NodeDatasets = ReadonlyMap<FeatureGroup, Dataset>

/**
 * Keeps the first datasets while there is room, and the last ones; others are made again: few machines are read once, and
 * many take time instead of memory. A round goes through all machines in the same order twice, so what was used least
 * recently is what is needed next.
 */
export interface KeptDatasets {
  /** @param extract makes the datasets from the measurements; it gives the same each time */
  keep(datasets: NodeDatasets, extract: () => NodeDatasets): () => NodeDatasets
}

/** @param maxBytes of the datasets of all machines together, roughly */
export function keptDatasets(maxBytes: number): KeptDatasets {
  const last = lastDatasets()
  let bytes = 0
  return {
    keep(datasets, extract) {
      const own = bytesOf(datasets)
      if (bytes + own > maxBytes) return last.keep(datasets, extract)
      bytes += own
      return () => datasets
    },
  }
}

/** Keeps those that were used last. A function of its own: closures that are made side by side keep what any of them uses. */
function lastDatasets(): KeptDatasets {
  let last: { readonly key: object; readonly datasets: NodeDatasets } | undefined
  const get = (key: object, extract: () => NodeDatasets) => {
    if (last?.key !== key) {
      // What was there before may go before more is made.
      last = undefined
      last = { key, datasets: extract() }
    }
    return last.datasets
  }
  return {
    keep(datasets, extract) {
      const key = {}
      last = { key, datasets }
      return () => get(key, extract)
    },
  }
}

function bytesOf(datasets: NodeDatasets): number {
  let columns = 1
  for (const { rows, features, powers, ratios } of datasets.values()) {
    columns += rows * (features.length + powers.length + ratios.length + 2)
  }
  return 8 * columns
}
