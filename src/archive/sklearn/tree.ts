import { ModelError } from '../../core/errors.js'
import { checkTree, type RegressionTree } from '../../predictor/regression-tree.js'
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

function invalid(why: string): ModelError {
  return new ModelError('INVALID_ARCHIVE', `a tree is damaged: ${why}`)
}
