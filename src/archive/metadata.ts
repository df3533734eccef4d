import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { parsePythonJson } from './python-json.js'

/** An error figure: watts for `mae`, percent for `mape`; -1 where there was nothing to measure, absent where not known. */
const score = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined)

const names = z.array(z.string().max(1000)).max(1000)

/** `metadata.json` of a model archive. Keys that are not listed here are kept as they are. */
const modelMetadataSchema = z.looseObject({
  model_name: z.string().min(1).max(200),
  model_class: z.string().max(100),
  model_file: z.string().max(1000),
  features: names,
  fe_files: names.nullish().transform((value) => value ?? []),
  output_type: z.string().max(100).nullish(),
  mae: score,
  mape: score,
  trainer: z.string().max(200).nullish(),
  node_type: z.number().int().nullish(),
  machine_spec: z.record(z.string(), z.unknown()).nullish(),
})

export type ModelMetadata = Readonly<z.infer<typeof modelMetadataSchema>>

/** @throws ModelError `INVALID_ARCHIVE` naming the first key that is wrong */
export function parseModelMetadata(bytes: Uint8Array | string): ModelMetadata {
  const result = modelMetadataSchema.safeParse(parsePythonJson(bytes, 'metadata.json'))
  if (result.success) return result.data
  const issue = result.error.issues[0]!
  throw new ModelError('INVALID_ARCHIVE', `metadata.json: ${issue.path.join('.') || 'document'}: ${issue.message}`)
}

/** Holds the nested keys of a model's metadata, beside `metadata.json`. */
export const detailsFile = 'details.json'

/** Nested, and yet in the `metadata.json` of the original, which takes it out before it looks at the rest. */
const nestedInOriginal: ReadonlySet<string> = new Set(['machine_spec'])

/** Keys that may stand in `metadata.json`, and those that the original would take for models. */
export function splitMetadata(metadata: Readonly<Record<string, unknown>>): {
  readonly flat: Readonly<Record<string, unknown>>
  readonly nested: Readonly<Record<string, unknown>>
} {
  const [flat, nested] = [new Map<string, unknown>(), new Map<string, unknown>()]
  for (const [key, value] of Object.entries(metadata)) {
    const place = !nestedInOriginal.has(key) && holdsObject(value) ? nested : flat
    place.set(key, value)
  }
  return { flat: Object.fromEntries(flat), nested: Object.fromEntries(nested) }
}

/** Whether the original's Python loads the archive that this metadata describes. */
export function isLoadableByOriginal(metadata: ModelMetadata): boolean {
  if (!['scikit', 'xgboost', 'curvefit'].includes(metadata.model_class)) return false
  return Object.keys(splitMetadata(metadata).nested).length === 0
}

function holdsObject(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsObject)
  return typeof value === 'object' && value !== null
}
