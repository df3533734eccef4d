import { ModelError } from '../../core/errors.js'
import type { ByteReader } from './byte-reader.js'
import { elementCount, isObjectDtype } from './numpy.js'
import { describe, isDtype, isNdArray, isRecord, type NdArray, type PickleValue } from './value.js'

/**
 * The array behind joblib's wrapper: its bytes stand in the stream right after the wrapper, behind some padding in newer
 * versions; an array of objects is a pickle of its own.
 */
export function readJoblibArray(wrapper: PickleValue, reader: ByteReader, nested: () => PickleValue): NdArray {
  const state = isRecord(wrapper) ? wrapper.state : undefined
  const field = (name: string): PickleValue | undefined => (state instanceof Map ? state.get(name) : undefined)
  const shape = field('shape')
  const dtype = field('dtype')
  if (!Array.isArray(shape) || !isDtype(dtype)) {
    throw new ModelError('INVALID_ARCHIVE', `an array has shape ${describe(shape)} and type ${describe(dtype)}`)
  }
  const count = elementCount(shape)
  if (isObjectDtype(dtype)) {
    const objects = nested()
    if (!isNdArray(objects)) throw new ModelError('INVALID_ARCHIVE', `an array of objects is ${describe(objects)}`)
    return objects
  }
  const alignment = field('numpy_array_alignment_bytes')
  if (alignment !== undefined && alignment !== null) reader.bytes(reader.byte())
  // The reader refuses to go past the end, so a gigabyte that is not there is never allocated.
  const data = reader.bytes(count * dtype.itemSize)
  return { kind: 'ndarray', shape: shape.map(Number), dtype, data, fortranOrder: field('order') === 'F' }
}
