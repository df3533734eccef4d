import { append } from '../core/multimap.js'
import { type MachineSpec, type SpecAttribute, specAttributes } from '../core/machine-spec.js'
import type { NodeTypeIndex } from '../machine/node-type-index.js'
import { type CharacterSet, characterSets, jaccard } from './character-sets.js'

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
export type NodeTypeMatcher = (spec: MachineSpec) => NodeTypeMatch | undefined

/** What a type can gain at most beside its processor. */
const beside = weightSum - weights.processor

/** Types of one processor, by their places in the index, ascending. */
interface ProcessorGroup {
  readonly processor: string | undefined
  readonly lower: string | undefined
  readonly characters: CharacterSet
  readonly places: readonly number[]
}

/**
 * Prepares an index for many specs: types stand by their processor, so that a spec is compared with each distinct one
 * once, and types of processors that cannot win are not looked at.
 */
export function nodeTypeMatcher(index: NodeTypeIndex): NodeTypeMatcher {
  const setOf = characterSets(index.map(({ spec }) => spec.processor?.toLowerCase() ?? ''))
  const groups = groupsOf(index, setOf)
  const byName = new Map(groups.map((group) => [group.processor, group]))
  /** NaN where a type does not say. */
  const column = (attribute: Exclude<SpecAttribute, 'processor'>) =>
    Float64Array.from(index, ({ spec }) => spec[attribute] ?? Number.NaN)
  const [cores, chips, memory, frequency] = [column('cores'), column('chips'), column('memory'), column('frequency')]

  function covering(spec: MachineSpec): Covering | undefined {
    const same = byName.get(spec.processor)
    const candidates = spec.processor === undefined ? groups : same ? [same] : []
    const equal = (wanted: number | undefined, ours: number) => wanted === undefined || wanted === ours
    let found: Covering | undefined
    for (const { places } of candidates) {
      for (const place of places) {
        const covers =
          equal(spec.cores, cores[place]!) &&
          equal(spec.chips, chips[place]!) &&
          equal(spec.memory, memory[place]!) &&
          equal(spec.frequency, frequency[place]!)
        if (covers) found = withPlace(found, place, index)
      }
    }
    return found
  }

  /** The type with the highest similarity, then the most members, then the lowest number. */
  function mostSimilar(spec: MachineSpec): NodeTypeMatch {
    const lower = spec.processor?.toLowerCase()
    const characters = setOf(lower ?? '')
    const processorSum = groups.map((group) =>
      group.lower === undefined || lower === undefined
        ? 0
        : // Half of what is shared, so that another processor never comes near the same one.
          weights.processor * (group.lower === lower ? 1 : 0.5 * jaccard(group.characters, characters)),
    )
    // The likeliest processors first: then the others mostly cannot win any more.
    const order = groups.map((_, place) => place).sort((a, b) => processorSum[b]! - processorSum[a]!)
    const { cores: wantedCores, chips: wantedChips, memory: wantedMemory, frequency: wantedFrequency } = spec
    let best = 0
    let bestSum = -1
    for (const at of order) {
      const start = processorSum[at]!
      if (start + beside < bestSum) break
      for (const place of groups[at]!.places) {
        const sum =
          start +
          weights.cores * alikeNumbers(cores[place]!, wantedCores) +
          weights.chips * alikeNumbers(chips[place]!, wantedChips) +
          weights.memory * alikeNumbers(memory[place]!, wantedMemory) +
          weights.frequency * alikeNumbers(frequency[place]!, wantedFrequency)
        if (sum > bestSum || (sum === bestSum && comesFirst(place, best, index))) {
          best = place
          bestSum = sum
        }
      }
    }
    return { nodeType: index[best]!.id, how: 'similar', uncertainty: 0, looseness: 1 - bestSum / weightSum }
  }

  return (spec) => {
    const missing = specAttributes.filter((attribute) => spec[attribute] === undefined)
    if (index.length === 0 || missing.length === specAttributes.length) return undefined
    const found = covering(spec)
    if (found === undefined) return mostSimilar(spec)
    if (missing.length > 0) return mostLikely(found, index)
    return { nodeType: index[found.first]!.id, how: 'exact', uncertainty: 0, looseness: 0 }
  }
}

function groupsOf(index: NodeTypeIndex, setOf: (text: string) => CharacterSet): readonly ProcessorGroup[] {
  const places = new Map<string | undefined, number[]>()
  for (const [place, { spec }] of index.entries()) {
    append(places, spec.processor, place)
  }
  return [...places].map(([processor, ofProcessor]) => {
    const lower = processor?.toLowerCase()
    return { processor, lower, characters: setOf(lower ?? ''), places: ofProcessor }
  })
}

/** The types that have every attribute which a spec has, with the same value. */
interface Covering {
  /** The place of the first. */
  readonly first: number
  /** The place of the one with the most members, the first of equals. */
  readonly likeliest: number
  readonly count: number
  readonly members: number
}

function withPlace(found: Covering | undefined, place: number, index: NodeTypeIndex): Covering {
  const { members } = index[place]!
  if (found === undefined) return { first: place, likeliest: place, count: 1, members }
  return {
    first: Math.min(found.first, place),
    likeliest: comesFirst(place, found.likeliest, index) ? place : found.likeliest,
    count: found.count + 1,
    members: found.members + members,
  }
}

/** Of equally good types the one of more machines, then the one with the lower number. */
function comesFirst(place: number, other: number, index: NodeTypeIndex): boolean {
  const more = index[place]!.members - index[other]!.members
  return more > 0 || (more === 0 && place < other)
}

/**
 * The covering type with the highest sum, over missing attributes, of members / members of all covering types: each
 * missing attribute adds the same, so it is the type with the most members.
 */
function mostLikely({ likeliest, count, members }: Covering, index: NodeTypeIndex): NodeTypeMatch {
  const type = index[likeliest]!
  const share = members === 0 ? 1 / count : type.members / members
  return { nodeType: type.id, how: 'partial', uncertainty: 1 - share, looseness: 0 }
}

/** From 0, nothing in common, to 1, equal. Attributes that either lacks add nothing. */
export function similarity(type: MachineSpec, spec: MachineSpec): number {
  const [ours, theirs] = [type.processor?.toLowerCase(), spec.processor?.toLowerCase()]
  let sum = 0
  if (ours !== undefined && theirs !== undefined) {
    const setOf = characterSets([ours, theirs])
    sum += weights.processor * (ours === theirs ? 1 : 0.5 * jaccard(setOf(ours), setOf(theirs)))
  }
  for (const attribute of ['cores', 'chips', 'memory', 'frequency'] as const) {
    sum += weights[attribute] * alikeNumbers(type[attribute] ?? Number.NaN, spec[attribute])
  }
  return sum / weightSum
}

/** From 0 to 1; 0 where either is not known. */
function alikeNumbers(ours: number, theirs: number | undefined): number {
  if (theirs === undefined || Number.isNaN(ours)) return 0
  return ours === theirs ? 1 : Math.max(0, 1 - Math.abs(ours - theirs) / ((ours + theirs) / 2))
}
