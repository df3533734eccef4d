import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { ModelArchive } from '../archive/read-model-archive.js'
import type { Dataset } from '../extract/dataset.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { crossValidate } from './cross-validate.js'
import { extract } from './extract.js'
import { isolate } from './isolate.js'
import { loadPipeline } from './load-pipeline.js'
import { profileIdle } from './profile-idle.js'
import { readResponse } from './read-response.js'
import { type SimulateOptions, simulateResponse, simulateResponseText, simulateTruth } from './simulate.js'
import { trainModel } from './train-model.js'
import { trainPipeline } from './train-pipeline.js'
import { workloadsIn } from './workloads-in.js'

let response: PrometheusResponse
let dataset: Dataset
let containers: Dataset
before(() => {
  response = simulateResponse({ duration: 300 })
  dataset = extract(response, { featureGroup: 'BPFOnly' }).dataset
  containers = extract(response, { featureGroup: 'BPFOnly', outputType: 'DynPower' }).dataset
})

describe('simulateResponse without options', () => {
  const text = (options?: SimulateOptions) => [...simulateResponseText(options)].join('')

  it('is ten minutes of a mixed node, every three seconds', () => {
    const [times = []] = [[...simulateTruth()].map(({ time }) => time)]
    assert.equal(times.length, 200)
    assert.equal(times[1]! - times[0]!, 3)
    const defaults = {
      scenario: 'mixed',
      seed: 0,
      duration: 600,
      step: 3,
      start: 1_700_000_000,
      instance: 'node-1',
    } as const
    assert.equal(text(), text({ ...defaults, nodeType: 0, vm: false, vocabulary: 'kepler-0.7' }))
  })

  it('takes each option', () => {
    const short = { duration: 30 } as const
    const changes: readonly SimulateOptions[] = [
      { scenario: 'idle' },
      { seed: 1 },
      { duration: 33 },
      { step: 5 },
      { start: 1_600_000_000 },
      { machineSpec: { cores: 8 } },
      { nodeType: 2 },
      { instance: 'other' },
      { vm: true },
      { vocabulary: 'kepler-0.10' },
    ]
    for (const change of changes) assert.notEqual(text({ ...short, ...change }), text(short), JSON.stringify(change))
  })
})

describe('readResponse', () => {
  const chunks = () => [...simulateResponseText({ duration: 30 })].map((text) => Buffer.from(text))

  it('holds to its bounds, stops when told, and tells how far it is', async () => {
    const bytes = chunks().reduce((sum, { length }) => sum + length, 0)
    const { samples } = await readResponse(chunks(), { maxBytes: bytes })
    assert.equal((await readResponse(chunks(), { maxSamples: samples })).samples, samples)
    await assert.rejects(readResponse(chunks(), { maxSamples: samples - 1 }), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readResponse(chunks(), { maxBytes: bytes - 1 }), { code: 'LIMIT_EXCEEDED' })
    await assert.rejects(readResponse(chunks(), { signal: AbortSignal.abort() }), { code: 'CANCELLED' })
    let last = 0
    await readResponse(chunks(), { onProgress: (read) => (last = read) })
    assert.equal(last, bytes)
  })

  it('refuses what is no number unless it is tolerant', async () => {
    const damaged = () => chunks().map((chunk) => Buffer.from(String(chunk).replace(/"\d+(\.\d+)?"\]/, '"many"]')))
    await assert.rejects(readResponse(damaged()), { code: 'INVALID_DATA' })
    const { badSamples } = await readResponse(damaged(), { tolerant: true })
    assert.ok(badSamples.length > 0)
  })
})

