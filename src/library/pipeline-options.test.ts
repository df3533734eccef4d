import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { crossValidate } from './cross-validate.js'
import { extract } from './extract.js'
import { isolate } from './isolate.js'
import { loadPipeline } from './load-pipeline.js'
import { profileIdle } from './profile-idle.js'
import { simulateResponse } from './simulate.js'
import { type TrainPipelineOptions, trainPipeline } from './train-pipeline.js'

const anyGroup: TrainPipelineOptions = {
  ...{ sources: ['acpi'], outputTypes: ['AbsPower'], trainers: ['LinearRegressionTrainer'] },
  ...{ crossValidation: false, threads: 0 },
}
const quick: TrainPipelineOptions = { ...anyGroup, featureGroups: ['BPFOnly'] }

let response: PrometheusResponse
before(() => {
  response = simulateResponse({ duration: 120 })
})

describe('the options of a pipeline that is trained', () => {
  it('are all feature groups of the response unless some are named', async () => {
    const { models } = await trainPipeline(response, anyGroup)
    const groups = models.map(({ featureGroup }) => featureGroup)
    assert.ok(groups.includes('BPFOnly') && groups.includes('BPFIRQ') && groups.length > 3, groups.join())
    assert.equal(new Set(groups).size, groups.length)
  })

  it('are the vocabulary that is named, or the one that is found', async () => {
    const newer = simulateResponse({ duration: 120, vocabulary: 'kepler-0.10' })
    const found = await trainPipeline(newer, anyGroup)
    const named = await trainPipeline(newer, { ...anyGroup, vocabulary: 'kepler-0.10' })
    assert.ok(found.models.length > 0)
    assert.deepEqual(
      named.models.map(({ featureGroup }) => featureGroup),
      found.models.map(({ featureGroup }) => featureGroup),
    )
    await assert.rejects(trainPipeline(newer, { ...anyGroup, vocabulary: 'kepler-0.7' }), { code: 'INVALID_DATA' })
  })

  it('are tried one by one: what cannot be trained is told beside what can', async () => {
    const { models, failures } = await trainPipeline(response, {
      ...quick,
      outputTypes: ['AbsPower', 'DynPower'],
      isolator: 'profile',
      // Of no source: how the others are told apart is not known.
      profile: { format: 'kepler-idle-profile/1', containers: [], power: {} },
    })
    assert.deepEqual(
      models.map(({ outputType }) => outputType),
      ['AbsPower'],
    )
    assert.ok(failures.length > 0)
    assert.ok(
      failures.every(({ what, why }) => /acpi/.test(what) && /profile/.test(why)),
      JSON.stringify(failures),
    )
  })

  it('are no machine where the response is of several', async () => {
    const name = 'kepler_node_node_info'
    const info = response.series.get(name) ?? []
    const halves = info.map((one) => ({
      ...one,
      values: one.values.map((_, i) => (i < one.values.length / 2 ? 0 : 4)),
    }))
    const two = { ...response, series: new Map([...response.series, [name, halves]]) }
    const { models } = await trainPipeline(two, quick)
    assert.deepEqual(models.map(({ nodeType }) => nodeType).sort(), [0, 4])
    await assert.rejects(trainPipeline(two, { ...quick, machineSpec: { cores: 3 } }), {
      ...{ code: 'INVALID_REQUEST', field: 'machineSpec' },
      message: 'machineSpec is of one machine, and the response has node types 0, 4',
    })
  })

  it('are kept in what is saved', async () => {
    const trained = await trainPipeline(response, { ...quick, machineSpec: { cores: 3 }, nodeType: 4, seed: 7 })
    const { zip } = await trained.save(join(temporaryFolder(), 'mine'))
    const pipeline = await loadPipeline(zip)
    assert.deepEqual(pipeline.nodeTypes, [{ id: 4, spec: { cores: 3 } }])
    const request = {
      metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
      outputType: 'AbsPower',
      source: 'acpi',
    } as const
    const { archive, selection } = pipeline.best(request)
    assert.deepEqual([selection.pipeline, selection.featureGroup], ['mine', 'BPFOnly'])
    assert.equal(archive.model.name, 'LinearRegressionTrainer_4')
    // Another node type has no model of its own: what there is comes nearest.
    assert.equal(pipeline.best({ ...request, nodeType: 9 }).archive.model.name, 'LinearRegressionTrainer_4')
    pipeline.close()
    assert.throws(() => pipeline.read('acpi/AbsPower/BPFOnly/LinearRegressionTrainer_4'))
  })
})

describe('the errorKey of a pipeline that is opened', () => {
  it('ranks its models', async () => {
    const models = ['LinearRegressionTrainer', 'SGDRegressorTrainer'] as const
    const trained = await trainPipeline(response, { ...quick, trainers: models })
    const { folder } = await trained.save(join(temporaryFolder(), 'mine'))
    const best = async (errorKey: string) => {
      const pipeline = await loadPipeline(folder, { errorKey })
      const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
      const { archive } = pipeline.best({ metrics, outputType: 'AbsPower', source: 'acpi' })
      const [first] = [...pipeline.models].sort((a, b) => a.numbers[errorKey]! - b.numbers[errorKey]!)
      pipeline.close()
      return [archive.model.name, first?.name]
    }
    for (const errorKey of ['mae', 'mape', 'platform_mae']) {
      const [chosen, least] = await best(errorKey)
      assert.equal(chosen, least, errorKey)
    }
  })
})

describe('what is isolated without a word', () => {
  it('goes by the profile where there is one', async () => {
    const { profile } = profileIdle(simulateResponse({ scenario: 'idle', duration: 120 }))
    const containers = extract(response, { featureGroup: 'BPFOnly', outputType: 'DynPower' }).dataset
    const [auto, named, without] = [
      await isolate(containers, { profile }),
      await isolate(containers, { isolator: 'profile', profile }),
      await isolate(containers),
    ]
    assert.deepEqual(auto.dataset, named.dataset)
    assert.notDeepEqual(auto.dataset.powers, without.dataset.powers)
  })
})

describe('features of third parties', () => {
  it('are none unless they are named', () => {
    assert.throws(() => extract(response, { featureGroup: 'ThirdParty' }), { message: /at least one feature/ })
  })
})

describe('what cannot be cross-validated', () => {
  it('has no workload at any time', () => {
    const { dataset } = extract(response, { featureGroup: 'BPFOnly' })
    assert.throws(
      () => crossValidate(dataset, 'LinearRegressionTrainer', { by: 'workload', workloadAt: () => undefined }),
      { code: 'INVALID_DATA', field: 'dataset', message: /fewer than two workloads/ },
    )
  })
})
