import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadPipeline, type PrometheusResponse, readModelArchive, simulateResponse, trainPipeline } from '../index.js'

const folder = temporaryFolder()
let response: PrometheusResponse
before(() => {
  response = simulateResponse({ scenario: 'mixed', duration: 600 })
})

describe('the library saves and loads pipelines', () => {
  const training = {
    sources: ['acpi'],
    outputTypes: ['AbsPower'],
    featureGroups: ['BPFOnly', 'Basic'],
    trainers: ['LinearRegressionTrainer', 'SGDRegressorTrainer'],
    crossValidation: false,
    threads: 0,
  } as const

  it('in a folder and a zip, with the best model for a machine', async () => {
    const seen: number[] = []
    const trained = await trainPipeline(response, {
      ...training,
      machineSpec: { processor: 'simulated', cores: 32 },
      onProgress: (done, total) => seen.push(done / total),
    })
    assert.equal(trained.models.length, 4)
    assert.deepEqual(trained.failures, [])
    assert.equal(seen.at(-1), 1)
    const saved = await trained.save(join(folder, 'mine'))
    for (const path of [saved.folder, saved.zip]) {
      const pipeline = await loadPipeline(path)
      assert.equal(pipeline.name, 'mine')
      assert.deepEqual(pipeline.models.map(({ path: model }) => model).sort(), [
        'acpi/AbsPower/BPFOnly/LinearRegressionTrainer_0',
        'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0',
        'acpi/AbsPower/Basic/LinearRegressionTrainer_0',
        'acpi/AbsPower/Basic/SGDRegressorTrainer_0',
      ])
      assert.deepEqual(pipeline.nodeTypes, [{ id: 0, spec: { processor: 'simulated', cores: 32 } }])
      const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
      const { archive, selection } = pipeline.best({ metrics, outputType: 'AbsPower', source: 'acpi' })
      assert.equal(selection.featureGroup, 'BPFOnly')
      const best = pipeline.models
        .filter(({ featureGroup }) => featureGroup === 'BPFOnly')
        .sort((a, b) => a.numbers.mae! - b.numbers.mae!)[0]
      assert.equal(archive.model.name, best?.name)
      const rows = [[1000, 10]]
      assert.deepEqual(pipeline.read(best!.path).predict(metrics, rows), archive.predict(metrics, rows))
      const wanted = { metrics, outputType: 'AbsPower', source: 'acpi' } as const
      assert.equal(
        pipeline.best({ ...wanted, trainer: 'SGDRegressorTrainer' }).archive.model.name,
        'SGDRegressorTrainer_0',
      )
      assert.throws(() => pipeline.best({ ...wanted, filter: 'mae:0' }), { code: 'NO_MODEL' })
      assert.throws(() => pipeline.best({ ...wanted, source: 'rapl-sysfs' }), { code: 'NO_MODEL' })
      assert.throws(() => pipeline.read('acpi/AbsPower/BPFOnly/None_0'), { code: 'NO_MODEL' })
      pipeline.close()
    }
    const zip = readFileSync(join(saved.folder, 'acpi/AbsPower/Basic/SGDRegressorTrainer_0.zip'))
    assert.equal(readModelArchive(zip).metadata.trainer, 'SGDRegressorTrainer')
  })

  it('under a name that is one', async () => {
    const trained = await trainPipeline(response, { ...training, trainers: ['SGDRegressorTrainer'] })
    await assert.rejects(trained.save(join(folder, 'my models')), { field: 'folder' })
    await assert.rejects(loadPipeline(join(folder, 'nowhere')), { code: 'UNAVAILABLE' })
  })

  it('and stops when it is told to', async () => {
    await assert.rejects(trainPipeline(response, { ...training, signal: AbortSignal.abort() }), { code: 'CANCELLED' })
  })
})
