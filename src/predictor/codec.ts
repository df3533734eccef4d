import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import type { Matrix } from '../numeric/matrix.js'

/** Whatever names its own kind: a predictor or a transformer. */
interface Kinded {
  readonly kind: string
}

/** How one kind of predictor or transformer becomes plain JSON and comes back. */
export interface CodecDefinition<T extends Kinded, S extends z.ZodObject> {
  readonly kind: T['kind']
  /** The numbers that its arithmetic needs, at full precision. */
  readonly schema: S
  /** @throws ModelError `INVALID_ARCHIVE` or `SHAPE_MISMATCH` when the numbers do not belong together */
  readonly read: (fields: z.output<S>) => T
  readonly write: (value: T) => z.input<S>
}

/** A {@link CodecDefinition} whose field types are hidden, so that codecs of all kinds can stand in one table. */
export interface Codec<T extends Kinded> {
  readonly kind: T['kind']
  /** @throws ModelError `INVALID_ARCHIVE` naming the field that is wrong */
  read(document: unknown): T
  /** The fields of `value`; undefined when it is of another kind. */
  write(value: Kinded): object | undefined
}

export function codec<T extends Kinded, S extends z.ZodObject>(definition: CodecDefinition<T, S>): Codec<T> {
  const { kind, schema, read, write } = definition
  const isOfKind = (value: Kinded): value is T => value.kind === kind
  return {
    kind,
    read(document) {
      const parsed = schema.safeParse(document)
      if (parsed.success) return read(parsed.data)
      const { path, message } = parsed.error.issues[0]!
      throw new ModelError('INVALID_ARCHIVE', `${path.map(String).join('.') || 'document'}: ${message}`)
    },
    write: (value) => (isOfKind(value) ? write(value) : undefined),
  }
}

/** A list of doubles. */
export const numbers = z.array(z.number()).transform((values) => Float64Array.from(values))
/** A list of 32-bit integers. */
export const integers = z.array(z.number().int()).transform((values) => Int32Array.from(values))
/** How many columns, trees or neighbours there are. */
export const count = z.number().int().min(1).max(1000)
/** A matrix, row after row: `{cols, data}`. */
export const table = z
  .object({ cols: count, data: numbers })
  .transform(({ cols, data }): Matrix => ({ rows: Math.floor(data.length / cols), cols, data }))

export function tableOf({ cols, data }: Matrix): z.input<typeof table> {
  return { cols, data: [...data] }
}
