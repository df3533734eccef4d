import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { Dataset } from '../extract/dataset.js'
import { extract } from './extract.js'
import { simulateResponse } from './simulate.js'
import { trainingSetOf } from './training-set-of.js'

let dataset: Dataset
before(() => {
  dataset = extract(simulateResponse({ duration: 60 }), { featureGroup: 'Basic' }).dataset
})

describe('the training set of a dataset', () => {
  it('is of the group that its features are, in whatever order', () => {
    assert.equal(trainingSetOf(dataset).group, 'Basic')
    assert.equal(trainingSetOf({ ...dataset, features: [...dataset.features].reverse() }).group, 'Basic')
  })

  it('is of third parties where the features are no group', () => {
    assert.equal(trainingSetOf({ ...dataset, features: dataset.features.slice(1) }).group, 'ThirdParty')
    const [first, ...others] = dataset.features
    assert.equal(trainingSetOf({ ...dataset, features: [{ ...first!, name: 'mine' }, ...others] }).group, 'ThirdParty')
  })

  it('is of the node type that is asked for, or the only one', () => {
    assert.equal(trainingSetOf(dataset).nodeType, 0)
    assert.equal(trainingSetOf(dataset, 0).x.rows, dataset.rows)
    assert.throws(() => trainingSetOf(dataset, 1), {
      code: 'INVALID_REQUEST',
      field: 'nodeType',
      message: 'the dataset has rows of node types 0: there is no 1',
    })
    const mixed = { ...dataset, nodeTypes: dataset.nodeTypes.map((_, row) => (row < 5 ? 3 : 8)) }
    assert.equal(trainingSetOf(mixed, 3).x.rows, 5)
    assert.equal(trainingSetOf(mixed, 8).x.rows, dataset.rows - 5)
    assert.throws(() => trainingSetOf(mixed), { message: /node types 3, 8: choose one with nodeType$/ })
  })

  it('has the workload of each row where that is told', () => {
    const { workloads } = trainingSetOf(dataset, undefined, (time) => (time < dataset.timestamps[7]! ? 'a' : 'b'))
    assert.deepEqual(workloads?.names, ['a', 'b'])
    assert.equal([...(workloads?.ofRow ?? [])].filter((label) => label === 0).length, 7)
    assert.equal(trainingSetOf(dataset).workloads, undefined)
  })
})
