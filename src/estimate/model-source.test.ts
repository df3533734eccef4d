import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPowerModel, testArchive } from '../../test/support/test-model.js'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { modelArchive } from '../archive/read-model-archive.js'
import { silentLogger } from '../runtime/ports.js'
import type { ModelMatch } from '../selection/model-match.js'
import { parseModelRequest, type ModelRequest } from '../selection/model-request.js'
import { initialModelSource } from './initial-model-source.js'
import { loadedModel, type ModelQuery, type Origin } from './model-source.js'
import { selectorSource } from './selector-source.js'

const origin: Origin = { loadedFrom: 'a test', loadedAt: 1000 }
const loaded = (metadata: object = {}, from: Partial<Origin> = {}) => {
  const model = linearPowerModel()
  const about = { model_name: model.name, model_class: 'native', model_file: 'x', features: [...model.features] }
  const archive = modelArchive(model, { ...about, fe_files: [], mae: undefined, mape: undefined, ...metadata })
  return loadedModel({ archive, bytes: 7 }, { ...origin, ...from })
}
const query: ModelQuery = {
  ...{ source: 'rapl-sysfs', outputType: 'AbsPower', metrics: ['bpf_cpu_time_ms'], trainerName: '', filter: '' },
}
const never = new AbortController().signal

describe('where a model comes from', () => {
  it('is null wherever nobody said', () => {
    const { provenance, modelCores, bytes } = loaded()
    assert.deepEqual([modelCores, bytes], [undefined, 7])
    assert.deepEqual(provenance, {
      ...{ pipeline: null, feature_group: null, model_name: 'LinearRegressionTrainer_1', node_type: 1 },
      ...{ trainer: 'LinearRegressionTrainer', features: ['bpf_cpu_time_ms'], mae: null, mape: null },
      ...{ machine_spec: null, match: null, loaded_from: 'a test', loaded_at: '1970-01-01T00:00:01.000Z' },
    })
  })

  it('is what the archive says before its source, and its source before its name', () => {
    const metadata = { mae: 0, mape: -1, trainer: 'Mine', node_type: 5, machine_spec: { cores: 8 } }
    const { provenance, modelCores } = loaded(metadata, { pipeline: 'p', featureGroup: 'g', machineSpec: { cores: 4 } })
    const { pipeline, feature_group, mae, mape, trainer, node_type, machine_spec } = provenance
    assert.deepEqual([pipeline, feature_group, mae, mape, trainer, node_type], ['p', 'g', 0, -1, 'Mine', 5])
    assert.deepEqual([machine_spec, modelCores], [{ cores: 8 }, 8])
    assert.equal(loaded({}, { machineSpec: { cores: 4 } }).modelCores, 4)
    assert.equal(loaded({ machine_spec: {} }, { machineSpec: { cores: 4 } }).modelCores, 4)
  })

  it('has how this machine was matched, in the words of each way', () => {
    const match = (one: ModelMatch) => loaded({}, { match: one }).provenance.match
    assert.deepEqual(match({ how: 'fallback', nodeType: 1, wanted: 9 }), { how: 'fallback', wanted_node_type: 9 })
    assert.deepEqual(match({ how: 'universal', nodeType: -1, known: 'family', machine: 'the spec' }), {
      ...{ how: 'universal', known: 'family', machine: 'the spec' },
    })
    assert.deepEqual(match({ how: 'similar', nodeType: 1, uncertainty: 0.5, looseness: 2 }), {
      ...{ how: 'similar', uncertainty: 0.5, looseness: 2 },
    })
  })

  it('has what a model of all machines rests on, where that is an object', () => {
    assert.deepEqual(loaded({ universal: { rests: 1 } }).provenance.universal, { rests: 1 })
    for (const universal of [null, [1], 'x', undefined, 0]) {
      assert.equal('universal' in loaded({ universal }).provenance, false)
    }
  })
})

