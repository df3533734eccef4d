import type { RawFeatures } from './features.js'

/** How much of a machine the table has seen: its processor, only its family, or neither. */
export type Novelty = 'processor' | 'family' | 'new'
export const novelties: readonly Novelty[] = ['processor', 'family', 'new']

/** Tells how new machines are to those of a table. */
export function noveltyOf(table: readonly RawFeatures[]): (machine: RawFeatures) => Novelty {
  const groups = new Set(table.map(({ categories }) => categories.group))
  const families = new Set(table.map(({ categories }) => categories.family))
  return ({ categories: { group, family } }) => {
    if (group !== undefined && groups.has(group)) return 'processor'
    return family !== undefined && families.has(family) ? 'family' : 'new'
  }
}

/** The group that is left out of the table to see how a machine of this novelty would be judged. */
export function leftOutGroups(table: readonly RawFeatures[], novelty: Novelty): readonly string[] {
  return table.map(({ categories }, i) => {
    if (novelty === 'processor') return String(i)
    return (novelty === 'family' ? categories.group : categories.family) ?? '?'
  })
}
