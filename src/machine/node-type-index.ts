import * as z from 'zod'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { machineSpecSchema } from './spec.js'

/** A kind of machine that a pipeline has models of. */
export interface NodeType {
  readonly id: number
  readonly spec: MachineSpec
  /** How many machines were measured. */
  readonly members: number
}

/** Node types in ascending order of their number. */
export type NodeTypeIndex = readonly NodeType[]

const mostTypes = 100_000
const fileShape = z.record(
  z.string(),
  z.object({ attrs: machineSpecSchema.nullish(), members: z.array(z.unknown()).nullish() }),
)

/**
 * Reads a pipeline's `node_type_index.json`: `{"0": {"attrs": {...}, "members": [...]}}`.
 *
 * @throws ModelError `INVALID_ARCHIVE` when it is no such document
 */
export function parseNodeTypeIndex(text: string): NodeTypeIndex {
  return entriesOf(text).map(({ id, spec, members }) => ({ id, spec, members: members.length }))
}

/** The names of the machines of each node type, as they stand in `node_type_index.json`. @throws as {@link parseNodeTypeIndex} */
export function parseNodeTypeMembers(text: string): ReadonlyMap<number, readonly string[]> {
  return new Map(entriesOf(text).map(({ id, members }) => [id, members.filter((member) => typeof member === 'string')]))
}

function entriesOf(text: string) {
  const parsed = fileShape.safeParse(parseJson(text))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ModelError('INVALID_ARCHIVE', `node_type_index.json, ${path.map(String).join('.')}: ${message}`)
  }
  const entries = Object.entries(parsed.data)
  if (entries.length > mostTypes) {
    throw new ModelError('LIMIT_EXCEEDED', `node_type_index.json has ${entries.length} types, at most ${mostTypes}`)
  }
  return entries
    .map(([key, { attrs, members }]) => ({ id: nodeTypeId(key), spec: attrs ?? {}, members: members ?? [] }))
    .sort((a, b) => a.id - b.id)
}

function nodeTypeId(key: string): number {
  if (/^\d{1,9}$/.test(key)) return Number(key)
  throw new ModelError('INVALID_ARCHIVE', `node_type_index.json: ${quote(key)} is not a node type`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ModelError('INVALID_ARCHIVE', `node_type_index.json is not JSON: ${messageOf(error)}`, { cause: error })
  }
}
