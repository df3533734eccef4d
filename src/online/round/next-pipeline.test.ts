import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { metadataOf, zipOf } from '../../../test/support/pipeline-fixture.js'
import { bufferSource } from '../../archive/zip/byte-source.js'
import { openZip } from '../../archive/zip/zip.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { TrainedModel } from '../../train/train-model.js'
import type { MachineTypes } from './machine-types.js'
import { nextPipeline } from './next-pipeline.js'
import { filesOf, publishedError, type ServedPipeline } from './served.js'

const slot = { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 3 } as const
const noTypes: MachineTypes = { of: () => undefined, known: new Map() }

function model(name: string, weights?: string): TrainedModel {
  return {
    ...{ name, trainer: 'SGDRegressorTrainer', features: ['a', 'b'], zip: Buffer.from(`zip of ${name}`) },
    metadata: { model_name: name, trainer: 'SGDRegressorTrainer', output_type: 'AbsPower', node_type: 3, mae: 1.5 },
    ...(weights !== undefined && { weights }),
  } as unknown as TrainedModel
}

function opened(zip: Buffer) {
  const { entries, read } = openZip(bufferSource(zip))
  const text = (name: string) => Buffer.from(read(name)).toString('utf8')
  return { names: [...entries.keys()].sort(), text, json: (name: string) => JSON.parse(text(name)) }
}
const next = {
  ...{ name: 'std', version: 7, isolator: 'auto', types: noTypes },
  trainers: ['SGDRegressorTrainer'],
  now: Date.parse('2026-01-02T03:04:05.678Z'),
} as const

describe('the next version of a pipeline', () => {
  it('has the new models with their weights, and a table that names them', () => {
    const models = [model('SGDRegressorTrainer_3', '{"w":1}'), model('LinearRegressionTrainer_3')]
    const { names, text, json } = opened(nextPipeline(undefined, [{ slot, models }], next))
    const folder = 'acpi/AbsPower/BPFOnly'
    assert.deepEqual(names, [
      `${folder}/LinearRegressionTrainer_3.zip`,
      `${folder}/SGDRegressorTrainer_3.json`,
      `${folder}/SGDRegressorTrainer_3.zip`,
      'acpi_AbsPower_model_metadata.csv',
      'metadata.json',
      'node_type_index.json',
    ])
    assert.equal(text(`${folder}/SGDRegressorTrainer_3.json`), '{"w":1}')
    assert.equal(text(`${folder}/SGDRegressorTrainer_3.zip`), 'zip of SGDRegressorTrainer_3')
    const rows = text('acpi_AbsPower_model_metadata.csv').trim().split('\n')
    assert.equal(rows.length, 3)
    assert.match(rows[1] ?? '', /SGDRegressorTrainer_3/)
    assert.match(rows[1] ?? '', /BPFOnly/)
    assert.deepEqual(json('metadata.json'), {
      ...{ name: 'std', version: 7, isolator: 'auto', extractor: 'default' },
      ...{ abs_trainers: ['SGDRegressorTrainer'], dyn_trainers: ['SGDRegressorTrainer'] },
      ...{ last_update_time: '2026-01-02 03:04:05', trained_by: 'online-trainer' },
    })
    assert.deepEqual(json('node_type_index.json'), { 3: { attrs: {}, members: [] } })
  })

  it('keeps served models of other slots, with their row', () => {
    const folder = 'acpi/AbsPower/BPFOnly'
    const entry = (nodeType: number) => ({
      ...{
        name: `SGDRegressorTrainer_${nodeType}`,
        trainer: 'SGDRegressorTrainer',
        features: ['a'],
        nodeType,
        archive: 'zip',
      },
      ...{ folder: { path: folder, outputType: 'AbsPower' }, numbers: { keys: ['mae'], values: [0.25] } },
    })
    const store = {
      has: () => false,
      read: (path: string) => zipOf({ 'metadata.json': metadataOf({ name: `SGDRegressorTrainer_${path.at(-5)}` }) }),
    }
    const entries = [entry(1), entry(3)]
    const served = { pipeline: { entries, store, specOf: () => undefined } } as unknown as ServedPipeline
    const { names, text } = opened(nextPipeline(served, [{ slot, models: [] }], next))
    assert.deepEqual(
      names.filter((name) => name.startsWith(folder)),
      [`${folder}/SGDRegressorTrainer_1.zip`],
    )
    const [header = '', row = '', ...more] = text('acpi_AbsPower_model_metadata.csv').trim().split('\n')
    const cells = row.split(',')
    const cell = (column: string) => cells[header.split(',').indexOf(column)]
    assert.deepEqual([cell('model_name'), cell('mae'), more], ['SGDRegressorTrainer_1', '0.25', []])
  })

  it('has the machines whose spec is known, each under its present type', () => {
    const before = {
      1: { attrs: { cores: 4 }, members: ['moved', 'stays'], more: 'kept' },
      2: { attrs: { cores: 8 }, members: 'damaged' },
    }
    const store = { has: () => true, read: () => Buffer.from(JSON.stringify(before)), origin: '' }
    const served = { pipeline: { entries: [], store } } as unknown as ServedPipeline
    const known = new Map([[5, { spec: { cores: 16 }, instances: ['moved', 'new'] }]])
    const { json } = opened(nextPipeline(served, [{ slot, models: [] }], { ...next, types: { ...noTypes, known } }))
    assert.deepEqual(json('node_type_index.json'), {
      1: { attrs: { cores: 4 }, members: ['stays'], more: 'kept' },
      2: { attrs: { cores: 8 }, members: [] },
      3: { attrs: {}, members: [] },
      5: { attrs: { cores: 16 }, members: ['moved', 'new'] },
    })
  })
})