describe('an initial model', () => {
  const load = async (url: string | undefined, given: Partial<ModelQuery> = {}, metadata: object = {}) => {
    const fetched: string[] = []
    const logged: object[] = []
    const fetchBytes = async (path: string) => {
      fetched.push(path)
      if (path.endsWith('.zip')) return testArchive({ metadata: { ...metadata } })
      throw new Error('404')
    }
    const log = { ...silentLogger, info: (fields: object) => logged.push(fields) }
    const source = initialModelSource({ urlFor: () => url, fetchBytes, log, clock: () => 0 })
    assert.equal(source.name, 'initial model')
    const { provenance } = await source.load({ ...query, ...given }, never)
    return { provenance, fetched, logged }
  }
  const folder = 'http://h/models/std/rapl-sysfs'

  it('is of the pipeline and group that its URL names, where it is laid out so', async () => {
    const place = async (url: string) => {
      const { pipeline, feature_group } = (await load(url)).provenance
      return [pipeline, feature_group]
    }
    assert.deepEqual(await place(`${folder}/AbsPower/BPFOnly/X_1.zip`), ['std', 'BPFOnly'])
    assert.deepEqual(await place('http://h/my%20std/acpi/DynPower/a%2Fb/X_1.zip'), ['my std', 'a/b'])
    assert.deepEqual(await place(`${folder}/other/BPFOnly/X_1.zip`), [null, null])
    assert.deepEqual(await place('http://h/X_1.zip'), [null, null])
  })

  it('is looked for beside an index only when it does not carry its machine', async () => {
    const without = await load(`${folder}/AbsPower/BPFOnly/X_1.zip`)
    assert.equal(without.fetched[1], 'http://h/models/std/node_type_index.json')
    assert.deepEqual(without.logged, [{ url: without.fetched[1], error: '404' }])
    const carried = await load(`${folder}/AbsPower/BPFOnly/X_1.zip`, {}, { machine_spec: { cores: 3 } })
    assert.deepEqual([carried.fetched.length, carried.provenance.machine_spec], [1, { cores: 3 }])
  })

  it('needs a URL, and is what the query wants', async () => {
    await assert.rejects(load(undefined), {
      code: 'NO_MODEL',
      message: 'no URL is known for AbsPower of rapl-sysfs',
    })
    const url = `${folder}/AbsPower/BPFOnly/X_1.zip`
    for (const [given, message] of [
      [{ metrics: ['other'] }, 'LinearRegressionTrainer_1 needs bpf_cpu_time_ms, which the request does not have'],
      [{ trainerName: 'SVR' }, 'LinearRegressionTrainer_1 was not made by "SVR"'],
      [{ filter: 'mae:0.9' }, 'LinearRegressionTrainer_1 does not pass the filter "mae:0.9"'],
      [{ filter: 'features:x' }, 'LinearRegressionTrainer_1 does not pass the filter "features:x"'],
    ] as const) {
      await assert.rejects(load(url, given), { code: 'NO_MODEL', message })
    }
    const fits = { metrics: ['bpf_cpu_time_ms', 'x'], trainerName: 'LinearRegressionTrainer', filter: 'mae:1' }
    assert.equal((await load(url, fits)).provenance.model_name, 'LinearRegressionTrainer_1')
  })
})

describe('a model of the pipelines of this process', () => {
  it('is asked for with the query and this machine, by whatever node type', async () => {
    const asked: ModelRequest[] = []
    const body = await testArchive()
    const selector = fakeModelSelector({
      findModel(request) {
        asked.push(request)
        const found = fakeModelSelector().findModel(parseModelRequest({ metrics: [], output_type: 'AbsPower' }))
        return { ...found, body }
      },
    })
    const options = { selector, machineSpec: { cores: 2 }, clock: () => 0 }
    const { provenance } = await selectorSource(options).load({ ...query, trainerName: 'T', filter: 'mae:9' }, never)
    assert.deepEqual(asked, [
      {
        ...{ metrics: ['bpf_cpu_time_ms'], outputType: 'AbsPower', source: 'rapl-sysfs', nodeType: -1, weight: false },
        ...{ trainerName: 'T', filter: 'mae:9', pipelineName: '', machineSpec: { cores: 2 }, looseNodeType: true },
      },
    ])
    const { pipeline, feature_group, loaded_from } = provenance
    assert.deepEqual([pipeline, feature_group, loaded_from], ['test-0.1', 'BPFOnly', 'this process'])
    const only = selectorSource({ ...options, name: 'demo', only: new Set(['acpi']) })
    assert.equal(only.name, 'demo')
    await assert.rejects(only.load(query, never), { code: 'NO_MODEL', message: /another model of rapl-sysfs/ })
    assert.equal((await only.load({ ...query, source: 'acpi' }, never)).provenance.loaded_from, 'demo')
  })
})
