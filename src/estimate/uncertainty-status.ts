import { type IntervalOffsets, offsetsAt } from '../predictor/interval-table.js'
import type { Uncertainty } from '../predictor/uncertainty.js'

/** How sure a model is, for `/info`. */
export interface UncertaintyStatus {
  readonly coverage: number
  readonly method: string
  /** Watts that a measurement lies below and above a prediction of the middle level, by component. */
  readonly typical: Readonly<Record<string, IntervalOffsets>>
  /** The range of training of each feature, and the most that is taken for possible. */
  readonly inputs: Readonly<Record<string, { readonly lower: number; readonly upper: number; readonly limit: number }>>
}

export function uncertaintyStatus({ coverage, method, components, inputs }: Uncertainty): UncertaintyStatus {
  return {
    coverage,
    method,
    typical: Object.fromEntries(
      Object.entries(components).map(([component, { table }]) => {
        const middle = table.levels[table.levels.length >> 1] ?? 0
        return [component, offsetsAt(table, middle)]
      }),
    ),
    inputs: Object.fromEntries(inputs.map(({ feature, lower, upper, limit }) => [feature, { lower, upper, limit }])),
  }
}
