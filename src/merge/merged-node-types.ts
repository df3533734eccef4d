import { type MachineSpec, specAttributes } from '../core/machine-spec.js'
import { type NodeTypeIndex, parseNodeTypeMembers } from '../machine/node-type-index.js'
import { isKnown, wholeNumbers } from '../machine/spec.js'
import type { Pipeline } from '../registry/pipeline.js'

/** A node type of a merged pipeline. */
export interface MergedNodeType {
  readonly id: number
  readonly spec: MachineSpec
  readonly members: readonly string[]
}

export interface MergedNodeTypes {
  readonly types: readonly MergedNodeType[]
  /** The node type in the merged pipeline of one in a pipeline that goes into it. */
  readonly typeOf: (pipeline: Pipeline, nodeType: number) => number
  /** What could not be told, for people. */
  readonly notes: readonly string[]
}

interface GrowingType {
  readonly id: number
  readonly spec: MachineSpec
  readonly members: Set<string>
}

/**
 * One numbering for the node types of several pipelines: equal specs are one type. A type without a spec is that of another
 * pipeline only if they share a machine by its name; else it is a type of its own, since two machines that nobody described
 * may differ in anything. Numbers stay as far as they are free, those of the first pipeline always.
 */
export function mergedNodeTypes(pipelines: readonly Pipeline[]): MergedNodeTypes {
  const types: GrowingType[] = []
  const notes: string[] = []
  const numbers = new Map<Pipeline, ReadonlyMap<number, number>>()
  for (const pipeline of pipelines) {
    const own = new Map<number, number>()
    const known = types.slice()
    for (const { id, spec, members } of typesOf(pipeline)) {
      const same = known.find((type) => isSame(type, { spec, members })) ?? equalSpec(types, spec)
      const type = same ?? { id: freeNumber(types, id), spec, members: new Set<string>() }
      if (same === undefined) types.push(type)
      if (same === undefined && !isKnown(spec) && known.length > 0) {
        notes.push(`node type ${id} of ${pipeline.name} has no spec: it is type ${type.id}, and no other's`)
      }
      for (const member of members) type.members.add(member)
      own.set(id, type.id)
    }
    numbers.set(pipeline, own)
  }
  return {
    types: types.map(({ id, spec, members }) => ({ id, spec, members: [...members] })).sort((a, b) => a.id - b.id),
    typeOf: (pipeline, nodeType) => numbers.get(pipeline)?.get(nodeType) ?? nodeType,
    notes: [...notes, ...machinesOfSeveral(types)],
  }
}

/** Those of the index, and those that models are of without being in it. */
function typesOf({ store, nodeTypes, entries }: Pipeline) {
  const file = 'node_type_index.json'
  const members = store.has(file) ? parseNodeTypeMembers(Buffer.from(store.read(file)).toString('utf8')) : new Map()
  const indexed: NodeTypeIndex = nodeTypes
  const missing = [...new Set(entries.map(({ nodeType }) => nodeType))].filter(
    (id) => !indexed.some((type) => type.id === id),
  )
  return [...indexed, ...missing.map((id) => ({ id, spec: {} }))].map(({ id, spec }) => ({
    id,
    spec: wholeNumbers(spec),
    members: members.get(id) ?? [],
  }))
}

function isSame(type: GrowingType, { spec, members }: { spec: MachineSpec; members: readonly string[] }): boolean {
  if (isKnown(type.spec) || isKnown(spec)) return keyOf(type.spec) === keyOf(spec)
  return members.some((member) => type.members.has(member))
}

/** Two types of one pipeline with the same spec are one. */
function equalSpec(types: readonly GrowingType[], spec: MachineSpec): GrowingType | undefined {
  return isKnown(spec) ? types.find((type) => keyOf(type.spec) === keyOf(spec)) : undefined
}

function keyOf(spec: MachineSpec): string {
  return specAttributes.map((attribute) => String(spec[attribute] ?? '').toLowerCase()).join('\0')
}

function freeNumber(types: readonly GrowingType[], wanted: number): number {
  if (wanted >= 0 && !types.some(({ id }) => id === wanted)) return wanted
  return types.reduce((next, { id }) => Math.max(next, id + 1), 0)
}

function machinesOfSeveral(types: readonly GrowingType[]): readonly string[] {
  const members = new Set(types.flatMap((type) => [...type.members]))
  return [...members].flatMap((member) => {
    const own = types.filter((type) => type.members.has(member))
    if (own.length < 2) return []
    const told = own.map(({ id, spec }) => `type ${id} ${JSON.stringify(spec)}`).join(', ')
    return [`machine ${member} has several specs: ${told}`]
  })
}
