import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { packNumbers } from './packed-numbers.js'
import { quantileForestCodec } from './quantile-forest-codec.js'

/** Numbers that `change` leaves packed. */
type Fields = Readonly<Record<string, unknown>>
const packed = (fields: Readonly<Record<string, readonly number[]>>) =>
  Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, packNumbers(values)]))

const base = { intercept: 1, ...packed({ feature: [0], saturates: [0], scale: [1], weight: [2] }) }
/**
 * Two trees in preorder. The first, of targets: a root with two children, of which the left one has only a right child
 * and the right one only a left one. The second, of residuals: a root alone.
 */
const document: Fields = {
  featureCount: 2,
  base,
  ...{ trust: 1, span: 100, leastHalfWidth: 1, fallsToZero: false },
  ...packed({ lower: [0, 0], upper: [10, 10], scores: [0.5], targets: [10, 20, 30, 40], residuals: [-1, 1] }),
  ...packed({ onResiduals: [0, 1], children: [3, 2, 0, 1, 0, 0] }),
  ...packed({ feature: [0, 1, 1], threshold: [5, 2, 7], held: [0, 1, 1, 1, 1, 1] }),
  ...packed({ pool: [0, 1, 2, 3, 0] }),
}
const read = (change: Fields = {}) => quantileForestCodec.read({ ...document, ...change })
const refused = (change: Fields, message: RegExp) =>
  assert.throws(() => read(change), { code: 'INVALID_ARCHIVE', message }, message.source)

describe('the trees of a quantile forest in JSON', () => {
  it('stand in preorder, with left and right children as their codes say', () => {
    const { trees } = read()
    assert.deepEqual([...trees.treeStart], [0, 5, 6])
    assert.deepEqual([...trees.left], [1, -1, -1, 4, -1, -1])
    assert.deepEqual([...trees.right], [3, 2, -1, -1, -1, -1])
    assert.deepEqual([...trees.feature], [0, 1, -1, 1, -1, -1])
    assert.deepEqual([...trees.threshold], [5, 2, 0, 7, 0, 0])
    assert.deepEqual([...trees.poolStart], [0, 0, 1, 2, 3, 4, 5])
    assert.deepEqual([...trees.onResiduals], [0, 1])
  })

  it('end where a child is not there', () => {
    const { trees } = read()
    const first = { ...document, ...packed({ onResiduals: [0], children: [3, 2, 0, 1, 0] }) }
    const alone = quantileForestCodec.read({ ...first, ...packed({ held: [0, 1, 1, 1, 1], pool: [0, 1, 2, 3] }) })
    const watts = alone.predict(
      matrix([
        [5, 2],
        [5, 3],
        [6, 7],
        [6, 8],
      ]),
    )
    assert.deepEqual([...watts], [10, 20, 40, 30])
    assert.equal(trees.targets.length, 4)
  })

  it('are written as they were read', () => {
    assert.deepEqual(quantileForestCodec.write(read()), document)
  })

  it('are whole, hold something in each node where a walk may end, and nothing else', () => {
    refused(packed({ children: [3, 2, 0, 1, 0, 3], feature: [0, 1, 1, 0], threshold: [5, 2, 7, 1] }), /no end/)
    refused(packed({ children: [3, 2, 0, 1, 0, 4] }), /more than two children/)
    refused(packed({ children: [3, 2, 0, 1, 0, 0.5] }), /more than two children/)
    refused(packed({ held: [0, 1, 1, 1, 0, 1], pool: [0, 1, 2, 0] }), /a node holds nothing/)
    refused(packed({ held: [0, 0, 1, 1, 1, 1], pool: [0, 1, 2, 0] }), /a node holds nothing/)
    refused(packed({ held: [0, 1, 1, 1, 1] }), /do not say what they hold/)
    refused(packed({ held: [0, 1, 1, 1, 1, 65_536] }), /do not say what they hold/)
    refused(packed({ onResiduals: [0] }), /: 1 nodes belong to no tree/)
    refused(packed({ onResiduals: [0, 2] }), /there are no trees/)
    refused(packed({ pool: [0, 1, 2, 3, 0, 0] }), /measurements belong to no node/)
    assert.ok(read(packed({ held: [1, 1, 1, 1, 1, 1], pool: [3, 0, 1, 2, 3, 0] })), 'also where a walk goes on')
  })

  it('have levels of their own kind, that ascend', () => {
    refused(packed({ pool: [0, 1, 2, 4, 0] }), /no such level/)
    refused(packed({ pool: [0, 1, 2, 3, 2] }), /no such level/)
    assert.ok(read(packed({ pool: [0, 1, 2, 3, 1] })))
    for (const targets of [[], [10, 10, 20, 30], [20, 10, 30, 40]]) refused(packed({ targets }), /do not ascend/)
    refused(packed({ residuals: [1, 1] }), /do not ascend/)
  })

  it('ask for a feature that there is, in each node with a child', () => {
    refused(packed({ feature: [0, 1, 2] }), /asks for no feature/)
    refused(packed({ feature: [0, 1] }), /differ in number/)
    refused(packed({ threshold: [5, 2] }), /differ in number/)
  })
})

describe('the base and the ranges of a quantile forest in JSON', () => {
  it('have terms of features that there are, straight or saturating, that never fall', () => {
    const of = (terms: Readonly<Record<string, readonly number[]>>) => ({ base: { ...base, ...packed(terms) } })
    refused(of({ feature: [2] }), /no feature/)
    refused(of({ saturates: [2] }), /neither straight nor saturates/)
    refused(of({ scale: [0] }), /falls/)
    refused(of({ weight: [-1] }), /falls/)
    for (const name of ['feature', 'saturates', 'scale', 'weight']) refused(of({ [name]: [0, 0] }), /differ in number/)
    const { base: saturating } = read(of({ feature: [1], saturates: [1], scale: [3], weight: [0] }))
    assert.deepEqual(
      [saturating.intercept, ...saturating.feature, ...saturating.saturates, ...saturating.scale, ...saturating.weight],
      [1, 1, 1, 3, 0],
    )
  })

  it('are of all features, and begin before they end', () => {
    refused(packed({ lower: [0] }), /not of all features/)
    refused(packed({ upper: [0, 1, 2] }), /not of all features/)
    refused(packed({ lower: [0, 11] }), /ends before it begins/)
    assert.ok(read(packed({ lower: [10, 10] })))
    refused(packed({ scores: [] }), /no scores/)
  })

  it('have numbers within bounds', () => {
    for (const [field, wrong, right] of [
      ['trust', [-0.1, 1.1], [0, 1]],
      ['span', [-1], [0]],
      ['leastHalfWidth', [-1], [0]],
      ['featureCount', [0, 1001, 1.5], []],
    ] as const) {
      for (const value of wrong) refused({ [field]: value }, new RegExp(`^${field}: `))
      for (const value of right) assert.ok(read({ [field]: value }), `${field} ${value}`)
    }
  })
})
