import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ModelError } from '../../src/core/errors.js'
import { createModelSelector } from '../../src/selection/create-model-selector.js'
import { loadPipeline } from '../../src/registry/load-pipeline.js'
import { parseModelRequest } from '../../src/selection/model-request.js'
import { mutateValue, seeded } from '../support/mutate.js'
import { bpf, pipelineFiles, zipOf } from '../support/pipeline-fixture.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const valid = {
  metrics: [...bpf, 'cpu_cycles'],
  output_type: 'AbsPower',
  source: 'intel_rapl',
  node_type: 0,
  weight: 'true',
  trainer_name: '',
  filter: 'mae:10; features:bpf_cpu_time_ms,bpf_page_cache_hit',
  pipeline_name: 'ec2',
  machine_spec: { vendor: '', processor: 'large', cores: 32, chips: 2, memory: '128', frequency: 2300 },
  loose_node_type: true,
}

describe('any model request', () => {
  const folder = temporaryFolder()

  it('is answered with a model that fits, or refused with a reason, and changes no later answer', async () => {
    const path = join(folder, 'ec2.zip')
    const models = [
      { name: 'SGDRegressorTrainer_0', mae: 3, weights: true },
      { name: 'SGDRegressorTrainer_10', mae: 2, weights: true },
      { name: 'KNeighborsRegressorTrainer_1', mae: 1 },
    ]
    writeFileSync(path, zipOf(pipelineFiles(models)))
    const selector = createModelSelector({ preference: { defaults: { 'rapl-sysfs': 'ec2' }, local: 'std' } })
    selector.use([await loadPipeline({ name: 'ec2', path, kind: 'zip' })])
    const before = selector.findModel(parseModelRequest(valid))

    const random = seeded(20_261_123)
    let answered = 0
    let refused = 0
    for (let i = 0; i < 10_000; i++) {
      const body = mutateValue(valid, random)
      try {
        const request = parseModelRequest(body)
        const { selection } = selector.findModel(request)
        answered += 1
        assert.equal(selection.outputType, request.outputType)
        if (request.trainerName !== '') assert.equal(selection.trainer, request.trainerName)
        if (selection.match) assert.equal(selection.nodeType, selection.match.nodeType)
      } catch (error) {
        assert.ok(error instanceof ModelError, `${error} for ${JSON.stringify(body)}`)
        assert.ok(error.code === 'INVALID_REQUEST' || error.code === 'NO_MODEL', error.code)
        refused += 1
      }
    }
    // Both must happen, or the mutations test nothing.
    assert.ok(answered > 1000 && refused > 1000, `${answered} answered, ${refused} refused`)
    assert.deepEqual(selector.findModel(parseModelRequest(valid)), before)
  })
})