describe('extract', () => {
  it('takes the options of an extractor', () => {
    const rows = (options: Parameters<typeof extract>[1]) => extract(response, options).dataset
    assert.deepEqual([...new Set(rows({ nodeType: 5 }).nodeTypes)], [5])
    assert.equal(rows({ outputType: 'DynPower' }).outputType, 'DynPower')
    assert.notDeepEqual(rows({ extractor: 'smooth' }).features, rows({}).features)
    assert.throws(() => rows({ instance: 'nowhere' }), { code: 'INVALID_DATA' })
    assert.deepEqual(
      rows({ thirdParty: ['kepler_container_cpu_cycles_total'], featureGroup: 'ThirdParty' }).features.map(
        ({ name }) => name,
      ),
      ['kepler_container_cpu_cycles_total'],
    )
  })

  it('takes the vocabulary that is named where a response speaks two', () => {
    const newer = simulateResponse({ duration: 300, vocabulary: 'kepler-0.10' })
    const both = { ...response, series: new Map([...response.series, ...newer.series]) }
    assert.deepEqual(extract(both).dataset, extract(response).dataset, 'of which there is more')
    assert.deepEqual(extract(both, { vocabulary: 'kepler-0.10' }).dataset, extract(newer).dataset)
  })

  it('takes processes of a virtual machine by their job', () => {
    const inside = simulateResponse({ duration: 60, vm: true })
    assert.ok(extract(inside, { vm: true, vmJob: 'vm', featureGroup: 'BPFOnly' }).dataset.rows > 0)
    assert.throws(() => extract(inside, { vm: true, vmJob: 'other', featureGroup: 'BPFOnly' }), {
      code: 'INVALID_DATA',
    })
  })
})

describe('profileIdle', () => {
  it('takes the node, its type and its vocabulary', () => {
    const idle = simulateResponse({ scenario: 'idle', duration: 60, vocabulary: 'kepler-0.10' })
    const keys = (options: Parameters<typeof profileIdle>[1]) => JSON.stringify(profileIdle(idle, options).profile)
    assert.equal(keys({}), keys({ vocabulary: 'kepler-0.10' }))
    assert.notEqual(keys({ nodeType: 7 }), keys({}))
    assert.throws(() => keys({ vocabulary: 'kepler-0.7' }), { code: 'INVALID_DATA' })
    assert.throws(() => keys({ instance: 'nowhere' }), { code: 'INVALID_DATA' })
  })
})

describe('isolate', () => {
  const models = async () => [
    (await trainModel(dataset, 'LinearRegressionTrainer', { crossValidation: false })).archive(),
  ]

  it('takes no hint for granted', async () => {
    const isolator = { isolator: 'trainer', models: await models() } as const
    const plain = await isolate(containers, isolator)
    assert.deepEqual(plain.dataset, (await isolate(containers, { ...isolator, targetHints: [], bgHints: [] })).dataset)
    const hinted = (await isolate(containers, { ...isolator, bgHints: ['kube', 'etcd', 'coredns'] })).dataset
    assert.notDeepEqual(hinted.powers, plain.dataset.powers)
  })

  it('tries the model of the least error first, and those without one last', async () => {
    const [archive] = await models()
    const named = (name: string, mae: number | undefined): ModelArchive => {
      const { mae: _, ...metadata } = archive!.metadata
      const of = { ...metadata, model_name: name, ...(mae !== undefined && { mae }) } as ModelArchive['metadata']
      return { ...archive!, model: { ...archive!.model, name }, metadata: of }
    }
    const order = [named('Unknown_0', undefined), named('Worse_0', 5), named('Better_0', 2)]
    for (const models of [order, [...order].reverse()]) {
      const { notes } = await isolate(containers, { isolator: 'trainer', models, bgHints: ['kube'] })
      assert.ok(
        notes.some((note) => note.startsWith('Better_0 predicts')),
        notes.join('; '),
      )
    }
    const { notes } = await isolate(containers, { isolator: 'trainer', models: order.slice(0, 2), bgHints: ['kube'] })
    assert.ok(
      notes.some((note) => note.startsWith('Worse_0 predicts')),
      notes.join('; '),
    )
  })
})

describe('crossValidate', () => {
  it('leaves out five blocks of time, or as many as it is told from two on', () => {
    const folds = (count?: number) =>
      crossValidate(dataset, 'LinearRegressionTrainer', count === undefined ? {} : { folds: count }).folds
    assert.deepEqual([folds(), folds(2), folds(3)], [5, 2, 3])
    for (const count of [1, 2.5, Number.NaN]) {
      assert.throws(() => folds(count), { field: 'folds', message: `folds is a whole number from 2, got ${count}` })
    }
  })

  it('takes the node type, and the seed', () => {
    const mixed = { ...dataset, nodeTypes: dataset.nodeTypes.map((_, row) => row % 2) }
    assert.throws(() => crossValidate(mixed, 'LinearRegressionTrainer'), { field: 'nodeType' })
    assert.equal(crossValidate(mixed, 'LinearRegressionTrainer', { nodeType: 1, folds: 2 }).folds, 2)
    const error = (seed?: number) =>
      crossValidate(dataset, 'SGDRegressorTrainer', seed === undefined ? {} : { seed }).components[0]?.mae
    assert.equal(error(), error(0))
    assert.notEqual(error(), error(1))
  })
})

