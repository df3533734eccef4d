import * as z from 'zod'
import { type Component, components, type EnergySource, isEnergySource } from '../core/energy-source.js'
import { ModelError, quote } from '../core/errors.js'

/** What one component of an idle node drew, per unit (package) in watts. */
const componentSchema = z.object({
  lowest: z.number().nonnegative(),
  highest: z.number().nonnegative(),
  units: z.number().int().positive().max(1024),
})
export type IdlePower = z.infer<typeof componentSchema>

const byNodeType = z.record(z.string().regex(/^-?\d{1,9}$/), componentSchema)
const bySource = z.partialRecord(z.enum(components), byNodeType)

/** The file format of profiles, documented in docs/file-formats.md. */
const profileSchema = z.object({
  format: z.literal('kepler-idle-profile/1'),
  /** Names of the containers that ran on the idle node. */
  containers: z.array(z.string().max(4096)).max(100_000),
  /** Source, component, node type. */
  power: z.record(z.string().refine(isEnergySource, 'is no name of an energy source'), bySource),
})
export type IdleProfile = z.infer<typeof profileSchema>

/** @throws ModelError `INVALID_CONFIG` that says where the text is no profile */
export function parseIdleProfile(text: string): IdleProfile {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', 'the idle profile is not JSON', { cause, field: 'profile' })
  }
  const parsed = profileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const at = issue?.path.join('.') ?? ''
  throw new ModelError('INVALID_CONFIG', `the idle profile is not valid at ${quote(at)}: ${issue?.message ?? ''}`, {
    field: 'profile',
  })
}

/**
 * What idle and background draw per unit: the middle between lowest and highest. A profile of a single node type stands
 * for any node type.
 *
 * @throws ModelError `INVALID_DATA` when the profile does not know the source, component or node type
 */
export function backgroundPower(
  profile: IdleProfile,
  source: EnergySource,
  component: Component,
  nodeType: number,
): { readonly watts: number; readonly units: number } {
  const types = profile.power[source]?.[component] ?? {}
  const known = Object.keys(types)
  const power = types[String(nodeType)] ?? (known.length === 1 ? types[known[0]!] : undefined)
  if (power === undefined) {
    const there =
      known.length === 0
        ? `it has ${Object.keys(profile.power).join(', ') || 'nothing'}`
        : `its node types: ${known.join(', ')}`
    throw new ModelError(
      'INVALID_DATA',
      `the idle profile has no ${component} power of ${source} for node type ${nodeType}; ${there}`,
    )
  }
  return { watts: (power.lowest + power.highest) / 2, units: power.units }
}
