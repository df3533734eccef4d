import { withOtherNames } from '../vocabulary/feature-aliases.js'
import { ModelError, quote } from '../core/errors.js'
import { type MetadataNumbers, metadataNumber } from '../registry/metadata-numbers.js'

const longestFilter = 4096
const mostConditions = 64

/** Errors are good when small; a correlation is good when large. */
const atLeast: ReadonlySet<string> = new Set(['abs_max_corr'])

/** The part of a model that a filter looks at. */
export interface Filterable {
  readonly features: readonly string[]
  readonly numbers: MetadataNumbers
}

/** Whether a model passes. */
export type ModelFilter = (model: Filterable) => boolean

/** Lets every model pass. */
export const noFilter: ModelFilter = () => true

/**
 * Compiles `attribute:threshold; attribute:threshold`. An attribute is at most its threshold (`abs_max_corr`: at
 * least); `features:a,b,c` lists features that a model may use; a model without the attribute is rejected.
 *
 * @throws ModelError `INVALID_REQUEST` naming the condition that cannot be read
 */
export function parseFilter(text: string): ModelFilter {
  if (text.length > longestFilter) throw invalid(text, `longer than ${longestFilter} characters`)
  const conditions = text
    .split(';')
    .map((condition) => condition.trim())
    .filter((condition) => condition !== '')
  if (conditions.length === 0) return noFilter
  if (conditions.length > mostConditions) throw invalid(text, `more than ${mostConditions} conditions`)
  const tests = conditions.map(parseCondition)
  return (model) => tests.every((test) => test(model))
}

function parseCondition(condition: string): ModelFilter {
  const colon = condition.indexOf(':')
  const name = condition.slice(0, colon).trim()
  const threshold = condition.slice(colon + 1).trim()
  if (colon < 0 || name === '' || threshold === '') {
    throw invalid(condition, 'expected attribute:threshold; attribute:threshold')
  }
  if (name === 'features') {
    const allowed = withOtherNames(threshold.split(',').map((feature) => feature.trim()))
    return ({ features }) => features.every((feature) => allowed.has(feature))
  }
  const limit = Number(threshold)
  if (!Number.isFinite(limit)) throw invalid(condition, `${quote(threshold)} is not a number`)
  return ({ numbers }) => {
    const value = metadataNumber(numbers, name)
    if (value === undefined) return false
    return atLeast.has(name) ? value >= limit : value <= limit
  }
}

function invalid(text: string, why: string): ModelError {
  return new ModelError('INVALID_REQUEST', `filter ${quote(text)}: ${why}`, { field: 'filter' })
}