describe('workloadsIn', () => {
  it('takes hints and whose usage', () => {
    const bursts = simulateResponse({ scenario: 'bursty', duration: 900 })
    const names = (options: Parameters<typeof workloadsIn>[1]) => {
      const at = workloadsIn(bursts, options)
      const { dataset: rows } = extract(bursts, { featureGroup: 'BPFOnly' })
      return at && [...new Set(Array.from(rows.timestamps, at))].filter(Boolean).sort()
    }
    assert.deepEqual(names({}), ['batch', 'report'])
    assert.deepEqual(names({ targetHints: ['batch', 'report'] }), ['batch', 'report'])
    assert.equal(names({ bgHints: ['batch'] }), undefined)
    assert.throws(() => names({ instance: 'nowhere' }), { code: 'INVALID_DATA' })
  })
})

describe('trainPipeline', () => {
  const quick = {
    featureGroups: ['BPFOnly'],
    trainers: ['LinearRegressionTrainer'],
    crossValidation: false,
    threads: 0,
  } as const

  it('trains on both sources and output types unless it is told', async () => {
    const { models, notes, findings } = await trainPipeline(response, quick)
    assert.deepEqual(
      models.map(({ source, outputType, name }) => `${source} ${outputType} ${name}`).sort(),
      ['rapl-sysfs', 'acpi']
        .flatMap((source) => ['AbsPower', 'DynPower'].map((type) => `${source} ${type} LinearRegressionTrainer_0`))
        .sort(),
    )
    assert.ok(Array.isArray(notes) && Array.isArray(findings))
  })

  it('takes no machine for several node types', async () => {
    const two = simulateResponse({ duration: 120 })
    const machineSpec = { cores: 8 }
    const { models } = await trainPipeline(two, {
      ...quick,
      sources: ['acpi'],
      outputTypes: ['AbsPower'],
      machineSpec,
      nodeType: 6,
    })
    assert.deepEqual(
      models.map(({ nodeType, metadata }) => [nodeType, metadata.machine_spec]),
      [[6, machineSpec]],
    )
  })

  it('gives weights of trainers that have them alone, under the name of the folder', async () => {
    const trained = await trainPipeline(response, { ...quick, sources: ['acpi'], outputTypes: ['AbsPower'] })
    assert.equal('weights' in trained.models[0]!, false)
    const { folder } = await trained.save(join(temporaryFolder(), 'a.zip.b'))
    const pipeline = await loadPipeline(folder)
    assert.equal(pipeline.name, 'a.zip.b')
    pipeline.close()
  })

  it('saves what can be opened, whose models are read by path', async () => {
    const trained = await trainPipeline(response, { ...quick, sources: ['acpi'] })
    const { folder } = await trained.save(join(temporaryFolder(), 'mine'))
    const pipeline = await loadPipeline(folder)
    const [info] = pipeline.models
    assert.deepEqual(
      { ...info, numbers: {} },
      {
        path: 'acpi/AbsPower/BPFOnly/LinearRegressionTrainer_0',
        name: 'LinearRegressionTrainer_0',
        trainer: 'LinearRegressionTrainer',
        source: 'acpi',
        outputType: 'AbsPower',
        featureGroup: 'BPFOnly',
        nodeType: 0,
        features: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
        numbers: {},
      },
    )
    assert.equal(info?.numbers.mae, trained.models.find(({ outputType }) => outputType === 'AbsPower')?.metadata.mae)
    assert.equal(pipeline.damaged, 0)
    const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
    const strange: object = { metrics, outputType: 'AbsPower', sauce: 1 }
    assert.throws(() => pipeline.best(strange as Parameters<typeof pipeline.best>[0]), { field: 'sauce' })
    const best = (more: object) => pipeline.best({ metrics, outputType: 'AbsPower', source: 'acpi', ...more }).archive
    assert.equal(best({ nodeType: 0, machineSpec: { cores: 32 } }).model.name, 'LinearRegressionTrainer_0')
    assert.throws(() => best({ trainer: 'SGDRegressorTrainer' }), { code: 'NO_MODEL' })
    assert.throws(() => best({ metrics: ['cpu_cycles'] }), { code: 'NO_MODEL' })
    assert.throws(() => pipeline.read('x'), { code: 'NO_MODEL', message: 'mine has no model "x"' })
    pipeline.close()
  })
})
