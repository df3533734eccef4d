import * as z from 'zod'
import { components } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import type { Powers } from '../predictor/power-model.js'

/** What an estimator answers. */
export interface PowerAnswer {
  /** Watts per component, one per row of the request. */
  readonly powers: Powers
  /** Cores of this machine per core of the model's machine, 1 where one is not known. */
  readonly coreRatio: number
  /** Which model it was and how well it fits, as the estimator says it; over HTTP only. */
  readonly provenance?: Readonly<Record<string, unknown>>
  /** What else the estimator said, such as intervals: over HTTP only, by its own names. */
  readonly more: Readonly<Record<string, unknown>>
}

const schema = z.looseObject({
  powers: z.union([z.partialRecord(z.enum(components), z.array(z.number())), z.array(z.never())]),
  msg: z.string(),
  core_ratio: z.number().default(1),
  provenance: z.record(z.string(), z.unknown()).optional(),
})

/** @throws ModelError `UNAVAILABLE` when the text is no answer, `NO_MODEL` with what the estimator says when it refuses */
export function parsePowerAnswer(text: string, from: string): PowerAnswer {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `${from} answers ${quote(text)}: ${messageOf(cause)}`, { cause })
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) throw new ModelError('UNAVAILABLE', `${from} answers ${quote(text)}, which is no estimate`)
  const { powers, msg, core_ratio: coreRatio, provenance, ...more } = parsed.data
  if (Array.isArray(powers)) throw new ModelError('NO_MODEL', `${from}: ${msg}`)
  return { powers, coreRatio, ...(provenance && { provenance }), more }
}
