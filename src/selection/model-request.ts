import * as z from 'zod'
import type { EnergySource } from '../core/energy-source.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { anyNodeType } from '../core/model-name.js'
import { type OutputType, outputTypes } from '../core/output-type.js'
import { isKnown, machineSpecSchema } from '../machine/spec.js'
import { parseFilter } from './filter.js'
import { flagField, invalidRequest, sourceField, textField } from './request-fields.js'

const mostMetrics = 4096
const longestName = 256
const longestFilter = 4096
const largestNodeType = 999_999_999

/** What a client asks the model server for, after the different spellings of clients have been read. */
export interface ModelRequest {
  /** Names of what the client can measure. */
  readonly metrics: readonly string[]
  readonly outputType: OutputType
  readonly source: EnergySource
  /** The node type asked for by number; -1 when the spec decides, or nothing does. */
  readonly nodeType: number
  /** Weights as JSON rather than an archive. */
  readonly weight: boolean
  /** Only models of this trainer; '' means any. */
  readonly trainerName: string
  /** Conditions on the metadata, readable by `parseFilter`; '' means none. */
  readonly filter: string
  /** Only this pipeline; '' means the one the server prefers for the source. */
  readonly pipelineName: string
  /** Empty when nothing is known of the machine. */
  readonly machineSpec: MachineSpec
  /** Only archives that the original's Python loads: its estimator asks, not one of ours. @default false */
  readonly forOriginal?: boolean
  /** The archive must not say what machine it is of: the original up to 0.7.11 takes that for a model. @default false */
  readonly withoutMachineSpec?: boolean
  /** When no model is of the wanted node type, take one of the largest types instead. */
  readonly looseNodeType: boolean
}

const nodeType = z
  .union([z.number(), z.string().max(32), z.null()], { error: 'expected a whole number, -1 for any' })
  .optional()
  .transform((value, context) => {
    if (value === undefined || value === null || value === '') return anyNodeType
    const number = Number(value)
    if (!Number.isInteger(number) || number < anyNodeType || number > largestNodeType) {
      context.addIssue({ code: 'custom', message: 'expected a whole number, -1 for any' })
      return z.NEVER
    }
    return number
  })

const body = z.object(
  {
    metrics: z
      .array(z.string({ error: 'expected a metric name' }).max(longestName, { error: 'metric name is too long' }), {
        error: 'expected a list of metric names',
      })
      .max(mostMetrics, { error: `expected at most ${mostMetrics} metrics` }),
    output_type: z.enum(outputTypes, { error: `expected ${outputTypes.join(' or ')}` }),
    source: sourceField,
    node_type: nodeType,
    weight: flagField(false),
    trainer_name: textField(longestName),
    filter: textField(longestFilter),
    pipeline_name: textField(longestName),
    machine_spec: machineSpecSchema.nullish(),
    loose_node_type: flagField(true),
  },
  { error: 'expected a JSON object' },
)

/** The body as clients may write it, for documentation. */
export const modelRequestSchema = body

/**
 * Reads the body of `POST /model`.
 *
 * Unknown keys are ignored; null and zero values count as absent. Kepler always sends `node_type` 0, Go's zero value,
 * so when the spec says anything, the spec decides and not the 0.
 *
 * @param forOriginal whether the client is the original's estimator
 * @throws ModelError `INVALID_REQUEST` whose `field` is the key as the client wrote it
 */
export function parseModelRequest(value: unknown, forOriginal = false): ModelRequest {
  const parsed = body.safeParse(value)
  if (!parsed.success) throw invalidRequest(parsed.error, value)
  const { data } = parsed
  const machineSpec = data.machine_spec ?? {}
  parseFilter(data.filter)
  return {
    metrics: data.metrics,
    outputType: data.output_type,
    source: data.source,
    nodeType: data.node_type === 0 && isKnown(machineSpec) ? anyNodeType : data.node_type,
    weight: data.weight,
    trainerName: data.trainer_name,
    filter: data.filter,
    pipelineName: data.pipeline_name,
    machineSpec,
    ...(forOriginal && { forOriginal, withoutMachineSpec: data.machine_spec === undefined }),
    looseNodeType: data.loose_node_type,
  }
}
