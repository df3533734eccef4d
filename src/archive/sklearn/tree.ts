import { ModelError } from '../../core/errors.js'
import type { RegressionTree } from '../../predictor/gradient-boosting.js'
import { fieldFloats, toFloats } from '../pickle/numpy.js'
import { isNdArray, type PickleValue } from '../pickle/value.js'
import { attributesOf } from './attributes.js'

/**
 * A `DecisionTreeRegressor`. Its nodes are a structured array; the fields that later versions added are not needed.
 *
 * @throws ModelError `INVALID_ARCHIVE` when fields are missing, or a node's children, feature or numbers are impossible
 */
export function decodeTree(value: PickleValue | undefined, featureCount: number): RegressionTree {
  const tree = attributesOf(attributesOf(value).get('tree_'))
  const nodes = tree.get('nodes')
  if (!isNdArray(nodes)) throw invalid('it has no nodes')
  const field = (name: string): Float64Array => {
    const values = fieldFloats(nodes, name)
    if (!values) throw invalid(`its nodes have no ${name}`)
    return values
  }
  const decoded: RegressionTree = {
    feature: Int32Array.from(field('feature')),
    threshold: field('threshold'),
    left: Int32Array.from(field('left_child')),
    right: Int32Array.from(field('right_child')),
    value: toFloats(tree.get('values'), 'Tree.values'),
  }
  checkTree(decoded, featureCount)
  return decoded
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
