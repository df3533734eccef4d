import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { emptyMatrix, expectLength, type Matrix } from '../numeric/matrix.js'
import { codec, count } from './codec.js'
import type { Transformer } from './predictor.js'

export interface PolynomialOptions {
  readonly inputCount: number
  /** Highest total degree. */
  readonly degree: number
  /** A first column of ones. @default true */
  readonly includeBias?: boolean
  /** Products of different features only. @default false */
  readonly interactionOnly?: boolean
}

export interface PolynomialFeatures extends Transformer, Required<PolynomialOptions> {
  readonly kind: 'polynomial'
  /** The features that are multiplied in each column; none in the column of ones. */
  readonly columns: readonly (readonly number[])[]
}

/** More columns than this is a damaged or hostile archive: the largest known expansion has 66. */
const maxColumns = 100_000

/**
 * All monomials up to `degree`, in scikit-learn's order: by degree, then by feature indices that never fall
 * (1, a, b, aa, ab, bb, ...).
 *
 * @throws ModelError `LIMIT_EXCEEDED` when there would be more than 100,000 of them
 */
export function polynomialFeatures(options: PolynomialOptions): PolynomialFeatures {
  const { inputCount, degree, includeBias = true, interactionOnly = false } = options
  const columns = monomials(inputCount, degree, includeBias, interactionOnly)
  return {
    kind: 'polynomial',
    inputCount,
    outputCount: columns.length,
    degree,
    includeBias,
    interactionOnly,
    columns,
    transform(x: Matrix): Matrix {
      expectLength('features', x.cols, inputCount)
      const result = emptyMatrix(x.rows, columns.length)
      for (let i = 0, k = 0; i < x.rows; i++) {
        const row = i * inputCount
        for (const column of columns) {
          let product = 1
          for (const j of column) product *= x.data[row + j]!
          result.data[k++] = product
        }
      }
      return result
    },
  }
}

function monomials(count: number, degree: number, bias: boolean, interactionOnly: boolean): readonly number[][] {
  const columns: number[][] = bias ? [[]] : []
  let last: number[][] = [[]]
  for (let d = 1; d <= degree; d++) {
    const next: number[][] = []
    for (const column of last) {
      const from = column.length === 0 ? 0 : column.at(-1)! + (interactionOnly ? 1 : 0)
      for (let j = from; j < count; j++) next.push([...column, j])
      if (columns.length + next.length > maxColumns) {
        throw new ModelError('LIMIT_EXCEEDED', `a polynomial of degree ${degree} over ${count} features is too wide`)
      }
    }
    columns.push(...next)
    last = next
  }
  return columns
}

export const polynomialCodec = codec({
  kind: 'polynomial',
  schema: z.object({
    inputCount: count,
    degree: z.number().int().min(1).max(10),
    includeBias: z.boolean(),
    interactionOnly: z.boolean(),
  }),
  read: polynomialFeatures,
  write: ({ inputCount, degree, includeBias, interactionOnly }) => ({
    inputCount,
    degree,
    includeBias,
    interactionOnly,
  }),
})
