import { novelties } from '../universal/novelty.js'
import type { NodeTypeMatch } from './match-node-type.js'

/** How a model's node type relates to the machine of the request. */
export type ModelMatch = NodeTypeMatch | FallbackMatch | UniversalMatch

/** The model is of another node type than the wanted one, because that has no model that could be served. */
export interface FallbackMatch {
  readonly how: 'fallback'
  /** The node type of the model. */
  readonly nodeType: number
  /** The node type that the request named, or that its machine spec has. */
  readonly wanted: number
}

/** The model was made for the machine, by the model of all machines. */
export interface UniversalMatch {
  readonly how: 'universal'
  /** -1: it is of no node type. */
  readonly nodeType: number
  /** What the table of machines has of it: its processor, only its family, or neither. */
  readonly known: 'processor' | 'family' | 'new'
  /** Whose watts they are: of the machine that the model server runs on, or of the one that the request describes. */
  readonly machine: 'this machine' | 'the spec'
}

const universalHeader = /^universal;node-type=(-?\d+);known=(\w+);machine=(this|spec)$/

const header = /^(\w+);node-type=(-?\d+);(?:wanted=(-?\d+)|uncertainty=([\d.e-]+);looseness=([\d.e-]+))$/
const matchKinds = ['explicit', 'exact', 'partial', 'similar'] as const

/**
 * The value of the header `x-kepler-match`: `similar;node-type=1;uncertainty=0;looseness=0.25`,
 * `fallback;node-type=258;wanted=999`, `universal;node-type=-1;known=family;machine=spec`.
 */
export function formatModelMatch(match: ModelMatch): string {
  const about = `${match.how};node-type=${match.nodeType}`
  if (match.how === 'universal') {
    return `${about};known=${match.known};machine=${match.machine === 'the spec' ? 'spec' : 'this'}`
  }
  return match.how === 'fallback'
    ? `${about};wanted=${match.wanted}`
    : `${about};uncertainty=${match.uncertainty};looseness=${match.looseness}`
}

/** Reads the header `x-kepler-match`; `undefined` when it is absent or of another server. */
export function parseModelMatch(value: string | undefined): ModelMatch | undefined {
  const universal = parseUniversalMatch(value ?? '')
  if (universal) return universal
  const [, kind, nodeType, wanted, uncertainty, looseness] = header.exec(value ?? '') ?? []
  if (wanted !== undefined) {
    return kind === 'fallback' ? { how: kind, nodeType: Number(nodeType), wanted: Number(wanted) } : undefined
  }
  const how = matchKinds.find((one) => one === kind)
  return how && { how, nodeType: Number(nodeType), uncertainty: Number(uncertainty), looseness: Number(looseness) }
}

function parseUniversalMatch(value: string): UniversalMatch | undefined {
  const [, nodeType, novelty, machine] = universalHeader.exec(value) ?? []
  const known = novelties.find((one) => one === novelty)
  return (
    known && {
      how: 'universal',
      nodeType: Number(nodeType),
      known,
      machine: machine === 'spec' ? 'the spec' : 'this machine',
    }
  )
}
