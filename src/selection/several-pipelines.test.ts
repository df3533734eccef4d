import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bpf, type FixtureModel, pipelineFiles } from '../../test/support/pipeline-fixture.js'
import { createModelSelector, type ModelSelectorOptions } from './create-model-selector.js'
import { parseModelRequest } from './model-request.js'

import { preference, selectorScene } from '../../test/support/selector-scene.js'

describe('several pipelines', () => {
  const { pipeline } = selectorScene()

  const model = (name: string): readonly FixtureModel[] => [{ name, weights: true }]
  const request = { metrics: bpf, output_type: 'AbsPower' }
  async function names(options: Partial<ModelSelectorOptions>, pipelines: readonly string[], more = {}) {
    const selector = createModelSelector({ preference, ...options })
    selector.use(await Promise.all(pipelines.map((name) => pipeline(pipelineFiles(model('A_0')), name))))
    return selector.findModel(parseModelRequest({ ...request, ...more })).selection.pipeline
  }

  it('asks the default one of the source, then the local one, then the newest', async () => {
    assert.equal(await names({}, ['other', 'std', 'ec2']), 'ec2')
    assert.equal(await names({}, ['other', 'std']), 'std')
    assert.equal(await names({}, ['older', 'other']), 'other')
  })
  it('asks the named one', async () => {
    assert.equal(await names({}, ['other', 'std', 'ec2'], { pipeline_name: 'other' }), 'other')
  })
  it('asks the local one first where that is preferred', async () => {
    assert.equal(await names({ preference: { ...preference, preferLocal: true } }, ['std', 'ec2']), 'std')
  })
  it('asks one that the operator named before a default one that lies on the disk', async () => {
    const initial = new Set(['mine'])
    assert.equal(await names({ preference: { ...preference, initial } }, ['std', 'ec2', 'mine']), 'mine')
    assert.equal(
      await names({ preference: { ...preference, initial: new Set(['mine', 'ec2']) } }, ['mine', 'ec2']),
      'ec2',
    )
  })
  it('asks the demonstration where there is no other', async () => {
    assert.equal(
      await names({ preference: { ...preference, lastResort: new Set(['demo']) } }, ['demo', 'other']),
      'other',
    )
    assert.equal(await names({ preference: { ...preference, lastResort: new Set(['demo']) } }, ['demo']), 'demo')
  })
  it('never asks the demonstration because the real models do not pass', async () => {
    const filter = 'mae:0.0000001'
    await assert.rejects(
      names({ preference: { ...preference, lastResort: new Set(['demo']) } }, ['demo', 'other'], { filter }),
      (error: Error) => {
        assert.match(error.message, /of other that would do/)
        return !error.message.includes('demo')
      },
    )
  })
})
