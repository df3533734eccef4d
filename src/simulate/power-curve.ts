import * as z from 'zod'
import { ModelError } from '../core/errors.js'

const watts = z.number().min(0).max(100_000)
const exponent = z.number().min(0.05).max(5)

const powerCurveSchema = z.strictObject({
  /** Watts of one package that does nothing. */
  packageIdle: watts,
  /** Watts that a package adds when all its cores work. */
  packageDynamic: watts,
  /** Below 1 the curve is concave: the first core costs more than the last, as turbo steps and shared parts have it. */
  packageExponent: exponent,
  dramIdle: watts,
  dramDynamic: watts,
  dramExponent: exponent,
  /** Board, disks, fans at rest. */
  platformBase: watts,
  /** Watts that fans add at full load; they grow with its cube. */
  fans: watts,
  /** Share of the drawn power that leaves the power supply. */
  supplyEfficiency: z.number().min(0.1).max(1),
  /** Watts per network or block interrupt a second, e.g. 0.00002. */
  interrupt: z.number().min(0).max(1),
  /** Standard deviation of the dynamic power from second to second, as a share of it. */
  noise: z.number().min(0).max(0.5),
})

/** How the watts of a simulated machine come from its load. Packages are alike. */
export type PowerCurve = Readonly<z.infer<typeof powerCurveSchema>>

/** A two-socket server of ten years ago, roughly. */
export const defaultCurve: PowerCurve = Object.freeze({
  packageIdle: 18,
  packageDynamic: 85,
  packageExponent: 0.85,
  dramIdle: 4,
  dramDynamic: 14,
  dramExponent: 0.95,
  platformBase: 55,
  fans: 20,
  supplyEfficiency: 0.9,
  interrupt: 0.00004,
  noise: 0.01,
})

/**
 * A curve with some of its numbers changed, e.g. from the body of an admin request.
 *
 * @throws ModelError `INVALID_REQUEST` naming the number that is wrong or unknown
 */
export function changedCurve(curve: PowerCurve, changes: unknown): PowerCurve {
  const parsed = powerCurveSchema.partial().safeParse(changes)
  if (parsed.success) {
    const known = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined))
    return { ...curve, ...known }
  }
  const issue = parsed.error.issues[0]!
  const field = issue.path.map(String).join('.')
  throw new ModelError('INVALID_REQUEST', `power curve${field === '' ? '' : `, ${field}`}: ${issue.message}`, { field })
}
