import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPowerModel } from '../../test/support/test-model.js'
import { curvePredictor } from '../predictor/curve.js'
import type { FittedTransformer } from '../predictor/kinds.js'
import { polynomialFeatures } from '../predictor/polynomial.js'
import { type ComponentModel, type PowerModel, predictPower } from '../predictor/power-model.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from '../predictor/scalers.js'
import { xgboostPredictor } from '../predictor/xgboost.js'
import { readModelArchive } from './read-model-archive.js'
import { modelArchiveFiles, zipFiles } from './write-model-archive.js'
import { writeXgboostJson } from './write-xgboost-json.js'
import { readXgboostJson } from './xgboost-json.js'
import { bufferSource } from './zip/byte-source.js'
import { openZip } from './zip/zip.js'

const model = linearPowerModel({ components: ['package', 'dram'], idle: 1, slope: 2, largest: 4 })
const [line] = model.components
const withComponents = (...components: ComponentModel[]): PowerModel => ({ ...model, components })
const files = (one: PowerModel, metadata: object = {}) => modelArchiveFiles(one, { ...metadata })
const metadataIn = (one: PowerModel, metadata: object = {}) =>
  JSON.parse(String(files(one, metadata).get('metadata.json')))
const xgboost = {
  ...{ baseScore: 0.5, featureCount: 1 },
  trees: [
    {
      ...{ feature: Int32Array.of(0, 0, 0), split: Float32Array.of(5, 0, 0), left: Int32Array.of(1, -1, -1) },
      ...{ right: Int32Array.of(2, -1, -1), defaultLeft: Uint8Array.of(1, 0, 0), leaf: Float32Array.of(0, 1, 2.5) },
      ...{ gain: Float32Array.of(9, 0, 0), cover: Float32Array.of(3, 1, 2) },
    },
  ],
}

describe('the files of an archive', () => {
  it('are a pickle a component, and one for a scaler that they share', () => {
    const names = ['scaler.pkl', 'package.pkl', 'dram.pkl', `${model.name}.json`, 'metadata.json']
    assert.deepEqual([...files(model).keys()], names)
    const parts = JSON.parse(String(files(model).get(`${model.name}.json`)))
    const entry = (component: string) => ({
      model_file: `${component}.pkl`,
      features: ['bpf_cpu_time_ms'],
      fe_files: ['scaler.pkl'],
    })
    assert.deepEqual(parts, { package: entry('package'), dram: entry('dram') })
    assert.deepEqual(metadataIn(model, { mae: 1, model_name: 'other' }), {
      ...{ mae: 1, model_name: model.name, model_class: 'scikit', model_file: `${model.name}.json` },
      ...{ features: ['bpf_cpu_time_ms'], fe_files: [] },
    })
  })

  it('have a file of their own for what is nested', () => {
    assert.equal(files(model, { a: 1 }).has('details.json'), false)
    assert.equal(files(model, { a: 1, b: { c: 2 } }).get('details.json'), '{"b":{"c":2}}')
    assert.equal(readModelArchive(zipFiles(files(model, { b: { c: 2 }, mae: 1 }))).metadata.mae, 1)
    const { metadata } = readModelArchive(zipFiles(files(model, { b: { c: 2 } })))
    assert.deepEqual(metadata.b, { c: 2 })
  })

  it('are named as the original names scalers and what follows them', () => {
    const polynomial = polynomialFeatures({ inputCount: 1, degree: 2, includeBias: false, interactionOnly: false })
    const named = (...transformers: FittedTransformer[]) =>
      [...files(withComponents({ ...line!, transformers })).keys()].filter((name) => /scaler/.test(name))
    const scaler = maxAbsScaler(Float64Array.of(1))
    assert.deepEqual(named(scaler, polynomial), ['scaler.pkl', 'poly_scaler.pkl'])
    assert.deepEqual(named(polynomial), ['poly_scaler.pkl'])
    assert.deepEqual(named(scaler, maxAbsScaler(Float64Array.of(2))), ['scaler.pkl', 'scaler_1.pkl'])
    assert.deepEqual(named(scaler, maxAbsScaler(Float64Array.of(2)), polynomial), [
      'scaler.pkl',
      'scaler_1.pkl',
      'poly_scaler_2.pkl',
    ])
  })

  it('are of one class, or our own where the components are of several', () => {
    const curve: ComponentModel = { ...line!, predictor: curvePredictor('logistic', Float64Array.of(1, 2, 3, 4), 0, 1) }
    const boosted: ComponentModel = { ...line!, component: 'dram', predictor: xgboostPredictor(xgboost) }
    const kind = (...components: ComponentModel[]) => {
      const { model_class } = metadataIn(withComponents(...components))
      return [
        model_class,
        [...files(withComponents(...components)).keys()].filter((name) => /^(package|dram)\./.test(name)).join(),
      ]
    }
    assert.deepEqual(kind(line!), ['scikit', 'package.pkl'])
    assert.deepEqual(kind(curve), ['curvefit', 'package.pkl'])
    assert.deepEqual(kind(boosted), ['xgboost', 'dram.json'])
    const dram: ComponentModel = { ...line!, component: 'dram' }
    assert.deepEqual(kind(curve, dram), ['native', 'package.json,dram.json'])
    assert.throws(() => kind(curve, boosted), { code: 'INVALID_DATA', message: /a "xgboost" predictor/ })
    assert.deepEqual(kind(), ['native', ''])
    const native = files(withComponents(curve, dram))
    assert.ok(native.has('max-abs_0.json'))
  })

  it('predict as before in our own format, which only components of several classes need', () => {
    const curve: ComponentModel = {
      ...line!,
      predictor: curvePredictor('logarithmic', Float64Array.of(2, 0.1, 3), 0, 1),
    }
    const before = withComponents(curve, { ...line!, component: 'dram' })
    const after = readModelArchive(zipFiles(files(before)))
    assert.equal(after.metadata.model_class, 'native')
    assert.deepEqual(after.predict(['bpf_cpu_time_ms'], [[3]]), predictPower(before, ['bpf_cpu_time_ms'], [[3]]))
    const other = zipFiles(
      new Map([...files(before), ['metadata.json', JSON.stringify({ ...metadataIn(before), model_class: 'x' })]]),
    )
    assert.throws(() => readModelArchive(other), { code: 'INVALID_ARCHIVE', message: /class "x" is not supported/ })
  })

  it('predict as before, with each transformer and curve', () => {
    const transformers: readonly (readonly FittedTransformer[])[] = [
      [maxAbsScaler(Float64Array.of(4))],
      [maxAbsScaler(Float64Array.of(0))],
      [minMaxScaler(Float64Array.of(0.5), Float64Array.of(-1))],
      [minMaxScaler(Float64Array.of(0.5), Float64Array.of(-1), [0, 1])],
      [standardScaler(Float64Array.of(2), Float64Array.of(4))],
      [standardScaler(Float64Array.of(2), Float64Array.of(0))],
    ]
    const predictors = [
      line!.predictor,
      ...(['exponential', 'logarithmic'] as const).map((shape) =>
        curvePredictor(shape, Float64Array.of(2, 0.1, 3), 0, 1),
      ),
    ]
    const rows = [[0], [3], [8]]
    for (const chain of transformers) {
      for (const predictor of predictors) {
        const before = withComponents({ ...line!, transformers: chain, predictor })
        const after = readModelArchive(zipFiles(files(before)))
        assert.deepEqual(after.predict(['bpf_cpu_time_ms'], rows), predictPower(before, ['bpf_cpu_time_ms'], rows))
      }
    }
  })

  it('are packed, but for zips within, and have the same time always', () => {
    const zip = openZip(
      bufferSource(
        zipFiles(
          new Map([
            ['a.txt', 'x'.repeat(100)],
            ['b.zip', 'y'.repeat(100)],
          ]),
        ),
      ),
    )
    const [a, b] = [...zip.entries.values()]
    assert.deepEqual([a?.method, b?.method, b?.packedBytes], [8, 0, 100])
    // 2000-01-01 00:00 as DOS has it.
    assert.equal(a?.modified, 0x28210000)
  })
})

