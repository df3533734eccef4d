import { LRUCache } from 'lru-cache'
import type { FeatureGroup } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'

/** What one machine measured with one meter, by feature group. */
export type NodeDatasets = ReadonlyMap<FeatureGroup, Dataset>

/**
 * Keeps datasets while there is room, and makes those again that had to go: few machines are read once, and many take
 * time instead of memory.
 */
export interface KeptDatasets {
  /** @param extract makes the datasets from the measurements; it gives the same each time */
  keep(datasets: NodeDatasets, extract: () => NodeDatasets): () => NodeDatasets
}

/** Bytes of datasets of all machines together, roughly. */
const defaultMaxBytes = 128 * 2 ** 20

export function keptDatasets(maxBytes = defaultMaxBytes): KeptDatasets {
  const kept = new LRUCache<object, NodeDatasets>({ maxSize: maxBytes, sizeCalculation: bytesOf })
  return {
    keep(datasets, extract) {
      const key = {}
      kept.set(key, datasets)
      return () => {
        const there = kept.get(key)
        if (there) return there
        const again = extract()
        kept.set(key, again)
        return again
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
