import type { Labels } from '../../prometheus/labels.js'

/** Which series there are, by number in the order in which they were met. Labels are kept as text, which takes a fifth. */
export interface SeriesTable {
  idOf(metric: string, labels: Labels): number
  metricOf(id: number): string
  labelsOf(id: number): Labels
}

export function seriesTable(): SeriesTable {
  const ids = new Map<string, Map<string, number>>()
  const metrics: string[] = []
  const texts: string[] = []
  return {
    idOf(metric, labels) {
      const own = ids.get(metric) ?? new Map<string, number>()
      ids.set(metric, own)
      const text = textOf(labels)
      const known = own.get(text)
      if (known !== undefined) return known
      own.set(text, texts.length)
      metrics.push(metric)
      return texts.push(text) - 1
    },
    metricOf: (id) => metrics[id]!,
    labelsOf(id) {
      const entries: readonly string[] = JSON.parse(texts[id]!)
      // No prototype: a label may be called `constructor` or `__proto__`.
      const labels: Record<string, string> = Object.create(null)
      for (let i = 0; i < entries.length; i += 2) labels[entries[i]!] = entries[i + 1]!
      return labels
    },
  }
}

/** The same for equal labels in any order. */
function textOf(labels: Labels): string {
  const entries: string[] = []
  for (const name of Object.keys(labels).sort()) entries.push(name, labels[name]!)
  return JSON.stringify(entries)
}
