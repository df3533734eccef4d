import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import {
  crossValidate,
  type Dataset,
  estimatorClient,
  extract,
  isolate,
  loadPipeline,
  type PrometheusResponse,
  parseIdleProfile,
  profileIdle,
  readModelArchive,
  readResponse,
  regressor,
  simulatedComponents,
  simulateResponse,
  simulateResponseText,
  simulateTruth,
  trainModel,
  trainPipeline,
  workloadsIn,
} from '../index.js'

const options = { scenario: 'mixed', duration: 600 } as const
let response: PrometheusResponse
let dataset: Dataset
const folder = temporaryFolder()

before(() => {
  response = simulateResponse(options)
  dataset = extract(response, { featureGroup: 'BPFOnly' }).dataset
})

describe('the library reads and simulates', () => {
  it('a file, plain or gzip, and chunks alike', async () => {
    const text = [...simulateResponseText(options)].join('')
    const plain = join(folder, 'response.json')
    const packed = join(folder, 'response.json.gz')
    writeFileSync(plain, text)
    writeFileSync(packed, gzipSync(text))
    for (const source of [plain, packed, [Buffer.from(text)]]) {
      const read = await readResponse(source)
      assert.equal(read.samples, response.samples)
      assert.deepEqual([...read.metrics], [...response.metrics])
    }
  })

  it('only the metrics that are asked for, and counts the others', async () => {
    const chunks = [...simulateResponseText(options)].map((text) => Buffer.from(text))
    const read = await readResponse(chunks, { metrics: ['kepler_node_package_joules_total'] })
    assert.deepEqual([...read.series.keys()], ['kepler_node_package_joules_total'])
    assert.equal(read.metrics.size, response.metrics.size)
  })

  it('the same node from the same seed, and its true watts beside', () => {
    const again = simulateResponse(options)
    assert.deepEqual(
      again.series.get('kepler_node_package_joules_total'),
      response.series.get('kepler_node_package_joules_total'),
    )
    assert.notDeepEqual(
      simulateResponse({ ...options, seed: 1 }).series.get('kepler_node_package_joules_total'),
      response.series.get('kepler_node_package_joules_total'),
    )
    const truth = [...simulateTruth(options)]
    assert.equal(truth.length, options.duration / 3)
    const at = simulatedComponents.indexOf('package')
    const measured = dataset.powers.filter(({ component }) => component === 'package')
    const watts = measured.reduce((sum, { values }) => sum + values[10]!, 0)
    const same = truth.find(({ time }) => time === dataset.timestamps[10])
    assert.ok(same && Math.abs(same.total[at]! - watts) < 1, `${same?.total[at]} W, measured ${watts} W`)
  })

  it('another machine when it is told so', () => {
    const other = simulateResponse({
      duration: 60,
      instance: 'node-9',
      nodeType: 4,
      machineSpec: { cores: 8, chips: 1 },
    })
    const [series] = other.series.get('kepler_node_package_joules_total') ?? []
    assert.equal(series?.labels.instance, 'node-9')
    assert.deepEqual([...new Set(extract(other).dataset.nodeTypes)], [4])
  })
})

describe('the library makes datasets', () => {
  it('of a feature group, of features by name, and of the group that the response offers', () => {
    assert.deepEqual(
      dataset.features.map(({ name }) => name),
      ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
    )
    assert.equal(dataset.outputType, 'AbsPower')
    assert.equal(dataset.source, 'rapl-sysfs')
    const named = extract(response, { features: ['cpu_cycles'], source: 'acpi' }).dataset
    assert.deepEqual(
      named.features.map(({ name }) => name),
      ['cpu_cycles'],
    )
    assert.deepEqual(
      named.powers.map(({ component }) => component),
      ['platform'],
    )
    assert.deepEqual(
      extract(response).dataset.features.map(({ name }) => name),
      ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
    )
    assert.throws(() => extract(response, { features: ['cpu_cycles'], featureGroup: 'Basic' }), { field: 'features' })
  })

  it('of Kepler 0.10 too, by itself or by name', () => {
    const newer = simulateResponse({ duration: 120, vocabulary: 'kepler-0.10' })
    assert.deepEqual(
      extract(newer).dataset.features.map(({ name }) => name),
      ['cpu_time_ms'],
    )
    assert.equal(extract(newer, { vocabulary: 'kepler-0.10' }).dataset.rows, extract(newer).dataset.rows)
    assert.throws(() => extract(newer, { vocabulary: 'kepler-0.7' }), { code: 'INVALID_DATA' })
  })

  it('isolated by a profile of the idle node, which survives JSON', async () => {
    const { profile } = profileIdle(simulateResponse({ scenario: 'idle', duration: 300 }))
    const read = parseIdleProfile(JSON.stringify(profile))
    assert.deepEqual(read, profile)
    const containers = extract(response, { featureGroup: 'BPFOnly', outputType: 'DynPower' }).dataset
    const { dataset: dynamic } = await isolate(containers, { isolator: 'profile', profile })
    assert.equal(dynamic.outputType, 'DynPower')
    const power = (of: Dataset) => of.powers.reduce((sum, { values }) => sum + values[20]!, 0)
    assert.ok(power(dynamic) < power(dataset))
    await assert.rejects(isolate(containers, { isolator: 'profile' }), { field: 'profile' })
  })

  it('isolated by a model of whole nodes', async () => {
    const model = (await trainModel(dataset, 'LinearRegressionTrainer', { crossValidation: false })).archive()
    const containers = extract(response, { featureGroup: 'BPFOnly', outputType: 'DynPower' }).dataset
    const { notes } = await isolate(containers, {
      isolator: 'trainer',
      models: [model],
      bgHints: ['kube', 'etcd', 'coredns'],
    })
    assert.ok(
      notes.some((note) => note.startsWith('LinearRegressionTrainer_0 predicts')),
      notes.join('; '),
    )
    await assert.rejects(isolate(containers, { isolator: 'trainer' }), { field: 'models' })
  })
})

