import { z } from 'zod'

/** Weights as Kepler's linear regressor reads them. */
const weightsSchema = z.object({
  All_Weights: z.object({
    Bias_Weight: z.number().default(0),
    Numerical_Variables: z.record(z.string(), z.object({ scale: z.number(), weight: z.number().default(0) })),
    CurveFit_Weights: z.array(z.number()).max(0).default([]),
  }),
})

const answerSchema = z.looseObject({
  model_name: z.string(),
  machine_spec: z.object({ cores: z.number().int() }).loose(),
})

/**
 * Milliwatts as Kepler 0.7 to 0.9 computes them: bias + weight × value / scale, in double precision, then turned into an
 * unsigned integer, which makes a huge number of a negative one. Idle power is that of a row of zeros, times the cores of
 * the machine over those of the model, at most 1.
 */
export function keplerMilliwatts(
  body: string,
  component: string,
  values: Readonly<Record<string, number>>,
  machine: { readonly cores: number; readonly idle?: boolean },
): bigint {
  const answer: unknown = JSON.parse(body)
  const { machine_spec: spec, [component]: own } = answerSchema.parse(answer)
  const { All_Weights: weights } = weightsSchema.parse(own)
  let watts = weights.Bias_Weight
  for (const [name, value] of Object.entries(values)) {
    const variable = weights.Numerical_Variables[name]
    if (variable === undefined || variable.scale === 0) continue
    watts += variable.weight * ((machine.idle ? 0 : value) / variable.scale)
  }
  const ratio = machine.idle ? Math.min(machine.cores / spec.cores, 1) : 1
  return BigInt.asUintN(64, BigInt(Math.trunc(watts * 1000 * ratio)))
}
