import * as z from 'zod'
import { quote } from '../core/errors.js'
import { invalidRequest } from '../selection/request-fields.js'
import { parseCalibrationPoint } from '../universal/calibrate/parse-point.js'
import type { PowerQuestion } from '../universal/power-answer.js'

const text = z.string({ error: 'expected one value' }).max(1024).optional()
const amount = z
  .string({ error: 'expected one value' })
  .max(32)
  .optional()
  .transform((value, context) => {
    if (value === undefined || value.trim() === '') return undefined
    const number = Number(value)
    if (Number.isFinite(number)) return number
    context.addIssue({ code: 'custom', message: 'expected a number' })
    return z.NEVER
  })

const parameters = {
  processor: text,
  chips: amount,
  cores: amount,
  threads: amount,
  frequency: amount,
  memory: amount,
  tdp: amount,
  vendor: text,
  year: amount,
  psu: amount,
  form: text,
  nodes: amount,
  instance: text,
  point: z.union([z.string().max(64), z.array(z.string().max(64)).max(100)]).optional(),
}

/** The query string of `GET /curve`, for documentation. */
export const curveQuerySchema = z.strictObject(parameters, {
  error: (issue) => {
    if (issue.code !== 'unrecognized_keys') return undefined
    const unknown = issue.keys.map((name) => quote(name)).join(', ')
    return `unknown query parameter ${unknown}, known are ${Object.keys(parameters).join(', ')}`
  },
})

/**
 * Reads the query of `GET /curve`; `undefined` without parameters, which means this machine.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the parameter
 */
export function parseCurveQuery(value: unknown): PowerQuestion | undefined {
  const parsed = curveQuerySchema.safeParse(value)
  if (!parsed.success) throw invalidRequest(parsed.error, value)
  const { instance, point = [], frequency, psu, ...rest } = parsed.data
  const all = { ...rest, megahertz: frequency, supply: psu }
  const machine = Object.fromEntries(Object.entries(all).filter(([, one]) => one !== undefined && one !== ''))
  const points = [point].flat().map(parseCalibrationPoint)
  if (Object.keys(machine).length === 0 && !instance && points.length === 0) return undefined
  return { machine, points, ...(instance ? { instance } : {}) }
}