describe('what a served model says of itself', () => {
  const entry = (numbers: Readonly<Record<string, number>>): ModelEntry =>
    ({
      numbers: { keys: Object.keys(numbers), values: Float64Array.from(Object.values(numbers)) },
    }) as unknown as ModelEntry

  it('is its error when it was published: package and dram, or the platform, in percent of the mean', () => {
    const numbers = { held_out_mean_watts: 50, package_mae: 3, dram_mae: 1, core_mae: 99 }
    assert.deepEqual(publishedError(entry(numbers)), { watts: 4, percent: 8 })
    assert.deepEqual(publishedError(entry({ held_out_mean_watts: 200, platform_mae: 5 })), { watts: 5, percent: 2.5 })
    assert.equal(publishedError(entry({ package_mae: 3 })), undefined)
  })

  it('has no weights among its files where it has none', () => {
    const at = { ...entry({}), name: 'A_1', folder: { path: 'acpi/AbsPower/BPFOnly' }, archive: 'zip' }
    const store = {
      has: () => true,
      read: (path: string) => {
        return path.endsWith('.zip') ? zipOf({ 'metadata.json': metadataOf({ name: 'A_1' }) }) : Buffer.from(path)
      },
    }
    const pipeline = { store, specOf: () => undefined } as unknown as Parameters<typeof filesOf>[0]
    const files = (weights: 'folder' | 'file' | undefined) =>
      filesOf(pipeline, { ...at, weights } as unknown as ModelEntry).map(([path, content]) => [path, String(content)])
    assert.deepEqual(
      files(undefined).map(([path]) => path),
      ['acpi/AbsPower/BPFOnly/A_1.zip'],
    )
    assert.deepEqual(files('folder')[1], ['acpi/AbsPower/BPFOnly/A_1.json', 'acpi/AbsPower/BPFOnly/A_1/weight.json'])
    assert.deepEqual(files('file')[1], ['acpi/AbsPower/BPFOnly/A_1.json', 'acpi/AbsPower/BPFOnly/A_1.json'])
  })
})
