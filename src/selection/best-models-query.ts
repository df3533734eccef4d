import * as z from 'zod'
import { type EnergySource, energySources, requestedSource } from '../core/energy-source.js'
import { quote } from '../core/errors.js'
import { type FeatureGroup, isFeatureGroup } from '../core/feature-group.js'
import { anyNodeType } from '../core/model-name.js'
import { type OutputType, outputTypes } from '../core/output-type.js'
import { parseFilter } from './filter.js'
import { invalidRequest } from './request-fields.js'

/** What `GET /best-models` asks for. Absent means all. */
export interface BestModelsQuery {
  readonly source: EnergySource
  readonly outputType: OutputType | undefined
  readonly featureGroup: FeatureGroup | undefined
  /** -1 means any. */
  readonly nodeType: number
  readonly filter: string
}

/** `{output type: {feature group: best model name}}` */
export type BestModels = Readonly<Record<string, Readonly<Record<string, string>>>>

const optional = z.string({ error: 'expected one value' }).max(4096).optional()

const parameters = {
  'energy-source': optional,
  'output-type': optional,
  'feature-group': optional,
  'node-type': optional,
  filter: optional,
}

const query = z.strictObject(parameters, {
  error: (issue) => (issue.code === 'unrecognized_keys' ? unknownParameters(issue.keys) : undefined),
})

function unknownParameters(names: readonly string[]): string {
  const unknown = names.map((name) => quote(name)).join(', ')
  return `unknown query parameter ${unknown}, known are ${Object.keys(parameters).join(', ')}`
}

const checked = query.transform((given, context): BestModelsQuery => {
  const refuse = (field: keyof typeof given, message: string) => {
    context.addIssue({ code: 'custom', path: [field], message })
    return z.NEVER
  }
  const source = requestedSource(given['energy-source'])
  if (!source) return refuse('energy-source', `no name of an energy source, such as ${energySources.join(', ')}`)
  const outputType = outputTypes.find((type) => type === given['output-type'])
  if (given['output-type'] && !outputType) return refuse('output-type', `expected ${outputTypes.join(' or ')}`)
  const featureGroup = given['feature-group'] || undefined
  if (featureGroup !== undefined && !isFeatureGroup(featureGroup)) {
    return refuse('feature-group', 'unknown feature group')
  }
  const nodeType = given['node-type'] ? Number(given['node-type']) : anyNodeType
  if (!Number.isInteger(nodeType) || nodeType < anyNodeType) return refuse('node-type', 'expected a whole number')
  return { source, outputType, featureGroup, nodeType, filter: given.filter?.trim() ?? '' }
})

/** The query string as clients may write it, for documentation. */
export const bestModelsQuerySchema = query

/**
 * Reads the query of `GET /best-models`.
 *
 * @throws ModelError `INVALID_REQUEST` whose `field` is the parameter
 */
export function parseBestModelsQuery(value: unknown): BestModelsQuery {
  const parsed = checked.safeParse(value)
  if (!parsed.success) throw invalidRequest(parsed.error, value)
  parseFilter(parsed.data.filter)
  return parsed.data
}
