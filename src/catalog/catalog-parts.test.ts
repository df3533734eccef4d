import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { linearPowerModel } from '../../test/support/test-model.js'
import type { ModelRow, NodeTypeRow } from '../api/answers.js'
import { modelArchive } from '../archive/read-model-archive.js'
import { parseModelRequest } from '../selection/model-request.js'
import type { PipelineStatus } from '../selection/model-selector.js'
import type { RankedPipeline } from '../selection/ranked-pipeline.js'
import { parseEstimateRequest } from './estimate-request.js'
import { findEntry, findSelected } from './find-entry.js'
import { modelsQuerySchema, nodeTypesQuerySchema, parseListQuery, partOf } from './list-query.js'
import { listModels, listNodeTypes } from './lists.js'
import { modelChoice } from './model-choice.js'
import { madeDetails } from './model-details.js'
import { madeRow, pipelineRow } from './model-row.js'
import { sortedPart } from './sorted-part.js'

const found = fakeModelSelector().findModel(parseModelRequest({ metrics: [], output_type: 'AbsPower' }))
const row = (more: Partial<ModelRow>): ModelRow => ({
  ...{ pipeline: 'p', path: 'x', model_name: 'SGDRegressorTrainer_1', trainer: 'SGDRegressorTrainer', node_type: 1 },
  ...{ source: 'acpi', output_type: 'AbsPower', feature_group: 'BPFOnly', processor: null, cores: null },
  ...{ mae: 1, mape: 1, held_out_mae: null, has_weights: false },
  ...more,
})
const models = (query: object) => parseListQuery(modelsQuerySchema, query)
const types = (query: object) => parseListQuery(nodeTypesQuerySchema, query)

describe('a part of a sorted list', () => {
  const part = { sort: 'v', descending: false, offset: 0, limit: 10 }
  const values = (rows: readonly { v?: unknown }[], more = {}) =>
    sortedPart(rows, { ...part, ...more }).rows.map(({ v }) => v)

  it('is sorted by number, by text with its numbers, and by no before yes', () => {
    assert.deepEqual(values([{ v: 10 }, { v: 9 }, { v: -1 }]), [-1, 9, 10])
    assert.deepEqual(values([{ v: 'm_10' }, { v: 'm_9' }]), ['m_9', 'm_10'])
    assert.deepEqual(values([{ v: true }, { v: false }]), [false, true])
    assert.deepEqual(values([{ v: 1 }, { v: 2 }], { descending: true }), [2, 1])
    assert.deepEqual(values([{ v: 'b' }, { v: 'a' }, { v: 'c' }], { descending: true }), ['c', 'b', 'a'])
  })

  it('has rows without a value last, and equal ones in their order', () => {
    const rows = [{ v: null, i: 0 }, { v: 1, i: 1 }, { i: 2 }, { v: 1, i: 3 }, { v: 0, i: 4 }]
    const order = (descending: boolean) => sortedPart(rows, { ...part, descending }).rows.map(({ i }) => i)
    assert.deepEqual(order(false), [4, 1, 3, 0, 2])
    assert.deepEqual(order(true), [1, 3, 4, 0, 2])
  })

  it('begins and ends where it is asked to, and says how many there are', () => {
    const rows = [1, 2, 3, 4].map((v) => ({ v }))
    assert.deepEqual(sortedPart(rows, { ...part, offset: 1, limit: 2 }), {
      ...{ total: 4, offset: 1 },
      rows: [{ v: 2 }, { v: 3 }],
    })
    assert.deepEqual(sortedPart(rows, { ...part, offset: 4 }), { total: 4, offset: 4, rows: [] })
  })
})

