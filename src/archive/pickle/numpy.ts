import { ModelError, quote } from '../../core/errors.js'
import { type Dtype, describe, isDtype, isNdArray, type NdArray, type PickleValue } from './value.js'

/** Readers of one number at a place, by dtype code. */
const readers: Readonly<Record<string, (view: DataView, at: number, little: boolean) => number>> = {
  f8: (view, at, little) => view.getFloat64(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  b1: (view, at) => view.getUint8(at),
}

/** `numpy.dtype(code, align, copy)`; fields and byte order come with its state. */
export function makeDtype(code: PickleValue | undefined): Dtype {
  if (typeof code !== 'string' || !/^[a-zA-Z]\d{0,6}$/.test(code)) {
    throw invalid(`${describe(code)} is not a dtype`)
  }
  return { kind: 'dtype', code, bigEndian: false, fields: undefined, itemSize: Number(code.slice(1)) || 1 }
}

/** The state of a dtype: (version, byte order, subarray, names, fields, item size, alignment, flags). */
export function setDtypeState(dtype: Dtype, state: PickleValue): void {
  if (!Array.isArray(state) || state.length < 5) throw invalid('a dtype has no usable state')
  dtype.bigEndian = state[1] === '>'
  const fields = state[4]
  if (!(fields instanceof Map)) return
  const parsed = new Map<string, { dtype: Dtype; offset: number }>()
  for (const [name, value] of fields) {
    const [type, offset] = Array.isArray(value) ? value : []
    if (typeof name !== 'string' || !isDtype(type) || typeof offset !== 'number') {
      throw invalid(`field ${describe(name)} of a structured array is not understood`)
    }
    parsed.set(name, { dtype: type, offset })
  }
  dtype.fields = parsed
  if (typeof state[5] === 'number' && state[5] > 0) dtype.itemSize = state[5]
}

export function isObjectDtype(dtype: Dtype): boolean {
  return dtype.code.startsWith('O')
}

/** The number of elements, checked to be a sane shape. */
export function elementCount(shape: readonly PickleValue[]): number {
  let count = 1
  for (const length of shape) {
    if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) {
      throw invalid(`${describe(length)} is not a length of an array`)
    }
    count *= length
  }
  if (!Number.isSafeInteger(count)) throw invalid(`an array claims ${count} elements`)
  return count
}

/**
 * All elements as doubles, row after row; also of an object array of numbers.
 *
 * @throws ModelError `INVALID_ARCHIVE` when it is no array of numbers
 */
export function toFloats(array: PickleValue | undefined, what: string): Float64Array {
  if (!isNdArray(array)) throw invalid(`${what} is ${describe(array)}, not an array`)
  const { dtype, data, shape, fortranOrder } = array
  const count = elementCount(shape)
  const flat =
    data instanceof Uint8Array
      ? readNumbers(data, dtype, 0, dtype.itemSize, count, what)
      : objectNumbers(data, count, what)
  return fortranOrder && shape.length === 2 ? transpose(flat, shape[1]!, shape[0]!) : flat
}

/** One field of a structured array as doubles, or `undefined` where the structure has no such field. */
export function fieldFloats(array: NdArray, field: string): Float64Array | undefined {
  const place = array.dtype.fields?.get(field)
  if (!place || !(array.data instanceof Uint8Array)) return undefined
  const count = elementCount(array.shape)
  return readNumbers(array.data, place.dtype, place.offset, array.dtype.itemSize, count, `field ${field}`)
}

/** A number, a numpy scalar or an array of one element. */
export function toNumber(value: PickleValue | undefined, what: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  if (isNdArray(value)) {
    const numbers = toFloats(value, what)
    if (numbers.length === 1) return numbers[0]!
  }
  throw invalid(`${what} is ${describe(value)}, not a number`)
}

/** `numpy.core.multiarray.scalar(dtype, bytes)` */
export function scalarValue(dtype: PickleValue | undefined, bytes: PickleValue | undefined): number | string {
  if (!isDtype(dtype) || !(bytes instanceof Uint8Array)) throw invalid(`${describe(bytes)} is not a numpy scalar`)
  if (dtype.code.startsWith('U') || dtype.code.startsWith('S')) return Buffer.from(bytes).toString('latin1')
  return readNumbers(bytes, dtype, 0, dtype.itemSize, 1, 'a scalar')[0]!
}

function objectNumbers(values: readonly PickleValue[], count: number, what: string): Float64Array {
  if (values.length !== count) throw invalid(`${what} claims ${count} elements, but has ${values.length}`)
  return Float64Array.from(values, (value) => {
    if (typeof value === 'number') return value
    throw invalid(`${what} holds ${describe(value)}, not a number`)
  })
}

/** Nothing is allocated for numbers that are not there, whatever the shape claims. */
function readNumbers(
  bytes: Uint8Array,
  dtype: Dtype,
  start: number,
  stride: number,
  count: number,
  what: string,
): Float64Array {
  const read = Object.hasOwn(readers, dtype.code) ? readers[dtype.code] : undefined
  if (!read) throw invalid(`${what} has elements of type ${quote(dtype.code)}, not numbers`)
  if (count > 0 && (start < 0 || start + (count - 1) * stride + Number(dtype.code.slice(1)) > bytes.length)) {
    throw invalid(`${what} claims ${count} elements, but has ${bytes.length} bytes`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const result = new Float64Array(count)
  for (let i = 0, at = start; i < count; i++, at += stride) result[i] = read(view, at, !dtype.bigEndian)
  return result
}

/** The row-major copy of a column-major array of `rows` by `cols`, as it is laid out. */
function transpose(flat: Float64Array, rows: number, cols: number): Float64Array {
  const result = new Float64Array(flat.length)
  for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) result[j * rows + i] = flat[i * cols + j]!
  return result
}

function invalid(message: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', message)
}
