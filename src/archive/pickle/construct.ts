import { ModelError } from '../../core/errors.js'
import { treatmentOf } from './allowed.js'
import { makeDtype, scalarValue, setDtypeState } from './numpy.js'
import {
  describe,
  type GlobalReference,
  isDtype,
  isGlobal,
  isNdArray,
  isRecord,
  type NdArray,
  type PickleValue,
} from './value.js'

/** Told of every byte that is made and not only referred to; throws when it is too much. */
export type Allocate = (bytes: number) => void

/** What stands for `callable(*args)`: a record, an array or a number, made by us. Nothing of the pickle is called. */
export function construct(
  callable: PickleValue | undefined,
  args: readonly PickleValue[],
  allocate: Allocate,
): PickleValue {
  if (!isGlobal(callable)) throw refuse(`calling ${describe(callable)}`)
  switch (treatmentOf(callable)) {
    case 'record':
    case 'joblibArray':
      return { kind: 'record', type: callable, args, state: undefined }
    case 'dtype':
      return makeDtype(args[0])
    case 'ndarray':
    case 'reconstructArray':
      return emptyArray()
    case 'scalar':
      return scalarValue(args[0], args[1])
    case 'frombuffer':
      return arrayOfBuffer(args)
    case 'reconstructor':
      if (!isGlobal(args[0])) throw refuse(`making ${describe(args[0])}`)
      return construct(args[0], [], allocate)
    case 'encode':
      return encode(args[0], allocate)
    case 'name':
      throw refuse(`calling ${describe(callable)}`)
  }
}

/** What stands for `object.__setstate__(state)` */
export function setState(object: PickleValue | undefined, state: PickleValue): void {
  if (isRecord(object)) object.state = state
  else if (isDtype(object)) setDtypeState(object, state)
  else if (isNdArray(object)) setArrayState(object, state)
  else throw refuse(`giving a state to ${describe(object)}`)
}

/** Whether joblib's raw bytes of an array stand in the stream after this object. */
export function isJoblibArray(object: PickleValue | undefined): boolean {
  return isRecord(object) && treatmentOf(object.type) === 'joblibArray'
}

/** @throws ModelError `INVALID_ARCHIVE` unless it is allowed */
export function reference(module: PickleValue | undefined, name: PickleValue | undefined): GlobalReference {
  if (typeof module !== 'string' || typeof name !== 'string')
    throw refuse(`naming ${describe(name)} of ${describe(module)}`)
  const global: GlobalReference = { kind: 'global', module, name }
  treatmentOf(global)
  return global
}

function emptyArray(): NdArray {
  return { kind: 'ndarray', shape: [0], dtype: makeDtype('f8'), data: new Uint8Array(0), fortranOrder: false }
}

/** The state of an array: (version, shape, dtype, Fortran order, bytes or list of objects). */
function setArrayState(array: NdArray, state: PickleValue): void {
  const [, shape, dtype, fortranOrder, data] = Array.isArray(state) ? state : []
  if (!isShape(shape) || !isDtype(dtype) || !(data instanceof Uint8Array || Array.isArray(data))) {
    throw refuse('an array without a usable state')
  }
  array.shape = shape
  array.dtype = dtype
  array.fortranOrder = fortranOrder === true
  array.data = data
}

/** `_frombuffer(bytes, dtype, shape, order)` of pickle protocol 5. */
function arrayOfBuffer([data, dtype, shape, order]: readonly PickleValue[]): NdArray {
  if (!(data instanceof Uint8Array) || !isDtype(dtype) || !isShape(shape))
    throw refuse('an array without a usable buffer')
  return { kind: 'ndarray', shape, dtype, data, fortranOrder: order === 'F' }
}

function isShape(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && Number(length) >= 0)
}

/** `_codecs.encode(text, 'latin1')`: how protocol 2 writes bytes. */
function encode(text: PickleValue | undefined, allocate: Allocate): Uint8Array {
  if (typeof text !== 'string') throw refuse(`encoding ${describe(text)}`)
  allocate(text.length)
  return Buffer.from(text, 'latin1')
}

function refuse(what: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `the pickle wants ${what}, which no model needs; refused`)
}
