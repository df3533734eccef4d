import * as z from 'zod'
import type { EnergySource } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { type OutputType, outputTypes } from '../core/output-type.js'
import { parseFilter } from '../selection/filter.js'
import { invalidRequest, sourceField } from '../selection/request-fields.js'

/** What a client asks of the estimator, with null lists already empty. */
export interface PowerRequest {
  readonly metrics: readonly string[]
  /** One row of finite numbers a process, container or node, as long as `metrics`. */
  readonly values: readonly (readonly number[])[]
  readonly outputType: OutputType
  readonly source: EnergySource
  readonly systemFeatures: readonly string[]
  readonly systemValues: readonly string[]
  readonly trainerName: string
  readonly filter: string
}

const names = z
  .array(z.string({ error: 'expected a name' }).max(256, { error: 'the name is too long' }), {
    error: 'expected a list of names',
  })
  .max(4096, { error: 'expected at most 4096 names' })
  .nullish()
  .transform((value) => value ?? [])

const text = z
  .string({ error: 'expected a string' })
  .max(4096, { error: 'expected at most 4096 characters' })
  .nullish()
  .transform((value) => value?.trim() ?? '')

/** A request as it arrives; {@link parsePowerRequest} also checks its rows. */
export const powerRequestSchema = z.object(
  {
    metrics: names,
    // Rows are checked by hand below: with a schema, 100 of them cost more than the estimate.
    values: z
      .array(z.unknown(), { error: 'expected a list of rows' })
      .nullish()
      .transform((value) => value ?? []),
    output_type: z.enum(outputTypes, { error: `expected ${outputTypes.join(' or ')}` }),
    source: sourceField,
    system_features: names,
    system_values: z
      .array(z.union([z.string().max(4096), z.number().transform(String), z.null().transform(() => '')]), {
        error: 'expected a list of strings',
      })
      .max(4096)
      .nullish()
      .transform((value) => value ?? []),
    trainer_name: text,
    filter: text,
  },
  { error: 'expected a JSON object' },
)

/**
 * Reads a request to the estimator. Unknown keys are ignored; null lists are empty.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the key as the client wrote it
 */
export function parsePowerRequest(value: unknown): PowerRequest {
  const parsed = powerRequestSchema.safeParse(value)
  if (!parsed.success) throw invalidRequest(parsed.error, value)
  const { data } = parsed
  if (data.filter !== '') parseFilter(data.filter)
  return {
    metrics: data.metrics,
    values: rowsOf(data.values, data.metrics.length),
    outputType: data.output_type,
    source: data.source,
    systemFeatures: data.system_features,
    systemValues: data.system_values,
    trainerName: data.trainer_name,
    filter: data.filter,
  }
}

/** @throws ModelError `INVALID_REQUEST` when it is not JSON, and as {@link parsePowerRequest} */
export function parsePowerRequestText(text: string): PowerRequest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new ModelError('INVALID_REQUEST', `the request is not JSON: ${messageOf(cause).slice(0, 120)}`, { cause })
  }
  return parsePowerRequest(value)
}

function rowsOf(rows: readonly unknown[], width: number): readonly (readonly number[])[] {
  return rows.map((row, i) => {
    if (!isNumbers(row)) throw invalidRow(row, i)
    if (row.length !== width) {
      throw new ModelError('INVALID_REQUEST', `values[${i}] has ${row.length} values for ${width} metrics`, {
        field: `values[${i}]`,
      })
    }
    return row
  })
}

function isNumbers(row: unknown): row is readonly number[] {
  if (!Array.isArray(row)) return false
  for (let j = 0; j < row.length; j++) if (typeof row[j] !== 'number' || !Number.isFinite(row[j])) return false
  return true
}

function invalidRow(row: unknown, i: number): ModelError {
  if (!Array.isArray(row)) {
    const message = `values[${i}]: expected a list of numbers, got ${quote(row)}`
    return new ModelError('INVALID_REQUEST', message, { field: `values[${i}]` })
  }
  const j = row.findIndex((value) => typeof value !== 'number' || !Number.isFinite(value))
  const message = `values[${i}][${j}]: expected a finite number, got ${quote(row[j])}`
  return new ModelError('INVALID_REQUEST', message, { field: `values[${i}][${j}]` })
}
