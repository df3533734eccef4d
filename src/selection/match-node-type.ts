import { type MachineSpec, type SpecAttribute, specAttributes } from '../core/machine-spec.js'
import type { NodeType, NodeTypeIndex } from '../machine/node-type-index.js'

/**
 * The node type that a machine counts as.
 *
 * - `explicit`: the request named it
 * - `exact`: all five attributes are known and equal
 * - `partial`: all known attributes are equal; of several such types, the one with the most members
 * - `similar`: no type has equal attributes; this one is the most similar
 */
export interface NodeTypeMatch {
  readonly nodeType: number
  readonly how: 'explicit' | 'exact' | 'partial' | 'similar'
  /** Share of the machines it could also be, 0 to 1: not 0 only when the match is partial. */
  readonly uncertainty: number
  /** 1 - similarity, 0 to 1: not 0 only when the match is by similarity. */
  readonly looseness: number
}

/** How much each attribute says about a machine's power; they are divided by their sum. */
const weights: Readonly<Record<SpecAttribute, number>> = {
  processor: 5,
  cores: 1,
  chips: 1,
  memory: 0.5,
  frequency: 0.5,
}
const weightSum = specAttributes.reduce((sum, attribute) => sum + weights[attribute], 0)

/** The match of a request that names its node type. */
export function explicitMatch(nodeType: number): NodeTypeMatch {
  return { nodeType, how: 'explicit', uncertainty: 0, looseness: 0 }
}

/** Finds the node type of a spec; `undefined` when the index is empty or the spec says nothing. */
export function matchNodeType(index: NodeTypeIndex, spec: MachineSpec): NodeTypeMatch | undefined {
  const missing = specAttributes.filter((attribute) => spec[attribute] === undefined)
  if (index.length === 0 || missing.length === specAttributes.length) return undefined
  const covering = index.filter((type) => covers(type.spec, spec))
  if (covering.length === 0) return mostSimilar(index, spec)
  return missing.length === 0
    ? { nodeType: covering[0]!.id, how: 'exact', uncertainty: 0, looseness: 0 }
    : mostLikely(covering)
}

/** Whether a type has every attribute that the spec has, with the same value. */
function covers(type: MachineSpec, spec: MachineSpec): boolean {
  return specAttributes.every((attribute) => spec[attribute] === undefined || spec[attribute] === type[attribute])
}

/**
 * The covering type with the highest sum, over missing attributes, of members / members of all covering types: each
 * missing attribute adds the same, so it is the type with the most members. The first of equals.
 */
function mostLikely(covering: NodeTypeIndex): NodeTypeMatch {
  const all = covering.reduce((sum, { members }) => sum + members, 0)
  const likeliest = covering.reduce((best, type) => (type.members > best.members ? type : best))
  const share = all === 0 ? 1 / covering.length : likeliest.members / all
  return { nodeType: likeliest.id, how: 'partial', uncertainty: 1 - share, looseness: 0 }
}

/** The type with the highest similarity, then the most members, then the lowest number. */
function mostSimilar(index: NodeTypeIndex, spec: MachineSpec): NodeTypeMatch {
  let best: NodeType = index[0]!
  let bestSimilarity = -1
  for (const type of index) {
    const candidate = similarity(type.spec, spec)
    if (candidate > bestSimilarity || (candidate === bestSimilarity && type.members > best.members)) {
      best = type
      bestSimilarity = candidate
    }
  }
  return { nodeType: best.id, how: 'similar', uncertainty: 0, looseness: 1 - bestSimilarity }
}

/** From 0, nothing in common, to 1, equal. Attributes that either lacks add nothing. */
export function similarity(type: MachineSpec, spec: MachineSpec): number {
  let sum = 0
  for (const attribute of specAttributes) {
    const ours = type[attribute]
    const theirs = spec[attribute]
    if (ours === undefined || theirs === undefined) continue
    const alike =
      typeof ours === 'string' || typeof theirs === 'string'
        ? alikeNames(String(ours), String(theirs))
        : alikeNumbers(ours, theirs)
    sum += weights[attribute] * alike
  }
  return sum / weightSum
}

function alikeNumbers(a: number, b: number): number {
  return a === b ? 1 : Math.max(0, 1 - Math.abs(a - b) / ((a + b) / 2))
}

/** Half the Jaccard similarity of the sets of characters, so that another processor never comes near the same one. */
function alikeNames(a: string, b: string): number {
  const ours = new Set(a.toLowerCase())
  const theirs = new Set(b.toLowerCase())
  if (a.toLowerCase() === b.toLowerCase()) return 1
  let shared = 0
  for (const character of ours) if (theirs.has(character)) shared += 1
  return (0.5 * shared) / (ours.size + theirs.size - shared)
}
