/** A class or function that a pickle names. It is a name and nothing more: there is no code behind it. */
export interface GlobalReference {
  readonly kind: 'global'
  readonly module: string
  readonly name: string
}

/** An object of an allowed class: what it was made with and the state that it was given. Never an instance of anything. */
export interface PickleRecord {
  readonly kind: 'record'
  readonly type: GlobalReference
  readonly args: readonly PickleValue[]
  state: PickleValue | undefined
}

/** A numpy dtype: a plain number type such as `f8`, a structure of fields, or `O` for Python objects. */
export interface Dtype {
  readonly kind: 'dtype'
  /** Letter and size in bytes, e.g. `f8`, `i4`, `V64`, `O8`. */
  readonly code: string
  bigEndian: boolean
  fields: ReadonlyMap<string, { readonly dtype: Dtype; readonly offset: number }> | undefined
  itemSize: number
}

export interface NdArray {
  readonly kind: 'ndarray'
  shape: readonly number[]
  dtype: Dtype
  /** The bytes as they stand in the file, or the objects of an `O` array. */
  data: Uint8Array | readonly PickleValue[]
  fortranOrder: boolean
}

/** What a pickle can hold. Lists and tuples are arrays; dictionaries are maps, so that no key can be special. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | GlobalReference
  | PickleRecord
  | Dtype
  | NdArray

type Tagged = GlobalReference | PickleRecord | Dtype | NdArray

function isTagged(value: PickleValue | undefined): value is Tagged {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Map) &&
    !(value instanceof Set) &&
    !(value instanceof Uint8Array)
  )
}

export function isGlobal(value: PickleValue | undefined): value is GlobalReference {
  return isTagged(value) && value.kind === 'global'
}

export function isRecord(value: PickleValue | undefined): value is PickleRecord {
  return isTagged(value) && value.kind === 'record'
}

export function isDtype(value: PickleValue | undefined): value is Dtype {
  return isTagged(value) && value.kind === 'dtype'
}

export function isNdArray(value: PickleValue | undefined): value is NdArray {
  return isTagged(value) && value.kind === 'ndarray'
}

/** A short name of a value for messages. */
export function describe(value: PickleValue | undefined): string {
  if (value === null || value === undefined) return 'None'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Map) return 'a dictionary'
  if (value instanceof Set) return 'a set'
  if (value instanceof Uint8Array) return 'bytes'
  if (!isTagged(value)) return `the ${typeof value} ${String(value).slice(0, 40)}`
  if (value.kind === 'global') return `${value.module}.${value.name}`
  return value.kind === 'record' ? `a ${value.type.name}` : `a numpy ${value.kind}`
}
