import { type MachineSpec, type SpecAttribute, specAttributes } from '../../src/core/machine-spec.js'
import type { NodeTypeIndex } from '../../src/machine/node-type-index.js'

const weights: Readonly<Record<SpecAttribute, number>> = {
  processor: 5,
  cores: 1,
  chips: 1,
  memory: 0.5,
  frequency: 0.5,
}

/** What `nodeTypeMatcher` says, found by comparing a spec with every type. */
export function comparedWithAll(index: NodeTypeIndex, wanted: MachineSpec) {
  const known = specAttributes.filter((attribute) => wanted[attribute] !== undefined)
  if (known.length === 0) return undefined
  const covering = index.filter((type) => known.every((attribute) => type.spec[attribute] === wanted[attribute]))
  if (covering.length > 0 && known.length === specAttributes.length) {
    return { nodeType: covering[0]!.id, how: 'exact', uncertainty: 0, looseness: 0 }
  }
  if (covering.length > 0) {
    const all = covering.reduce((sum, { members }) => sum + members, 0)
    const likeliest = covering.reduce((a, b) => (b.members > a.members ? b : a))
    const share = all === 0 ? 1 / covering.length : likeliest.members / all
    return { nodeType: likeliest.id, how: 'partial', uncertainty: 1 - share, looseness: 0 }
  }
  const scored = index.map((type) => ({ ...type, score: plainSimilarity(type.spec, wanted) }))
  const best = scored.reduce((a, b) => (b.score > a.score || (b.score === a.score && b.members > a.members) ? b : a))
  return { nodeType: best.id, how: 'similar', uncertainty: 0, looseness: 1 - best.score }
}

function plainSimilarity(type: MachineSpec, wanted: MachineSpec): number {
  let sum = 0
  for (const attribute of specAttributes) {
    const [a, b] = [type[attribute], wanted[attribute]]
    if (a === undefined || b === undefined) continue
    sum +=
      weights[attribute] * (typeof a === 'number' && typeof b === 'number' ? alike(a, b) : alikeTexts(`${a}`, `${b}`))
  }
  return sum / 8
}

function alike(a: number, b: number): number {
  return Math.max(0, 1 - Math.abs(a - b) / ((a + b) / 2))
}

function alikeTexts(a: string, b: string): number {
  const [ours, theirs] = [new Set(a.toLowerCase()), new Set(b.toLowerCase())]
  if (a.toLowerCase() === b.toLowerCase()) return 1
  const shared = [...ours].filter((character) => theirs.has(character)).length
  return (0.5 * shared) / (ours.size + theirs.size - shared)
}
