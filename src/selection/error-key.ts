import { ModelError, quote } from '../core/errors.js'
import { metadataNumber } from '../registry/metadata-numbers.js'
import type { Pipeline } from '../registry/pipeline.js'

/**
 * Refuses an error by which no model can be ranked: no request would ever find one. Without any model, nothing can be
 * said yet.
 *
 * @param others errors of models that no pipeline holds
 * @throws ModelError `INVALID_CONFIG` naming the errors that there are
 */
export function expectErrorKey(pipelines: readonly Pipeline[], errorKey: string, others: readonly string[] = []): void {
  const models = pipelines.flatMap(({ entries }) => entries)
  if ((models.length === 0 && others.length === 0) || others.includes(errorKey)) return
  if (models.some(({ numbers }) => metadataNumber(numbers, errorKey) !== undefined)) return
  const keys = [...new Set([...models.flatMap(({ numbers }) => numbers.keys), ...others])].filter((key) =>
    /(^|_)(mae|mape)$/.test(key),
  )
  const known = keys.length > 0 ? `they have ${keys.sort().join(', ')}` : 'they have no errors at all'
  throw new ModelError('INVALID_CONFIG', `ERROR_KEY ${quote(errorKey)}: no model has it; ${known}`, {
    field: 'ERROR_KEY',
  })
}
