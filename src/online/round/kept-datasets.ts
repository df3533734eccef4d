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
  let bytes = 0
  let last: { readonly key: object; readonly datasets: NodeDatasets } | undefined
  return {
    keep(datasets, extract) {
      const own = bytesOf(datasets)
      if (bytes + own <= maxBytes) {
        bytes += own
        return () => datasets
      }
      const key = {}
      last = { key, datasets }
      return () => {
        if (last?.key !== key) {
          // What was there before may go before more is made.
          last = undefined
          last = { key, datasets: extract() }
        }
        return last.datasets
      }
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
