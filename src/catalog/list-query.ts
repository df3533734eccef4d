import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { invalidRequest } from '../selection/request-fields.js'
import type { SortedPart } from './sorted-part.js'

const mostRows = 1000
const usualRows = 100

const text = z.string({ error: 'expected one value' }).max(1024).optional()

const wholeNumber = (least: number, most: number) =>
  z
    .string({ error: 'expected one value' })
    .optional()
    .transform((value, context) => {
      if (value === undefined || value === '') return undefined
      const number = Number(value)
      if (/^\d{1,9}$/.test(value) && number >= least && number <= most) return number
      context.addIssue({ code: 'custom', message: `expected a whole number from ${least} to ${most}` })
      return z.NEVER
    })

const part = {
  sort: text,
  order: z.enum(['', 'ascending', 'descending'], { error: 'expected ascending or descending' }).optional(),
  offset: wholeNumber(0, 999_999_999),
  limit: wholeNumber(1, mostRows),
}

/** The query of `GET /api/v1/models`. */
export const modelsQuerySchema = z.strictObject({
  pipeline: text,
  source: text,
  'output-type': text,
  'feature-group': text,
  trainer: text,
  'node-type': wholeNumber(0, 999_999_999),
  weights: z.enum(['', 'true'], { error: 'expected true' }).optional(),
  search: text,
  ...part,
})

/** The query of `GET /api/v1/node-types`. */
export const nodeTypesQuerySchema = z.strictObject({ pipeline: text, search: text, ...part })

/** The query of `GET /api/v1/model`. */
export const modelQuerySchema = z.strictObject({
  pipeline: z.string({ error: 'expected the name of a pipeline' }).max(1024),
  path: z.string({ error: 'expected <source>/<output type>/<feature group>/<model name>' }).max(2048),
})

export type ModelsQuery = z.output<typeof modelsQuerySchema>
export type NodeTypesQuery = z.output<typeof nodeTypesQuerySchema>

/**
 * Reads a query string.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the parameter
 */
export function parseListQuery<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalidRequest(parsed.error, value)
}

/** @throws ModelError `INVALID_REQUEST` for a key that rows do not have */
export function partOf(
  { sort, order, offset, limit }: Pick<ModelsQuery, 'sort' | 'order' | 'offset' | 'limit'>,
  keys: readonly [string, ...string[]],
): SortedPart {
  if (sort && !keys.includes(sort)) {
    throw new ModelError('INVALID_REQUEST', `sort: expected ${keys.join(', ')}`, { field: 'sort' })
  }
  return {
    sort: sort || keys[0],
    descending: order === 'descending',
    offset: offset ?? 0,
    limit: limit ?? usualRows,
  }
}
