import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, writeFiles } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { folderStorePieces } from '../registry/store/folder-store.js'
import { parseModelRequest } from './model-request.js'
import { openModelSelector } from './open-model-selector.js'

const groups = ['BPFOnly', 'CounterOnly', 'BPFIRQ', 'Basic']
const trainers = ['SGDRegressorTrainer', 'XgboostFitTrainer', 'PolynomialRegressionTrainer', 'SVRRegressorTrainer']
const nodeTypes = 20
/** 320 models: 10 pieces of 32, and for each group and each trainer of it a list to sort, before and after its types. */
const models = groups.flatMap((group) =>
  trainers.flatMap((trainer) =>
    Array.from({ length: nodeTypes }, (_, type) => ({
      folder: `rapl-sysfs/AbsPower/${group}`,
      name: `${trainer}_${type}`,
      features: ['bpf_cpu_time_ms'],
      mae: type + 1,
    })),
  ),
)
const indexed = models.length / 32
const sorted = 2 * groups.length * (1 + trainers.length)

describe('a large pipeline', () => {
  it('is listed in pieces', () => {
    const folder = temporaryFolder()
    writeFiles(folder, Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`${i}.json`, '']))) // 256 a piece
    const pieces = folderStorePieces(folder)
    let count = 1
    for (let next = pieces.next(); !next.done; next = pieces.next()) count++
    assert.equal(count, 3)
  })

  it('is read and sorted while requests are answered from what was there before', async () => {
    const folder = temporaryFolder()
    writeFiles(join(folder, 'old-1'), pipelineFiles([{ name: 'SGDRegressorTrainer_0', mae: 100 }]))
    const preference = { defaults: { 'rapl-sysfs': 'new-1' }, local: 'std_v0.7.11' }
    const selector = await openModelSelector({ modelPath: folder, preference, pollInterval: 0 })
    const request = () =>
      parseModelRequest({ metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], output_type: 'AbsPower' })
    writeFiles(join(folder, 'new-1'), pipelineFiles(models, undefined))
    let answered = 0
    let isDone = false
    const refreshed = selector.refresh().then(() => {
      isDone = true
    })
    while (!isDone) {
      const { selection } = selector.findModel(request())
      if (selection.pipeline === 'old-1') answered++
      await new Promise((resolve) => setImmediate(resolve))
    }
    await refreshed
    assert.equal(selector.findModel(request()).selection.pipeline, 'new-1')
    assert.ok(answered >= indexed + sorted, `${answered} answers in between`)
    await selector.close()
  })
})
