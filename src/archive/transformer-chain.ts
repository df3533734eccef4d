import { ModelError } from '../core/errors.js'
import type { Transformer } from '../predictor/predictor.js'

/**
 * The number of columns that come out of transformers applied in order.
 *
 * @throws ModelError `INVALID_ARCHIVE` when one takes another number than it gets
 */
export function chainWidth(transformers: readonly Transformer[], featureCount: number): number {
  return transformers.reduce((count, { kind, inputCount, outputCount }) => {
    if (inputCount === count) return outputCount
    throw new ModelError('INVALID_ARCHIVE', `the ${kind} transformer takes ${inputCount} columns, but gets ${count}`)
  }, featureCount)
}
