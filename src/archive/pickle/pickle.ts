import type { Matrix } from '../../numeric/matrix.js'
import { Opcode } from './opcodes.js'
import type { GlobalReference } from './value.js'

/**
 * What can be pickled: a `number` becomes a float, a `bigint` an integer, a typed array or a matrix a numpy array, a list
 * a tuple.
 */
export type Picklable =
  | null
  | boolean
  | string
  | number
  | bigint
  | Float64Array
  | Int32Array
  | Matrix
  | GlobalReference
  | PickledObject
  | EmptyDictionary
  | readonly Picklable[]

/** An object as `copyreg` pickles it: made by `__new__` without arguments, then given its `__dict__`. */
export interface PickledObject {
  readonly kind: 'object'
  readonly type: GlobalReference
  readonly state: Readonly<Record<string, Picklable>>
}

interface EmptyDictionary {
  readonly kind: 'dictionary'
}

export const emptyDictionary: EmptyDictionary = Object.freeze({ kind: 'dictionary' })

export function globalReference(module: string, name: string): GlobalReference {
  return { kind: 'global', module, name }
}

const protocol = 4

/** A pickle of protocol 4 without frames and memo; the same value gives the same bytes. */
export function pickle(value: Picklable): Buffer {
  const parts: Uint8Array[] = [Uint8Array.of(Opcode.PROTO, protocol)]
  save(value)
  parts.push(Uint8Array.of(Opcode.STOP))
  return Buffer.concat(parts)

  function op(code: number, ...rest: readonly Uint8Array[]): void {
    parts.push(Uint8Array.of(code), ...rest)
  }

  function save(item: Picklable): void {
    if (item === null) op(Opcode.NONE)
    else if (typeof item === 'boolean') op(item ? Opcode.NEWTRUE : Opcode.NEWFALSE)
    else if (typeof item === 'number') op(Opcode.BINFLOAT, float64(item))
    else if (typeof item === 'bigint') op(Opcode.BININT, int32(Number(item)))
    else if (typeof item === 'string') sized(Opcode.BINUNICODE, Buffer.from(item))
    else if (item instanceof Float64Array) saveArray('f8', [item.length], item)
    else if (item instanceof Int32Array) saveArray('i4', [item.length], item)
    else if ('rows' in item) saveArray('f8', [item.rows, item.cols], item.data)
    else if (!('kind' in item)) saveTuple(item)
    else if (item.kind === 'global') saveGlobal(item)
    else if (item.kind === 'object') saveObject(item)
    else op(Opcode.EMPTY_DICT)
  }

  function saveObject({ type, state }: PickledObject): void {
    saveGlobal(type)
    op(Opcode.EMPTY_TUPLE)
    op(Opcode.NEWOBJ)
    op(Opcode.EMPTY_DICT)
    op(Opcode.MARK)
    for (const [name, attribute] of Object.entries(state)) {
      save(name)
      save(attribute)
    }
    op(Opcode.SETITEMS)
    op(Opcode.BUILD)
  }

  /** As numpy pickles an array: an empty one, and its state (version, shape, dtype, Fortran order, bytes). */
  function saveArray(code: 'f8' | 'i4', shape: readonly number[], data: Float64Array | Int32Array): void {
    call(globalReference('numpy.core.multiarray', '_reconstruct'), () => {
      saveGlobal(globalReference('numpy', 'ndarray'))
      saveTuple([0n])
      sized(Opcode.BINBYTES, Buffer.from('b'))
    })
    op(Opcode.MARK)
    save(1n)
    saveTuple(shape.map(BigInt))
    call(globalReference('numpy', 'dtype'), () => {
      save(code)
      save(false)
      save(true)
    })
    saveTuple([3n, '<', null, null, null, -1n, -1n, 0n])
    op(Opcode.BUILD)
    save(false)
    sized(Opcode.BINBYTES, littleEndian(data))
    op(Opcode.TUPLE)
    op(Opcode.BUILD)
  }

  function call(callable: GlobalReference, saveArguments: () => void): void {
    saveGlobal(callable)
    op(Opcode.MARK)
    saveArguments()
    op(Opcode.TUPLE)
    op(Opcode.REDUCE)
  }

  function saveTuple(items: readonly Picklable[]): void {
    op(Opcode.MARK)
    for (const item of items) save(item)
    op(Opcode.TUPLE)
  }

  function saveGlobal({ module, name }: GlobalReference): void {
    op(Opcode.GLOBAL, Buffer.from(`${module}\n${name}\n`))
  }

  function sized(code: number, bytes: Buffer): void {
    const length = Buffer.alloc(4)
    length.writeUInt32LE(bytes.length)
    op(code, length, bytes)
  }
}

function float64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

function littleEndian(data: Float64Array | Int32Array): Buffer {
  const bytes = Buffer.alloc(data.byteLength)
  data.forEach((value, i) => {
    if (data instanceof Int32Array) bytes.writeInt32LE(value, 4 * i)
    else bytes.writeDoubleLE(value, 8 * i)
  })
  return bytes
}
