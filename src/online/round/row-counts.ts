import type { FeatureGroup } from '../../core/feature-group.js'
import type { MachineData } from './datasets.js'

/** How many rows machines have, counted while each is at hand, and the time they span. */
export interface RowCounts {
  add(data: MachineData): void
  /**
   * The share of a machine's rows to keep, 0 to 1, so that all machines of its node types together have some more rows of
   * a feature group than `most`: held-out rows are among them.
   */
  share(data: MachineData, group: FeatureGroup, most: number): number
  /** Unix seconds of the first row; 0 without one. */
  from(): number
  /** Unix seconds of the last row; 0 without one. */
  until(): number
}

/** Rows that are kept for each that a model is trained on: a part is held out, and old ones may not count any more. */
const reserve = 2

export function rowCounts(): RowCounts {
  const rows = new Map<string, number>()
  const keys = new Map<MachineData, ReadonlyMap<FeatureGroup, readonly string[]>>()
  let first = Number.POSITIVE_INFINITY
  let last = 0
  return {
    add(data) {
      const own = new Map<FeatureGroup, readonly string[]>()
      for (const [group, { timestamps, nodeTypes }] of data.node) {
        const types = [...new Set(nodeTypes)].map((type) => `${data.source} ${group} ${type}`)
        own.set(group, types)
        for (const key of types) rows.set(key, (rows.get(key) ?? 0) + timestamps.length)
        first = Math.min(first, timestamps[0] ?? 0)
        last = Math.max(last, timestamps.at(-1) ?? 0)
      }
      keys.set(data, own)
    },
    share(data, group, most) {
      const types = keys.get(data)?.get(group) ?? []
      const fewest = Math.min(...types.map((key) => rows.get(key) ?? 0))
      return Math.min(1, (reserve * most) / fewest)
    },
    from: () => (Number.isFinite(first) ? first : 0),
    until: () => last,
  }
}
