import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readXgboostJson } from './xgboost-json.js'

/** A tree that asks whether feature 0 is below 5, with leaves of 1 and 2. */
const tree = {
  ...{ left_children: [1, -1, -1], right_children: [2, -1, -1], split_indices: [0, 0, 0] },
  ...{ split_conditions: [5, 1, 2], default_left: [1, 0, 0] },
}
const document = (more: object = {}, trees: readonly unknown[] = [tree], parameters: object = {}) =>
  JSON.stringify({
    learner: {
      objective: { name: 'reg:squarederror' },
      gradient_booster: { name: 'gbtree', model: { trees } },
      learner_model_param: { num_feature: '2', base_score: '5E-1', ...parameters },
      ...more,
    },
  })
const refused = (text: string, message: RegExp) =>
  assert.throws(() => readXgboostJson(text), { code: 'INVALID_ARCHIVE', message })

describe('a model of XGBoost', () => {
  it('is its base score and trees, whose leaves are the values of nodes without children', () => {
    const full = { ...tree, split_type: [0, 0, 0], loss_changes: [9, 0, 0], sum_hessian: [3, 1, 2] }
    const { baseScore, featureCount, trees } = readXgboostJson(document({}, [full]))
    assert.deepEqual([baseScore, featureCount], [0.5, 2])
    assert.deepEqual(trees, [
      {
        feature: Int32Array.of(0, 0, 0),
        split: Float32Array.of(5, 1, 2),
        left: Int32Array.of(1, -1, -1),
        right: Int32Array.of(2, -1, -1),
        defaultLeft: Uint8Array.of(1, 0, 0),
        leaf: Float32Array.of(0, 1, 2),
        gain: Float32Array.of(9, 0, 0),
        cover: Float32Array.of(3, 1, 2),
      },
    ])
  })

  it('needs no gains and covers, and takes booleans and the base score of each version', () => {
    const [read] = readXgboostJson(document({}, [{ ...tree, default_left: [true, false, false] }])).trees
    assert.deepEqual(
      [[...read!.defaultLeft], [...read!.gain], [...read!.cover]],
      [
        [1, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    )
    for (const [base_score, expected] of [
      ['[5E-1]', 0.5],
      [0.25, 0.25],
      ['-3', -3],
      ['0', 0],
    ] as const) {
      assert.equal(readXgboostJson(document({}, [], { base_score })).baseScore, expected)
    }
    assert.equal(readXgboostJson(document({ objective: { name: 'reg:linear' } })).trees.length, 1)
    assert.equal(readXgboostJson(document({ gradient_booster: { model: { trees: [] } } })).trees.length, 0)
    for (const num_feature of ['1', '1000']) {
      assert.equal(readXgboostJson(document({}, [], { num_feature })).featureCount, Number(num_feature))
    }
  })

  it('is refused with what is not understood', () => {
    refused('[]', /document is missing/)
    refused('{}', /learner is missing/)
    refused(document({ objective: undefined }), /objective is missing/)
    refused(document({ objective: { name: 'reg:tweedie' } }), /objective "reg:tweedie" is not supported/)
    refused(document({ gradient_booster: { name: 'dart' } }), /booster "dart" is not supported/)
    refused(document({ gradient_booster: { model: [] } }), /model is missing/)
    refused(document({ gradient_booster: { model: {} } }), /it has no list of trees/)
    refused(document({ learner_model_param: null }), /learner_model_param is missing/)
    for (const num_feature of ['0', '1001', '1.5', 'x', undefined]) {
      refused(document({}, [], { num_feature }), /num_feature is/)
    }
    for (const base_score of ['x', '', ' ', undefined, 'Infinity', '[1', '1]']) {
      refused(document({}, [], { base_score }), /base_score .* is not a number/)
    }
  })

  it('is refused with the tree and node where that is none', () => {
    const wrong = (more: object, message: RegExp) => refused(document({}, [tree, { ...tree, ...more }]), message)
    refused(document({}, [7]), /tree 0 is missing/)
    wrong({ left_children: undefined }, /tree 1 has no left_children/)
    wrong({ right_children: 'x' }, /tree 1 has no right_children/)
    wrong({ split_indices: [0, 0] }, /tree 1 has 3 nodes, but 2 split_indices/)
    wrong({ loss_changes: [0] }, /tree 1 has 3 nodes, but 1 loss_changes/)
    wrong({ split_conditions: [5, '1', 2] }, /tree 1 has "1" among its split_conditions/)
    wrong({ split_conditions: [5, 1e300, 2] }, /tree 1 has the number Infinity in node 1/)
    wrong({ split_type: [0, 1, 0] }, /tree 1 has categorical splits/)
    wrong({ split_indices: [2, 0, 0] }, /tree 1 asks for feature 2 of 2 in node 0/)
    wrong({ split_indices: [-1, 0, 0] }, /tree 1 asks for feature -1 of 2/)
    for (const [left, right] of [
      [0, 2],
      [3, 2],
      [1, 1],
      [1, 3],
      [1, 0],
      [1, -1],
    ] as const) {
      wrong({ left_children: [left, -1, -1], right_children: [right, -1, -1] }, /tree 1 has a loop at node 0/)
    }
    const none = Object.fromEntries(Object.keys(tree).map((key) => [key, []]))
    wrong(none, /tree 1 is empty/)
  })

  it('may use the last feature, and have nodes without children that name none', () => {
    assert.ok(readXgboostJson(document({}, [{ ...tree, split_indices: [1, 99, 99] }])))
  })
})
