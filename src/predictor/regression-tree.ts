import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { integers, numbers } from './codec.js'
import type { Tree } from './forest.js'

/** A tree of scikit-learn. */
export interface RegressionTree extends Tree {
  readonly threshold: Float64Array
  /** Mean target of the node. */
  readonly value: Float64Array
}

export const regressionTreeSchema = z.object({
  feature: integers,
  threshold: numbers,
  left: integers,
  right: integers,
  value: numbers,
})

export function regressionTreeOf(tree: RegressionTree): z.input<typeof regressionTreeSchema> {
  const { feature, threshold, left, right, value } = tree
  return { feature: [...feature], threshold: [...threshold], left: [...left], right: [...right], value: [...value] }
}

/**
 * A node's children stand behind it in every tree that scikit-learn or we make, so a walk from the root ends.
 *
 * @throws ModelError `INVALID_ARCHIVE` naming the node that is impossible
 */
export function checkTree({ feature, threshold, left, right, value }: RegressionTree, featureCount: number): void {
  const count = feature.length
  const sizes = [threshold.length, left.length, right.length, value.length]
  if (count === 0 || sizes.some((size) => size !== count)) throw invalid(`its ${count} nodes have ${sizes} numbers`)
  for (let node = 0; node < count; node++) {
    if (left[node]! < 0) {
      if (!Number.isFinite(value[node])) throw invalid(`leaf ${node} holds ${value[node]}`)
      continue
    }
    const childrenFollow = left[node]! > node && left[node]! < count && right[node]! > node && right[node]! < count
    if (!childrenFollow) throw invalid(`node ${node} has children ${left[node]} and ${right[node]} of ${count}`)
    if (feature[node]! < 0 || feature[node]! >= featureCount) {
      throw invalid(`node ${node} asks for feature ${feature[node]} of ${featureCount}`)
    }
    if (Number.isNaN(threshold[node])) throw invalid(`node ${node} has no threshold`)
  }
}

function invalid(why: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `a tree is damaged: ${why}`)
}