describe('JSON for XGBoost', () => {
  it('has numbers with a point where they are floats, and what its schema wants', () => {
    const text = writeXgboostJson(xgboost)
    const { learner, version } = JSON.parse(text)
    assert.match(text, /"split_conditions":\[5\.0,1\.0,2\.5\]/)
    assert.deepEqual(version, [1, 7, 4])
    const [tree] = learner.gradient_booster.model.trees
    assert.deepEqual(
      [tree.parents, tree.left_children, tree.right_children],
      [
        [2147483647, 0, 0],
        [1, -1, -1],
        [2, -1, -1],
      ],
    )
    assert.deepEqual(
      [tree.split_indices, tree.split_type, tree.default_left],
      [
        [0, 0, 0],
        [0, 0, 0],
        [1, 0, 0],
      ],
    )
    assert.deepEqual(
      [tree.loss_changes, tree.sum_hessian, tree.base_weights],
      [
        [9, 0, 0],
        [3, 1, 2],
        [0, 1, 2.5],
      ],
    )
    assert.deepEqual(tree.tree_param, { num_deleted: '0', num_feature: '1', num_nodes: '3', size_leaf_vector: '0' })
    assert.deepEqual([learner.gradient_booster.model.tree_info, tree.id], [[0], 0])
    assert.equal(learner.gradient_booster.model.gbtree_model_param.num_trees, '1')
    assert.deepEqual(learner.learner_model_param, {
      ...{ base_score: '0.5', boost_from_average: '1', num_class: '0', num_feature: '1', num_target: '1' },
    })
    assert.equal(learner.objective.name, 'reg:squarederror')
    assert.match(
      writeXgboostJson({ ...xgboost, trees: [{ ...xgboost.trees[0]!, leaf: Float32Array.of(0, 1e-30, 1e30) }] }),
      /e-30,1\.\d+e\+30\]/,
    )
  })

  it('is read as it was', () => {
    const read = readXgboostJson(writeXgboostJson(xgboost))
    assert.deepEqual(read, { ...xgboost, trees: [{ ...xgboost.trees[0]!, split: Float32Array.of(5, 1, 2.5) }] })
  })
})
