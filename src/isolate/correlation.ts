import { mean } from '../numeric/matrix.js'

/** Pearson's; 0 when one of the two never moves. */
export function correlation(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)]
  let both = 0
  let onlyA = 0
  let onlyB = 0
  for (let i = 0; i < a.length; i++) {
    const [da, db] = [a[i]! - meanA, b[i]! - meanB]
    both += da * db
    onlyA += da * da
    onlyB += db * db
  }
  const scale = Math.sqrt(onlyA) * Math.sqrt(onlyB)
  return scale > 0 ? both / scale : 0
}
