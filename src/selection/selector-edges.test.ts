import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bpf, type FixtureModel, pipelineFiles, writeFiles } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { createMachinePowers } from '../universal/machine-powers.js'
import { createModelSelector, type ModelSelectorOptions } from './create-model-selector.js'
import { parseModelRequest } from './model-request.js'
import { createUniversalModels } from './universal/universal-models.js'

async function serve(models: readonly FixtureModel[], options: Partial<ModelSelectorOptions> = {}) {
  const path = temporaryFolder()
  writeFiles(path, pipelineFiles(models))
  const selector = createModelSelector({ preference: { defaults: {}, local: '' }, ...options })
  selector.use([await loadPipeline({ name: 'mine', path, kind: 'folder' })])
  return { path, selector }
}
const requestOf = (more: object = {}) => parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...more })

describe('a request that was answered', () => {
  it('is answered anew once a better model can be read again', async () => {
    const { path, selector } = await serve([
      { name: 'A_0', mae: 1 },
      { name: 'B_0', mae: 2 },
    ])
    const request = requestOf()
    const best = join(path, 'rapl-sysfs/AbsPower/BPFOnly/A_0.zip')
    renameSync(best, `${best}.away`)
    assert.equal(selector.findModel(request).selection.modelName, 'B_0')
    renameSync(`${best}.away`, best)
    assert.equal(selector.findModel(request).selection.modelName, 'A_0')
    const again = selector.findModel(request)
    renameSync(best, `${best}.away`)
    assert.equal(selector.findModel(request), again, 'and is the same from then on')
  })
})

describe('weights that were judged', () => {
  it('are not read again for another name of their feature', async () => {
    const { path, selector } = await serve([{ name: 'A_0', weights: true, features: ['bpf_cpu_time_ms'] }])
    const file = join(path, 'rapl-sysfs/AbsPower/BPFOnly/A_0.json')
    assert.equal(selector.findModel(requestOf({ weight: true })).selection.modelName, 'A_0')
    renameSync(file, `${file}.away`)
    const { body } = selector.findModel(requestOf({ weight: true, metrics: ['cpu_time_ms'] }))
    assert.match(body.toString(), /cpu_time_ms/)
  })
})

describe('a model that cannot be read', () => {
  it('is the reason only for requests that it would fit', async () => {
    const { path, selector } = await serve([
      { name: 'A_0', mae: 5 },
      { name: 'B_0', mae: 1, folder: 'rapl-sysfs/DynPower/BPFOnly' },
      { name: 'C_0', mae: 1, folder: 'acpi/AbsPower/BPFOnly' },
    ])
    const file = join(path, 'rapl-sysfs/AbsPower/BPFOnly/A_0.zip')
    writeFileSync(file, 'no zip')
    assert.throws(() => selector.findModel(requestOf()), { code: 'UNAVAILABLE', message: /A_0 of mine: / })
    for (const other of [{ filter: 'mae:4' }, { filter: 'mae:0', source: 'acpi' }]) {
      assert.throws(() => selector.findModel(requestOf(other)), { code: 'NO_MODEL' }, JSON.stringify(other))
    }
    const dynamic = { filter: 'mae:9', output_type: 'DynPower', node_type: 1, loose_node_type: false }
    assert.throws(() => selector.findModel(requestOf(dynamic)), { code: 'NO_MODEL' })
  })

  it('may be one whose file is away now', async () => {
    const { path, selector } = await serve([{ name: 'A_0' }])
    const file = join(path, 'rapl-sysfs/AbsPower/BPFOnly/A_0.zip')
    renameSync(file, `${file}.away`)
    assert.throws(() => selector.findModel(requestOf()), {
      code: 'UNAVAILABLE',
      message: /A_0 of mine: its file cannot be read now$/,
    })
  })
})

describe('why no model fits beside universal models', () => {
  const universal = createUniversalModels({
    powers: createMachinePowers(),
    own: () => ({ spec: {}, question: { machine: { threads: 8 } } }),
    errorKey: 'mae',
    startedAt: 0,
  })

  it('is said of the pipelines that were asked, and of the universal one where there are none', async () => {
    const { selector } = await serve([{ name: 'A_0', mae: 1 }], { universal })
    const message = (more: object) => {
      try {
        selector.findModel(requestOf(more))
      } catch (error) {
        return error instanceof Error ? error.message : ''
      }
      return 'one fits'
    }
    const filter = 'mae:0.0001'
    assert.match(message({ filter }), /filter "mae:0\.0001" rejects every one of the models of mine/)
    assert.match(message({ filter, source: 'acpi' }), /filter "mae:0\.0001" rejects the models of universal$/)
    assert.match(message({ filter, pipeline_name: 'universal' }), /rejects the models of universal$/)
    assert.match(message({ filter, pipeline_name: 'mine' }), /of the models of mine/)
  })
})

describe('the log of unfit models', () => {
  it('names two hundred of them, and counts all', async () => {
    const logger = recordedLog()
    const unfit = { complexity: 1, held_out_mae: 2, held_out_se: 0.1, worst_fold_share: 3 }
    await serve(
      Array.from({ length: 201 }, (_, i) => ({ name: `A_${i}`, metadata: unfit })),
      { logger },
    )
    const [line] = logger.lines.filter(({ level }) => level === 'warn')
    assert.equal(line?.fields.models, 201)
    assert.ok(Array.isArray(line?.fields.reasons) && line.fields.reasons.length === 200)
  })

  it('says nothing of errors that were measured for none, as training does in a hurry', async () => {
    const logger = recordedLog()
    await serve([{ name: 'A_0', metadata: { complexity: 1 } }], { logger })
    assert.deepEqual(logger.lines, [])
  })

  it('says nothing of a pipeline of sane models', async () => {
    const logger = recordedLog()
    await serve([{ name: 'A_0', metadata: { complexity: 1, held_out_mae: 2, held_out_se: 0.1 } }], { logger })
    assert.deepEqual(logger.lines, [])
  })
})
