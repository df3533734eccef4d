import * as z from 'zod'
import { type EnergySource, energySources, requestedSource } from '../core/energy-source.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { parseHints } from '../isolate/background.js'
import { isolatorNameOf } from '../isolate/isolators.js'
import { isPipelineName } from '../registry/pipeline-name.js'
import { type TrainerName, trainerNamed, trainerNames } from '../regression/trainers.js'

/** A list, or the same with commas as the original's clients may send it. */
const texts = z
  .union([z.string(), z.array(z.string().max(200)).max(100)])
  .transform((value) => (typeof value === 'string' ? parseHints(value) : value))

const energySource = texts.pipe(
  z
    .array(z.string())
    .min(1, 'name at least one energy source')
    .transform((names, context) => [...new Set(names.map((name) => sourceOf(name, context)))]),
)

const trainers = texts
  .optional()
  .transform((names, context) => [...new Set((names ?? []).flatMap((name) => namesOf(name, context)))])

/** `isolator_args`; unknown keys are dropped. */
const isolatorArguments = z
  .object({
    target_hints: texts.optional(),
    bg_hints: texts.optional(),
    /** For TrainIsolator. @default the default pipeline of the source */
    abs_pipeline_name: z.string().refine(isPipelineName, 'is no name of a pipeline').optional(),
  })
  .default({})

/** A training request as the original's clients send it, without its responses. Unknown keys are ignored. */
export const trainRequestSchema = z.object({
  name: z.string().refine(isPipelineName, 'is no name: letters, digits, dot, dash and underscore'),
  energy_source: energySource,
  trainer: z.object({
    /** Empty means all. */
    abs_trainers: trainers,
    dyn_trainers: trainers,
    isolator: z
      .string()
      .default('auto')
      .transform((name, context) => known(() => isolatorNameOf(name), context)),
    isolator_args: isolatorArguments,
  }),
  /** Processes of a virtual machine instead of containers. */
  use_vm_metrics: z.boolean().default(false),
  /** Decides the split and all that is random. */
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31)
    .default(0),
  /** Also compute errors by cross-validation. */
  cross_validation: z.boolean().default(true),
})
export type TrainRequest = z.infer<typeof trainRequestSchema>

/** @throws ModelError `INVALID_REQUEST` that names the field and the value */
export function parseTrainRequest(value: unknown): TrainRequest {
  const parsed = trainRequestSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]!
  const field = issue.path.map(String).join('.')
  const given = issue.path.reduce<unknown>((part, key) => (isRecord(part) ? part[String(key)] : undefined), value)
  const shown = given === undefined ? 'is missing' : `${quote(given)}: ${issue.message}`
  throw new ModelError('INVALID_REQUEST', `${field || 'the request'} ${shown}`, { ...(field && { field }) })
}

/** Trainers to use for an output type: those that are named, or all. */
export function trainersIn(names: readonly TrainerName[]): readonly TrainerName[] {
  return names.length > 0 ? names : trainerNames
}

/** A trainer by its name, with or without its ending as the original takes it; `default` is all of them. */
function namesOf(name: string, context: z.RefinementCtx): readonly TrainerName[] {
  if (name === 'default') return trainerNames
  const found = trainerNamed(name)
  if (found !== undefined) return [found]
  context.addIssue(`unknown trainer; there are ${trainerNames.join(', ')}`)
  return []
}

function sourceOf(name: string, context: z.RefinementCtx): EnergySource {
  const source = requestedSource(name)
  if (source !== undefined && name !== '') return source
  context.addIssue(`no name of an energy source, such as ${energySources.join(', ')}`)
  return z.NEVER
}

function known<T>(find: () => T, context: z.RefinementCtx): T {
  try {
    return find()
  } catch (error) {
    context.addIssue(messageOf(error))
    return z.NEVER
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
