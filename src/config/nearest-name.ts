/** The name that a misspelt one most likely means: at most a third of its letters differ; `undefined` when none does. */
export function nearestName(text: string, names: readonly string[]): string | undefined {
  const allowed = Math.max(1, Math.floor(text.length / 3))
  const candidates = names.map((name) => ({ name, distance: editDistance(text.toUpperCase(), name.toUpperCase()) }))
  const [nearest] = candidates.sort((a, b) => a.distance - b.distance)
  return nearest !== undefined && nearest.distance <= allowed ? nearest.name : undefined
}

/** Insertions, deletions and replacements between two texts (Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, above[j]! + 1, row[j - 1]! + 1))
    }
    above = row
  }
  return above[b.length]!
}
