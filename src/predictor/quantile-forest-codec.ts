import * as z from 'zod'
import { ModelError } from '../core/errors.js'
import { codec } from './codec.js'
import type { ConcaveSum } from './concave-sum.js'
import { packedNumbers, packNumbers } from './packed-numbers.js'
import { type QuantileForest, type QuantileForestPredictor, quantileForestPredictor } from './quantile-forest.js'
import type { QuantileTrees } from './target-pool.js'

/** Far above what a fit gives (60 trees of 4096 rows have about 60 thousand nodes): an archive is believed up to here. */
const mostFeatures = 1000
const mostTrees = 10_000
const mostNodes = 4_000_000
const mostPooled = 16_000_000
/** Indices into these are 16 bits. */
const mostLevels = 65_536

const finite = z.number()
const notNegative = finite.min(0)

const schema = z.object({
  featureCount: z.number().int().min(1).max(mostFeatures),
  base: z.object({
    intercept: finite,
    feature: packedNumbers(4 * mostFeatures),
    saturates: packedNumbers(4 * mostFeatures),
    scale: packedNumbers(4 * mostFeatures),
    weight: packedNumbers(4 * mostFeatures),
  }),
  lower: packedNumbers(mostFeatures),
  upper: packedNumbers(mostFeatures),
  trust: finite.min(0).max(1),
  span: notNegative,
  scores: packedNumbers(100_000),
  leastHalfWidth: notNegative,
  fallsToZero: z.boolean(),
  targets: packedNumbers(mostLevels),
  residuals: packedNumbers(mostLevels),
  onResiduals: packedNumbers(mostTrees),
  children: packedNumbers(mostNodes),
  feature: packedNumbers(mostNodes),
  threshold: packedNumbers(mostNodes),
  held: packedNumbers(mostNodes),
  pool: packedNumbers(mostPooled),
})
type QuantileForestJson = z.output<typeof schema>

function readQuantileForest(json: QuantileForestJson): QuantileForestPredictor {
  const { featureCount, lower, upper, scores, trust, span, leastHalfWidth, fallsToZero } = json
  expect(lower.length === featureCount && upper.length === featureCount, 'ranges are not of all features')
  expect(
    lower.every((value, j) => value <= upper[j]!),
    'a range ends before it begins',
  )
  expect(scores.length > 0, 'there are no scores')
  return quantileForestPredictor({
    featureCount,
    base: readBase(json),
    range: { lower, upper },
    trust,
    span,
    trees: readTrees(json),
    scores,
    leastHalfWidth,
    fallsToZero,
  })
}

function readBase({ base, featureCount }: QuantileForestJson): ConcaveSum {
  const { intercept, feature, saturates, scale, weight } = base
  const sameLength = [feature, saturates, scale].every(({ length }) => length === weight.length)
  expect(sameLength, 'terms of the base differ in number')
  expect(isIndex(feature, featureCount), 'a term of the base has no feature')
  expect(isIndex(saturates, 2), 'a term of the base is neither straight nor saturates')
  expect(scale.every((value) => value > 0) && weight.every((value) => value >= 0), 'a term of the base falls')
  return { intercept, feature: Int32Array.from(feature), saturates: Uint8Array.from(saturates), scale, weight }
}

