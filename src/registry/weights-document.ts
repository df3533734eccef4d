import { z } from 'zod'
import { parsePythonJson } from '../archive/python-json.js'
import { type Component, components } from '../core/energy-source.js'
import { ModelError } from '../core/errors.js'

const feature = z.object({ scale: z.number(), weight: z.number().optional() })
const componentWeights = z.object({
  All_Weights: z.object({
    Bias_Weight: z.number().optional(),
    Categorical_Variables: z.record(z.string(), z.unknown()).optional(),
    Numerical_Variables: z.record(z.string(), feature),
    CurveFit_Weights: z.array(z.number()).max(64).optional(),
  }),
})
const document = z.object(Object.fromEntries(components.map((name) => [name, componentWeights.optional()])))

export interface FeatureWeight {
  readonly scale: number
  /** Absent in curve fits. */
  readonly weight?: number | undefined
}

export interface ComponentWeights {
  readonly All_Weights: {
    readonly Bias_Weight?: number | undefined
    readonly Categorical_Variables?: Readonly<Record<string, unknown>> | undefined
    readonly Numerical_Variables: Readonly<Record<string, FeatureWeight>>
    readonly CurveFit_Weights?: readonly number[] | undefined
  }
}

export type WeightsDocument = Readonly<Partial<Record<Component, ComponentWeights>>>

/**
 * Reads a weights file: `{component: {"All_Weights": {...}}}`. Other keys are left out.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming the first key that is wrong
 */
export function parseWeights(bytes: Uint8Array, origin: string): WeightsDocument {
  const parsed = document.safeParse(parsePythonJson(bytes, origin))
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!
    throw new ModelError('INVALID_ARCHIVE', `${origin}, ${path.map(String).join('.')}: ${message}`)
  }
  const found = Object.entries(parsed.data).filter((pair) => pair[1] !== undefined)
  if (found.length === 0) throw new ModelError('INVALID_ARCHIVE', `${origin} has no weights of any component`)
  return Object.fromEntries(found)
}