describe('the query of a list', () => {
  it('has bounds, both included', () => {
    for (const [field, taken, refused] of [
      ['limit', ['1', '1000', ''], ['0', '1001', '1.5', '-1', 'x', '0x1', '1'.repeat(10)]],
      ['offset', ['0', '999999999'], ['-1', '1000000000', '1e3']],
      ['node-type', ['0', '999999999'], ['-1', ' 1']],
    ] as const) {
      for (const value of taken)
        assert.equal(models({ [field]: value })[field], value === '' ? undefined : Number(value))
      for (const value of refused) {
        const message = new RegExp(`${field}: expected a whole number from [01] to (1000|999999999)`)
        assert.throws(() => models({ [field]: value }), { field, message }, value)
      }
      assert.throws(() => models({ [field]: ['1', '2'] }), { field, message: /expected one value/ })
    }
    assert.equal(models({ search: 'x'.repeat(1024) }).search?.length, 1024)
    assert.throws(() => models({ search: 'x'.repeat(1025) }), { field: 'search' })
    assert.throws(() => models({ weights: 'false' }), { field: 'weights', message: /expected true/ })
  })

  it('begins with 100 rows by the first key', () => {
    const keys = ['a', 'b'] as const
    const usual = { sort: 'a', descending: false, offset: 0, limit: 100 }
    assert.deepEqual(partOf(models({}), [...keys]), usual)
    assert.deepEqual(partOf(models({ sort: '', order: '', limit: '', offset: '' }), [...keys]), usual)
    assert.deepEqual(partOf(models({ sort: 'b', order: 'ascending' }), [...keys]), { ...usual, sort: 'b' })
    const wrong = { code: 'INVALID_REQUEST', field: 'sort', message: 'sort: expected a, b' }
    assert.throws(() => partOf(models({ sort: 'c' }), [...keys]), wrong)
  })
})

describe('a list of models', () => {
  const all = [
    row({ model_name: 'A_1', node_type: 0, processor: 'Intel Xeon', mae: 3 }),
    row({ model_name: 'B_2', source: 'rapl-sysfs', output_type: 'DynPower', has_weights: true, mae: 2 }),
    row({ model_name: 'C_3', feature_group: 'CounterOnly', trainer: 'SVR', node_type: 2, mae: 1 }),
  ]
  const names = (query: object) => listModels(all, models(query)).rows.map(({ model_name }) => model_name)

  it('has those that pass every filter', () => {
    assert.deepEqual(names({}), ['C_3', 'B_2', 'A_1'])
    for (const [query, expected] of [
      [{ source: 'rapl-sysfs' }, ['B_2']],
      [{ 'output-type': 'DynPower' }, ['B_2']],
      [{ 'feature-group': 'CounterOnly' }, ['C_3']],
      [{ trainer: 'SVR' }, ['C_3']],
      [{ 'node-type': '0' }, ['A_1']],
      [{ weights: 'true' }, ['B_2']],
      [{ search: 'xeon' }, ['A_1']],
      [{ search: ' b_2 ' }, ['B_2']],
      [{ search: 'counter' }, ['C_3']],
      [{ search: 'null' }, []],
      [{ source: 'acpi', trainer: 'SVR' }, ['C_3']],
      [{ source: 'rapl-sysfs', trainer: 'SVR' }, []],
      [{ source: '', weights: '', search: ' ' }, ['C_3', 'B_2', 'A_1']],
    ] as const) {
      assert.deepEqual(names(query), expected, JSON.stringify(query))
    }
  })

  it('has the values of all columns, each once, sorted, whatever is filtered', () => {
    assert.deepEqual(listModels([...all, ...all], models({ trainer: 'SVR' })).values, {
      source: ['acpi', 'rapl-sysfs'],
      output_type: ['AbsPower', 'DynPower'],
      feature_group: ['BPFOnly', 'CounterOnly'],
      trainer: ['SGDRegressorTrainer', 'SVR'],
    })
  })

  it('sorts by each of its columns', () => {
    for (const sort of ['mae', 'mape', 'held_out_mae', 'model_name', 'node_type', 'trainer', 'source', 'output_type']) {
      assert.equal(names({ sort }).length, 3, sort)
    }
    for (const sort of ['feature_group', 'processor', 'cores', 'has_weights', 'pipeline']) names({ sort })
    assert.throws(() => names({ sort: 'path' }), { field: 'sort' })
  })
})