describe('the library trains and judges', () => {
  it('a model whose archive predicts what was measured', async () => {
    const model = await trainModel(dataset, 'GradientBoostingRegressorTrainer', { machineSpec: { cores: 32 } })
    assert.equal(model.name, 'GradientBoostingRegressorTrainer_0')
    assert.equal(model.featureGroup, 'BPFOnly')
    assert.deepEqual(model.metadata.machine_spec, { cores: 32 })
    assert.equal(typeof model.metadata.cv_mae, 'number')
    const row = dataset.features.map(({ values }) => values[30]!)
    const { package: watts } = model.archive().predict(model.features, [row])
    const measured = dataset.powers.filter(({ component }) => component === 'package')
    const truth = measured.reduce((sum, { values }) => sum + values[30]!, 0)
    assert.ok(Math.abs(watts![0]! - truth) < 0.2 * truth, `${watts![0]} W for ${truth} W`)
    assert.deepEqual(readModelArchive(model.zip).predict(model.features, [row]).package, watts)
  })

  it('weights, of trainers that give them', async () => {
    const fast = { crossValidation: false }
    const weights = JSON.parse((await trainModel(dataset, 'SGDRegressorTrainer', fast)).weights ?? '{}')
    assert.deepEqual(Object.keys(weights).sort(), ['core', 'dram', 'package', 'uncore'])
    assert.equal((await trainModel(dataset, 'LinearRegressionTrainer', fast)).weights, undefined)
  })

  it('over blocks of time, and over workloads', () => {
    const byTime = crossValidate(dataset, 'LinearRegressionTrainer', { folds: 4 })
    assert.equal(byTime.folds, 4)
    const [first] = byTime.components
    assert.equal(first?.component, 'package')
    assert.ok(first && first.mae > 0 && first.interval90 >= first.mae / 2)
    const bursts = simulateResponse({ scenario: 'bursty', duration: 1200 })
    const { dataset: ofBursts } = extract(bursts, { featureGroup: 'BPFOnly' })
    const workloadAt = workloadsIn(bursts)
    assert.ok(workloadAt)
    assert.deepEqual(new Set(Array.from(ofBursts.timestamps, workloadAt)), new Set([undefined, 'batch', 'report']))
    const byWorkload = crossValidate(ofBursts, 'LinearRegressionTrainer', { by: 'workload', workloadAt })
    assert.equal(byWorkload.folds, 2)
    // With everything but `batch` as background, there is one workload only, and none to leave out.
    assert.equal(workloadsIn(bursts, { targetHints: ['batch'] }), undefined)
  })

  it('and says what it cannot judge', () => {
    assert.throws(() => crossValidate(dataset, 'LinearRegressionTrainer', { folds: 1 }), { field: 'folds' })
    assert.throws(() => crossValidate(dataset, 'LinearRegressionTrainer', { by: 'workload' }), { field: 'workloadAt' })
    const few = extract(simulateResponse({ duration: 12 }), { featureGroup: 'BPFOnly' }).dataset
    assert.throws(() => crossValidate(few, 'LinearRegressionTrainer'), /rows are too few/)
    const alone = () => 'one'
    assert.throws(
      () => crossValidate(dataset, 'LinearRegressionTrainer', { by: 'workload', workloadAt: alone }),
      /fewer than two workloads/,
    )
  })

  it('one node type of a dataset at a time', async () => {
    const nodeTypes = dataset.nodeTypes.map((_, row) => row % 2)
    const mixed = { ...dataset, nodeTypes }
    await assert.rejects(trainModel(mixed, 'LinearRegressionTrainer'), /node types 0, 1: choose one with nodeType/)
    await assert.rejects(trainModel(mixed, 'LinearRegressionTrainer', { nodeType: 7 }), /there is no 7/)
    const { name } = await trainModel(mixed, 'LinearRegressionTrainer', { nodeType: 1 })
    assert.equal(name, 'LinearRegressionTrainer_1')
    const none = { ...dataset, rows: 0, nodeTypes: new Int32Array() }
    await assert.rejects(trainModel(none, 'LinearRegressionTrainer'), { code: 'INVALID_DATA', field: 'dataset' })
  })
})

describe('an option that does not exist', () => {
  // As JavaScript passes it, where no compiler looks.
  const strange: object = { sead: 1 }

  it('is an error of every function, which names it', async () => {
    const calls: readonly (() => unknown)[] = [
      () => readResponse([], strange),
      () => simulateResponse(strange),
      () => simulateTruth(strange),
      () => extract(response, strange),
      () => isolate(dataset, strange),
      () => profileIdle(response, strange),
      () => workloadsIn(response, strange),
      () => crossValidate(dataset, 'LinearRegressionTrainer', strange),
      () => trainModel(dataset, 'LinearRegressionTrainer', strange),
      () => trainPipeline(response, strange),
      () => loadPipeline(folder, strange),
      () => estimatorClient(strange),
      () => regressor('LinearRegressionTrainer', strange),
    ]
    for (const call of calls) {
      await assert.rejects(
        async () => call(),
        { name: 'ModelError', code: 'INVALID_REQUEST', field: 'sead' },
        String(call),
      )
    }
  })
})
