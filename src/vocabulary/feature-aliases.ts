import { vocabularies } from './vocabularies.js'

const pairs = vocabularies.flatMap(({ aliases }) => Object.entries(aliases))

/** Other names of a feature: the same quantity in the same unit, as another vocabulary calls it. */
export function otherNamesOf(feature: string): readonly string[] {
  return pairs.flatMap(([a, b]) => (a === feature ? [b] : b === feature ? [a] : []))
}

/** The metrics with all other names of theirs: a model of any of them can be fed. */
export function withOtherNames(metrics: Iterable<string>): ReadonlySet<string> {
  return new Set([...metrics].flatMap((metric) => [metric, ...otherNamesOf(metric)]))
}

/** Which of `there` is a feature: its own name, else another name of it; `undefined` when none is. */
export function nameIn(feature: string, there: (name: string) => boolean): string | undefined {
  return [feature, ...otherNamesOf(feature)].find(there)
}
