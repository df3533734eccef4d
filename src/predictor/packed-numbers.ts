import * as z from 'zod'

/**
 * Numbers as base64 of a typed array, little-endian: `{dtype, data}` with NumPy's names of types. A tenth of the size and
 * of the reading time of decimals. `packNumbers` takes the smallest type that holds every value exactly.
 */
const dtypes = {
  uint8: { bytes: 1, read: (view: DataView, at: number) => view.getUint8(at) },
  uint16: { bytes: 2, read: (view: DataView, at: number) => view.getUint16(at, true) },
  int32: { bytes: 4, read: (view: DataView, at: number) => view.getInt32(at, true) },
  float32: { bytes: 4, read: (view: DataView, at: number) => view.getFloat32(at, true) },
  float64: { bytes: 8, read: (view: DataView, at: number) => view.getFloat64(at, true) },
} as const
type Dtype = keyof typeof dtypes

export interface PackedNumbers {
  readonly dtype: Dtype
  readonly data: string
}

const writers: { readonly [D in Dtype]: (view: DataView, at: number, value: number) => void } = {
  uint8: (view, at, value) => view.setUint8(at, value),
  uint16: (view, at, value) => view.setUint16(at, value, true),
  int32: (view, at, value) => view.setInt32(at, value, true),
  float32: (view, at, value) => view.setFloat32(at, value, true),
  float64: (view, at, value) => view.setFloat64(at, value, true),
}

export function packNumbers(values: ArrayLike<number>): PackedNumbers {
  const dtype = smallestDtype(values)
  const { bytes } = dtypes[dtype]
  const view = new DataView(new ArrayBuffer(values.length * bytes))
  for (let i = 0; i < values.length; i++) writers[dtype](view, i * bytes, values[i]!)
  return { dtype, data: Buffer.from(view.buffer).toString('base64') }
}

function smallestDtype(values: ArrayLike<number>): Dtype {
  let least = 0
  let most = 0
  let whole = true
  let short = true
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    // -0 is no whole number here: integers would lose its sign.
    whole &&= Number.isInteger(value) && !Object.is(value, -0)
    short &&= Math.fround(value) === value
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (whole && least >= 0 && most <= 0xff) return 'uint8'
  if (whole && least >= 0 && most <= 0xffff) return 'uint16'
  if (whole && least >= -(2 ** 31) && most < 2 ** 31) return 'int32'
  return short ? 'float32' : 'float64'
}

/** Reads what {@link packNumbers} wrote, at most `most` numbers, all of them finite. */
export function packedNumbers(most: number) {
  return z
    .object({ dtype: z.enum(['uint8', 'uint16', 'int32', 'float32', 'float64']), data: z.string() })
    .transform(({ dtype, data }, context): Float64Array => {
      const { bytes, read } = dtypes[dtype]
      const buffer = Buffer.from(data, 'base64')
      // Node skips what is no base64; what it read must give the text back.
      if (buffer.toString('base64') !== data) {
        context.addIssue('it is not base64')
        return z.NEVER
      }
      const count = buffer.length / bytes
      if (!Number.isInteger(count) || count > most) {
        context.addIssue(`${buffer.length} bytes are not up to ${most} numbers of type ${dtype}`)
        return z.NEVER
      }
      const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
      const values = Float64Array.from({ length: count }, (_, i) => read(view, i * bytes))
      const odd = values.findIndex((value) => !Number.isFinite(value))
      if (odd < 0) return values
      context.addIssue(`number ${odd} is ${values[odd]}`)
      return z.NEVER
    })
}