function readTrees(json: QuantileForestJson): QuantileTrees {
  const { children, held, onResiduals, targets, residuals, featureCount } = json
  const nodes = children.length
  expect(held.length === nodes && isIndex(held, mostLevels), 'nodes do not say what they hold')
  expect(isIndex(children, 4), 'a node has more than two children')
  expect(onResiduals.length > 0 && isIndex(onResiduals, 2), 'there are no trees')
  expect(isAscending(targets) && isAscending(residuals), 'levels do not ascend')
  const splits = children.reduce((sum, code) => sum + (code > 0 ? 1 : 0), 0)
  expect(json.feature.length === splits && json.threshold.length === splits, 'splits and features differ in number')
  expect(isIndex(json.feature, featureCount), 'a split asks for no feature')

  const trees = {
    treeStart: new Int32Array(onResiduals.length + 1),
    onResiduals: Uint8Array.from(onResiduals),
    feature: new Int32Array(nodes).fill(-1),
    threshold: new Float64Array(nodes),
    left: new Int32Array(nodes).fill(-1),
    right: new Int32Array(nodes).fill(-1),
    poolStart: new Int32Array(nodes + 1),
    pool: Uint16Array.from(json.pool),
    targets,
    residuals,
  }
  let node = 0
  let split = 0
  for (let tree = 0; tree < onResiduals.length; tree++) {
    trees.treeStart[tree] = node
    const levels = onResiduals[tree] ? residuals.length : targets.length
    // Nodes whose right child comes when the left one is complete.
    const waiting: number[] = []
    for (let open = true; open; node++) {
      expect(node < nodes, 'a tree has no end')
      const code = children[node]!
      const end = trees.poolStart[node]! + held[node]!
      expect(end <= json.pool.length && (code === 3 || held[node]! > 0), 'a node holds nothing')
      for (let k = trees.poolStart[node]!; k < end; k++) expect(isIndexValue(json.pool[k]!, levels), 'no such level')
      trees.poolStart[node + 1] = end
      if (code > 0) {
        trees.feature[node] = json.feature[split]!
        trees.threshold[node] = json.threshold[split++]!
      }
      if (code & 1) trees.left[node] = node + 1
      else if (code & 2) trees.right[node] = node + 1
      if (code === 3) waiting.push(node)
      if (code !== 0) continue
      const parent = waiting.pop()
      if (parent === undefined) open = false
      else trees.right[parent] = node + 1
    }
  }
  trees.treeStart[onResiduals.length] = node
  expect(node === nodes, `${nodes - node} nodes belong to no tree`)
  expect(trees.poolStart[nodes] === json.pool.length, 'measurements belong to no node')
  return trees
}

function writeQuantileForest(model: QuantileForest): z.input<typeof schema> {
  const { featureCount, base, range, trust, span, scores, leastHalfWidth, fallsToZero, trees } = model
  const { left, right, feature, threshold, poolStart } = trees
  const splits = feature.map((_, node) => node).filter((node) => feature[node]! >= 0)
  return {
    featureCount,
    base: {
      intercept: base.intercept,
      feature: packNumbers(base.feature),
      saturates: packNumbers(base.saturates),
      scale: packNumbers(base.scale),
      weight: packNumbers(base.weight),
    },
    lower: packNumbers(range.lower),
    upper: packNumbers(range.upper),
    trust,
    span,
    scores: packNumbers(scores),
    leastHalfWidth,
    fallsToZero,
    targets: packNumbers(trees.targets),
    residuals: packNumbers(trees.residuals),
    onResiduals: packNumbers(trees.onResiduals),
    children: packNumbers(left.map((child, node) => (child >= 0 ? 1 : 0) + (right[node]! >= 0 ? 2 : 0))),
    feature: packNumbers(splits.map((node) => feature[node]!)),
    threshold: packNumbers(Float64Array.from(splits, (node) => threshold[node]!)),
    held: packNumbers(feature.map((_, node) => poolStart[node + 1]! - poolStart[node]!)),
    pool: packNumbers(trees.pool),
  }
}

function isIndex(values: Float64Array, bound: number): boolean {
  return values.every((value) => isIndexValue(value, bound))
}

function isIndexValue(value: number, bound: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < bound
}

function isAscending(values: Float64Array): boolean {
  return (
    values.length > 0 && values.length <= mostLevels && values.every((value, i) => i === 0 || value > values[i - 1]!)
  )
}

function expect(holds: boolean, why: string): void {
  if (!holds) throw new ModelError('INVALID_ARCHIVE', `a quantile forest is damaged: ${why}`)
}

/**
 * A quantile forest in our JSON. Trees stand in preorder, one after another: `children` says of each node whether a left
 * (1) and a right (2) child follow, so that no index can point back or outside. `feature` and `threshold` are of nodes
 * that have a child, `held` is how many entries of `pool` belong to each node.
 */
export const quantileForestCodec = codec({
  kind: 'quantile-forest',
  schema,
  read: readQuantileForest,
  write: writeQuantileForest,
})