const type = (node_type: number, machine: NodeTypeRow['machine'], members = 1): NodeTypeRow => ({
  ...{ pipeline: 'p', node_type, machine, members, models: 1 },
})

describe('a list of node types', () => {
  const all = [type(0, { processor: 'Intel', cores: 64 }), type(17, { cores: 8 }), type(5, { processor: 'AMD' })]
  const numbers = (query: object) => listNodeTypes(all, types(query)).rows.map(({ node_type }) => node_type)

  it('is searched by number and processor, and sorted by what a machine is', () => {
    assert.deepEqual(numbers({}), [0, 5, 17])
    assert.deepEqual(numbers({ search: ' AMD' }), [5])
    assert.deepEqual(numbers({ search: '7' }), [17])
    assert.deepEqual(numbers({ sort: 'cores' }), [17, 0, 5])
    assert.deepEqual(listNodeTypes(all, types({ search: 'amd' })), { total: 1, offset: 0, rows: [all[2]] })
    for (const sort of ['chips', 'memory', 'frequency', 'members', 'models', 'pipeline']) assert.ok(numbers({ sort }))
    assert.throws(() => numbers({ sort: 'machine' }), { field: 'sort' })
  })
})

describe('the nearest machines of a choice', () => {
  const model = {} as Parameters<typeof modelChoice>[1]
  const nearest = (spec: object, ...all: NodeTypeRow[]) =>
    modelChoice(found, model, spec, all).nearest.map(({ node_type }) => node_type)

  it('come by similarity, then by how many were measured, then by number', () => {
    const [same, other] = [
      { processor: 'x', cores: 8 },
      { processor: 'y', cores: 8 },
    ]
    assert.deepEqual(nearest(same, type(3, other), type(2, same, 1), type(9, same, 5), type(1, same, 1)), [9, 1, 2, 3])
    assert.deepEqual(nearest({}, type(1, same)), [])
    assert.equal(nearest(same, ...Array.from({ length: 9 }, (_, i) => type(i, same))).length, 8)
  })

  it('stand beside what was matched, corrected and passed over', () => {
    const plain = modelChoice(found, model, {}, [])
    assert.deepEqual([plain.match, plain.corrected, plain.passed_over], [null, null, []])
    const match = { how: 'fallback', nodeType: 1, wanted: 9 } as const
    const served = { ...found, corrected: 'c', passedOver: ['a'], selection: { ...found.selection, match } }
    const choice = modelChoice(served, model, {}, [])
    assert.deepEqual(
      [choice.match, choice.corrected, choice.passed_over],
      [{ how: 'fallback', wanted: 9, node_type: 1 }, 'c', ['a']],
    )
  })
})

describe('a pipeline', () => {
  it('is a row of its status, with the time at which it was loaded', () => {
    const status = { name: 'p', nodeTypes: 3, models: 7, loadedAt: Date.UTC(2026, 0, 2) } as PipelineStatus
    assert.deepEqual(pipelineRow(status, true), {
      ...{ name: 'p', models: 7, node_types: 3, is_made: true, loaded_at: '2026-01-02T00:00:00.000Z' },
    })
  })
})

