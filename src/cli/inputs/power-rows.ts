import * as z from 'zod'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { datasetCsvOptions } from '../../extract/dataset-table.js'
import { readCsv } from '../../table/csv-read.js'

/** Raw inputs of a model: `rows[i][j]` is the value of `metrics[j]`. */
export interface PowerRows {
  readonly metrics: readonly string[]
  readonly rows: readonly (readonly number[])[]
}

const requestSchema = z.object({ metrics: z.array(z.string()), values: z.array(z.array(z.number())) })
const objectsSchema = z.array(z.record(z.string(), z.unknown())).min(1, 'there are no rows')

/**
 * Reads rows of usage: JSON `{"metrics": [...], "values": [[...]]}`, which is what Kepler sends, JSON
 * `[{"metric": value}, ...]`, or CSV with a header.
 *
 * @throws ModelError `INVALID_REQUEST` or `INVALID_DATA` that names the row and column
 */
export async function parsePowerRows(text: string): Promise<PowerRows> {
  if (!/^\s*[[{]/.test(text)) return fromCsv(text)
  const document = parseJson(text)
  if (Array.isArray(document)) return fromObjects(check(objectsSchema, document))
  const { metrics, values } = check(requestSchema, document)
  return { metrics, rows: values }
}

async function fromCsv(text: string): Promise<PowerRows> {
  const { rows: count, columns } = await readCsv([text], datasetCsvOptions)
  const numeric = columns.flatMap(({ name, values }) => (ArrayBuffer.isView(values) ? [{ name, values }] : []))
  return {
    metrics: numeric.map(({ name }) => name),
    rows: Array.from({ length: count }, (_, i) => numeric.map(({ values }) => values[i]!)),
  }
}

/** Names come from the first row; a value that is not a number there, e.g. a time as text, is no metric. */
function fromObjects(objects: readonly Readonly<Record<string, unknown>>[]): PowerRows {
  const metrics = Object.keys(objects[0]!).filter((metric) => typeof objects[0]![metric] === 'number')
  const rows = objects.map((object, i) =>
    metrics.map((metric) => {
      const value = Object.hasOwn(object, metric) ? object[metric] : undefined
      if (typeof value === 'number') return value
      throw invalid(`[${i}].${metric}`, value === undefined ? 'is missing' : `is ${quote(value)}, not a number`)
    }),
  )
  return { metrics, rows }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ModelError('INVALID_REQUEST', `the rows are not JSON: ${messageOf(cause)}`, { cause, field: 'rows' })
  }
}

function check<S extends z.ZodType>(schema: S, document: unknown): z.output<S> {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw invalid(path.map(String).join('.') || 'the document', message)
}

function invalid(place: string, what: string): ModelError {
  return new ModelError('INVALID_REQUEST', `rows: ${place} ${what}`, { field: 'rows' })
}
