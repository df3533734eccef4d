import * as z from 'zod'
import { type EnergySource, energySources, requestedSource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'
import { offending } from '../machine/spec.js'

/** An energy source as clients name it; an absent one means RAPL. */
export const sourceField = z
  .string({ error: 'expected a string' })
  .nullish()
  .transform((value, context): EnergySource => {
    const found = requestedSource(value ?? undefined)
    if (found !== undefined) return found
    context.addIssue({ code: 'custom', message: `no name of an energy source, such as ${energySources.join(', ')}` })
    return z.NEVER
  })

/** Text that may be absent, trimmed. */
export const textField = (longest: number) =>
  z
    .string({ error: 'expected a string' })
    .max(longest, { error: `expected at most ${longest} characters` })
    .nullish()
    .transform((value) => value?.trim() ?? '')

/** A boolean, as clients in several languages write it. */
export const flagField = (byDefault: boolean) =>
  z
    .union([z.boolean(), z.null(), z.literal(['true', 'True', '1', 1]), z.literal(['false', 'False', '0', 0, ''])], {
      error: 'expected true or false',
    })
    .optional()
    .transform((value) => {
      if (value === null || value === undefined || value === '') return byDefault
      return value === true || value === 1 || value === '1' || value === 'true' || value === 'True'
    })

/** The first thing that is wrong with a request, with the path of the field and the value found there. */
export function invalidRequest(error: z.ZodError, value: unknown): ModelError {
  const issue = error.issues[0]!
  if (issue.code === 'unrecognized_keys') {
    const [field = ''] = issue.keys
    return new ModelError('INVALID_REQUEST', issue.message, { field })
  }
  const { path, message } = issue
  const field = path.map(String).join('.')
  const given = offending(value, path)
  const got = given === undefined && path.length > 0 ? 'but it is missing' : `got ${quote(given)}`
  return new ModelError('INVALID_REQUEST', `${field === '' ? 'request' : field}: ${message}, ${got}`, {
    ...(field === '' ? {} : { field }),
  })
}
