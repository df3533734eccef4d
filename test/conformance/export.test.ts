import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ModelError } from '../../src/core/errors.js'
import { outputTypes } from '../../src/core/output-type.js'
import { exportPipeline } from '../../src/export/export-pipeline.js'
import { whyUnpublishable } from '../../src/export/publishable.js'
import { readResponse } from '../../src/library/read-response.js'
import { trainPipeline } from '../../src/library/train-pipeline.js'
import { pipelineAt } from '../../src/registry/find-pipelines.js'
import { loadPipeline } from '../../src/registry/load-pipeline.js'
import type { Pipeline } from '../../src/registry/pipeline.js'
import { metadataRecord } from '../../src/registry/metadata-numbers.js'
import { createModelSelector } from '../../src/selection/create-model-selector.js'
import type { ModelRequest } from '../../src/selection/model-request.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const data = '../shared/data/prometheus/loaded.json'
const skip = existsSync(data) ? false : `${data} is not here`

const published = '../shared/data/model-db/ec2-0.7.11.zip'

describe('the published pipeline ec2-0.7.11, exported again', {
  skip: existsSync(published) ? false : `${published} is not here`,
}, () => {
  const parent = temporaryFolder()
  let original: Pipeline
  before(async () => {
    original = await loadPipeline(pipelineAt(published, 'ec2-0.7.11'))
    const url = 'https://raw.githubusercontent.com/sustainable-computing-io/kepler-model-db/main/models/v0.7'
    await exportPipeline(original, { parent, includeRaw: false, onlyForOriginal: true, url, clock: Date.now })
  })
  after(() => original.store.close())
  const exported = (file: string) => readFileSync(join(parent, 'v0.7', 'ec2-0.7.11', file), 'utf8')

  it('has the same files', () => {
    const files = readdirSync(join(parent, 'v0.7', 'ec2-0.7.11'), { recursive: true, withFileTypes: true })
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath ?? file.path, file.name).slice(join(parent, 'v0.7', 'ec2-0.7.11').length + 1))
    assert.deepEqual(paths.sort(), [...original.store.list()].sort())
  })

  it('has the same rows in its error reports: node types, best models, errors, URLs', () => {
    const rows = (text: string) =>
      text
        .split('\n')
        .filter((line) => line.startsWith('| '))
        .sort()
    for (let type = 0; type < 6; type++) {
      const file = `error_report/node_type_${type}.md`
      assert.deepEqual(rows(exported(file)), rows(Buffer.from(original.store.read(file)).toString('utf8')), file)
    }
  })
})

describe('a pipeline that was trained on loaded.json, exported', { skip }, () => {
  const root = temporaryFolder()
  const opened: Pipeline[] = []
  let trained: Pipeline
  let exported: Pipeline
  let files: readonly string[]

  const open = async (path: string) => {
    const pipeline = await loadPipeline(pipelineAt(path, 'std'))
    opened.push(pipeline)
    return pipeline
  }
  before(async () => {
    const { save } = await trainPipeline(await readResponse(data), {
      trainers: [
        'LinearRegressionTrainer',
        'SGDRegressorTrainer',
        'ExponentialRegressionTrainer',
        'KNeighborsRegressorTrainer',
        'XgboostFitTrainer',
        'QuantileForestRegressorTrainer',
      ],
      featureGroups: ['BPFOnly', 'CounterOnly'],
    })
    await save(join(root, 'std'))
    trained = await open(join(root, 'std'))
    const options = {
      parent: join(root, 'models'),
      includeRaw: true,
      onlyForOriginal: false,
      url: 'https://host',
      clock: Date.now,
    }
    const { folder } = await exportPipeline(trained, options)
    exported = await open(folder)
    files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  })
  after(() => {
    for (const { store } of opened) store.close()
  })

  it('has the files of the model database', () => {
    const top = ['README.md', 'error_report/node_type_0.md', 'metadata.json', 'node_type_index.json']
    const tables = ['acpi_AbsPower', 'acpi_DynPower', 'rapl-sysfs_AbsPower', 'rapl-sysfs_DynPower'].map(
      (kind) => `${kind}_model_metadata.csv`,
    )
    for (const file of [...top, ...tables]) assert.ok(files.includes(file), file)
    const models = files.filter((file) => /^[^/]+\/(?:Abs|Dyn)Power\/[^/]+\/\w+_0\.zip$/.test(file))
    assert.equal(models.length, exported.entries.length)
    assert.equal(exported.damaged, 0)
    const weights = exported.entries.filter((entry) => entry.weights !== undefined)
    assert.ok(weights.length > 0)
    for (const { folder, name } of weights) assert.ok(files.includes(`${folder.path}/${name}.json`), name)
    assert.ok(files.includes('preprocessed_data/preprocess_abs_default_acpi_BPFOnly.csv'))
    assert.ok(existsSync(join(root, 'models', 'v0.7', 'std.zip')))
  })

  it('served again, has the same models chosen', () => {
    const chosenOf = (pipeline: Pipeline) => {
      const selector = createModelSelector({ preference: { defaults: {}, local: '' }, errorKey: 'mae' })
      selector.use([pipeline])
      return (request: Pick<ModelRequest, 'metrics' | 'outputType' | 'source' | 'weight'>) => {
        try {
          const rest = {
            nodeType: 0,
            machineSpec: {},
            looseNodeType: true,
            trainerName: '',
            filter: '',
            pipelineName: '',
          }
          return selector.findModel({ ...rest, ...request }).selection.modelName
        } catch (error) {
          if (error instanceof ModelError && error.code === 'NO_MODEL') return undefined
          throw error
        }
      }
    }
    const [ofTrained, ofExported] = [chosenOf(trained), chosenOf(exported)]
    const groups = {
      BPFOnly: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
      CounterOnly: ['cache_miss', 'cpu_cycles', 'cpu_instructions'],
    }
    let same = 0
    for (const source of trained.sources) {
      for (const outputType of outputTypes) {
        for (const [group, metrics] of Object.entries(groups)) {
          for (const weight of [false, true]) {
            const request = { metrics, outputType, source, weight }
            const before = ofTrained(request)
            const path = `${source}/${outputType}/${group}`
            const entry = trained.entries.find(({ name, folder }) => folder.path === path && name === before)
            // What does not pass the database's gate cannot be chosen from it.
            const isPublished = entry !== undefined && whyUnpublishable(entry.numbers) === undefined
            if (isPublished) assert.equal(ofExported(request), before, `${path}, weight ${weight}`)
            if (isPublished) same++
          }
        }
      }
    }
    assert.ok(same >= 12, `only ${same} of 16 requests can be compared`)
  })

  it('has the numbers of training in its archives', () => {
    for (const entry of exported.entries) {
      const same = trained.entries.find(({ name, folder }) => name === entry.name && folder.path === entry.folder.path)
      assert.deepEqual(metadataRecord(entry.numbers), metadataRecord(same!.numbers), entry.name)
    }
  })
})
