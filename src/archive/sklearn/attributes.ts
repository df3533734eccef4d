import { ModelError, quote } from '../../core/errors.js'
import { type Matrix, matrix } from '../../numeric/matrix.js'
import { toFloats, toNumber } from '../pickle/numpy.js'
import { describe, isNdArray, isRecord, type PickleRecord, type PickleValue } from '../pickle/value.js'

/** The attributes of a pickled object, read with a type and named in errors. */
export interface Attributes {
  /** Name of the class. */
  readonly type: string
  get(name: string): PickleValue | undefined
  /** Whether it is there and not None. */
  has(name: string): boolean
  number(name: string): number
  floats(name: string): Float64Array
  /** A two-dimensional array. */
  matrix(name: string): Matrix
  /** @throws ModelError `INVALID_ARCHIVE` when an attribute is there and is none of `values` */
  expect(name: string, ...values: readonly (PickleValue | undefined)[]): void
}

/** @throws ModelError `INVALID_ARCHIVE` unless it is an object with attributes */
export function attributesOf(value: PickleValue | undefined): Attributes {
  if (!isRecord(value))
    throw new ModelError('INVALID_ARCHIVE', `an object of scikit-learn was expected, not ${describe(value)}`)
  return ofRecord(value)
}

function ofRecord({ type: { name: type }, state }: PickleRecord): Attributes {
  const map = state instanceof Map ? state : new Map<PickleValue, PickleValue>()
  const label = (name: string): string => `${type}.${name}`
  return {
    type,
    get: (name) => map.get(name),
    has: (name) => (map.get(name) ?? null) !== null,
    number: (name) => toNumber(map.get(name), label(name)),
    floats(name) {
      const value = map.get(name)
      return isNdArray(value) ? toFloats(value, label(name)) : Float64Array.of(toNumber(value, label(name)))
    },
    matrix(name) {
      const value = map.get(name)
      if (!isNdArray(value) || value.shape.length !== 2) {
        throw new ModelError('INVALID_ARCHIVE', `${label(name)} is not a table`)
      }
      const [rows, cols] = [value.shape[0]!, value.shape[1]!]
      return rows === 0 ? matrix([], cols) : { rows, cols, data: toFloats(value, label(name)) }
    },
    expect(name, ...values) {
      if (!map.has(name) || values.includes(map.get(name))) return
      throw new ModelError(
        'INVALID_ARCHIVE',
        `${label(name)} is ${describe(map.get(name))}; only ${quote(values.join(' or '))} is supported`,
      )
    },
  }
}