describe('a model by its name', () => {
  const entry = (name: string, featureGroup: string, outputType = 'AbsPower', source = 'acpi') => ({
    name,
    folder: { source, outputType, featureGroup, path: `${source}/${outputType}/${featureGroup}` },
  })
  const entries = [
    entry('m', 'A'),
    entry('m', 'B'),
    entry('m', 'B', 'DynPower'),
    entry('m', 'B', 'AbsPower', 'rapl-sysfs'),
    entry('n', 'B'),
  ]
  const served = [{ pipeline: { name: 'p', entries } }] as unknown as readonly RankedPipeline[]

  it('is the one of that source, output type, group and name', () => {
    const selection = { ...found.selection, pipeline: 'p', source: 'acpi', outputType: 'AbsPower' } as const
    const index = (more: object) => {
      const selected = findSelected(served, { ...selection, ...more })
      return selected && entries.indexOf(selected.entry as never)
    }
    const wanted = [
      { modelName: 'm', featureGroup: 'B' },
      { modelName: 'm', featureGroup: 'B', outputType: 'DynPower' },
      { modelName: 'm', featureGroup: 'B', source: 'rapl-sysfs' },
      { modelName: 'n', featureGroup: 'B' },
    ]
    assert.deepEqual(wanted.map(index), [1, 2, 3, 4])
    assert.equal(index({ modelName: 'x', featureGroup: 'B' }), undefined)
    assert.equal(findSelected(served, { ...selection, pipeline: 'q', modelName: 'm' }), undefined)
    assert.equal(findEntry(served, 'p', 'acpi/AbsPower/B/n').entry, entries[4])
    assert.throws(() => findEntry(served, 'p', 'x'), { field: 'path', message: '"p" has no model "x"' })
    assert.throws(() => findEntry(served, 'q', 'x'), { field: 'pipeline', message: 'there is no pipeline "q"' })
  })
})

describe('a model that was made', () => {
  const model = linearPowerModel()
  const metadata = { model_name: model.name, model_class: 'native', model_file: 'x', features: ['f'], fe_files: [] }
  const archive = modelArchive(model, { ...metadata, mae: undefined, mape: 3 })

  it('is a row of what its archive says, and null where that says nothing', () => {
    const made = madeRow(found.selection, archive)
    assert.deepEqual([made.mae, made.mape, made.processor, made.cores, made.has_weights], [null, 3, null, null, true])
    assert.equal(made.path, 'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_0')
    const machineSpec = { processor: 'x', cores: 2 }
    const known = madeRow({ ...found.selection, machineSpec }, archive)
    assert.deepEqual([known.processor, known.cores], ['x', 2])
  })

  it('is shown without weights where there are none, and without metadata that are no text to look at', () => {
    const details = madeDetails(found, archive, undefined)
    assert.deepEqual(
      [details.is_made, details.machine, details.weights, details.weights_fault, details.fault, details.competitors],
      [true, null, null, null, null, []],
    )
    assert.deepEqual([details.features, details.components], [['bpf_cpu_time_ms'], ['package', 'dram']])
    const { metadata: shown } = details
    const room = 65_536 - JSON.stringify({ ...shown, long: '' }).length
    const long = (length: number) =>
      madeDetails(found, modelArchive(model, { ...archive.metadata, long: 'x'.repeat(length) }), undefined).metadata
    assert.equal(JSON.stringify(long(room)).length, 65_536)
    assert.equal(long(room + 1), null)
  })
})

describe('a request for an estimate', () => {
  const body = { metrics: ['a'], output_type: 'AbsPower' }

  it('names a model, or asks for one that is no weights', () => {
    const named = parseEstimateRequest({ ...body, pipeline_name: 'p', model: 'x' }).model
    assert.deepEqual(named, { pipeline: 'p', path: 'x' })
    const chosen = parseEstimateRequest({ ...body, weight: true, pipeline_name: 'p' }).model
    assert.ok('weight' in chosen && !chosen.weight && chosen.pipelineName === 'p')
  })

  it('has 1000 rows at most', () => {
    const rows = (count: number) => ({ ...body, values: Array.from({ length: count }, () => [1]) })
    assert.equal(parseEstimateRequest(rows(1000)).power.values.length, 1000)
    const message = 'values: 1001 rows, at most 1000 at once'
    assert.throws(() => parseEstimateRequest(rows(1001)), { code: 'LIMIT_EXCEEDED', field: 'values', message })
    assert.throws(() => parseEstimateRequest({ ...body, model: 'x'.repeat(2049) }), { field: 'model' })
    assert.throws(() => parseEstimateRequest({ ...body, pipeline_name: 'x'.repeat(1025) }), { field: 'pipeline_name' })
  })
})
