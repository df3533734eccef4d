import * as z from 'zod'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { type MachineSpec, specAttributes } from '../core/machine-spec.js'

const longestName = 256
const largestNumber = 1e12

/** A spec's number: 0, '', null and nothing at all mean "not known"; clients also send numbers as strings. */
const amount = z
  .union([z.number(), z.string().max(32), z.null()], { error: 'expected a number' })
  .optional()
  .transform((value, context) => {
    if (value === undefined || value === null) return undefined
    const number = typeof value === 'string' ? (value.trim() === '' ? 0 : Number(value)) : value
    if (!(number >= 0 && number <= largestNumber)) {
      context.addIssue({ code: 'custom', message: `expected a number from 0 to ${largestNumber}` })
      return z.NEVER
    }
    return number === 0 ? undefined : number
  })

const name = z
  .string({ error: 'expected a string' })
  .max(longestName, { error: `expected at most ${longestName} characters` })
  .nullish()
  .transform((value) => value?.trim() || undefined)

/** A machine spec as clients and files write it. Unknown keys are ignored, unknown values absent afterwards. */
export const machineSpecSchema = z
  .object(
    { processor: name, cores: amount, chips: amount, memory: amount, frequency: amount },
    { error: 'expected an object' },
  )
  .transform(withoutUnknown)

/**
 * Reads a spec from a request or a file.
 *
 * @throws ModelError `INVALID_REQUEST` naming the attribute and its value
 */
export function parseMachineSpec(value: unknown, field = 'machine_spec'): MachineSpec {
  const parsed = machineSpecSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const attribute = issue.path[0]
  const path = attribute === undefined ? field : `${field}.${String(attribute)}`
  throw new ModelError('INVALID_REQUEST', `${path}: ${issue.message}, got ${quote(offending(value, issue.path))}`, {
    field: path,
  })
}

/**
 * Reads a JSON file with the spec of a machine, flat or as the original writes it: `{"attrs": {...}, "members": []}`.
 *
 * @throws ModelError `INVALID_CONFIG` when it is not JSON, not a spec, or has no known attribute
 */
export function parseMachineSpecFile(text: string, fileName: string): MachineSpec {
  try {
    const spec = parseMachineSpec(attributesOf(JSON.parse(text)), fileName)
    if (isKnown(spec)) return spec
    throw new ModelError('INVALID_REQUEST', `it has none of the attributes ${specAttributes.join(', ')}`)
  } catch (error) {
    throw new ModelError('INVALID_CONFIG', `machine spec ${fileName} cannot be used: ${messageOf(error)}`, {
      cause: error,
      field: fileName,
    })
  }
}

function attributesOf(document: unknown): unknown {
  const isWrapped = typeof document === 'object' && document !== null && 'attrs' in document
  return isWrapped ? document.attrs : document
}

/** Whether anything at all is known of the machine. */
export function isKnown(spec: MachineSpec): boolean {
  return specAttributes.some((attribute) => spec[attribute] !== undefined)
}

type Unfiltered = { [K in keyof MachineSpec]?: MachineSpec[K] | undefined }

/** Drops attributes that are not known, so that an absent key is the only way to say so. */
export function withoutUnknown({ processor, cores, chips, memory, frequency }: Unfiltered): MachineSpec {
  return {
    ...(processor ? { processor } : {}),
    ...(cores ? { cores } : {}),
    ...(chips ? { chips } : {}),
    ...(memory ? { memory } : {}),
    ...(frequency ? { frequency } : {}),
  }
}

/** The spec as answers carry it: Go clients decode its numbers as integers, and the model database has 24.0. */
export function wholeNumbers({ processor, cores, chips, memory, frequency }: MachineSpec): MachineSpec {
  const whole = (value: number | undefined) => (value === undefined ? undefined : Math.max(1, Math.round(value)))
  return withoutUnknown({
    processor,
    cores: whole(cores),
    chips: whole(chips),
    memory: whole(memory),
    frequency: whole(frequency),
  })
}

/** The value at a path of a zod issue, for messages. */
export function offending(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  )
}
