import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bpf, pipelineFiles } from '../../test/support/pipeline-fixture.js'
import { parsePythonJson } from '../archive/python-json.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { openZip } from '../archive/zip/zip.js'
import { createModelSelector } from './create-model-selector.js'
import { parseModelRequest } from './model-request.js'

import { preference, selectorScene } from '../../test/support/selector-scene.js'

describe('the model for the original', () => {
  const { pipeline } = selectorScene()

  const models = [
    { name: 'A_0', mae: 1, metadata: { model_class: 'native' } },
    { name: 'B_0', mae: 2, metadata: { cross_validation: { folds: 5 } } },
    { name: 'C_0', mae: 3, metadata: { machine_spec: { cores: 8 } } },
    { name: 'D_10', mae: 0.5, metadata: { model_class: 'native' } },
  ]
  const metadataIn = (body: Buffer) =>
    parsePythonJson(openZip(bufferSource(body)).read('metadata.json'), 'metadata') as Record<string, unknown>
  const findFor = async (request: object, options = models) => {
    const selector = createModelSelector({ preference })
    selector.use([await pipeline(pipelineFiles(options))])
    return selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...request }, true))
  }

  it('takes models that its Python loads: none of our format, none with nested metadata', async () => {
    const found = await findFor({ machine_spec: { cores: 8 } })
    assert.equal(found.selection.modelName, 'C_0')
    assert.deepEqual(metadataIn(found.body).machine_spec, { cores: 8 })
  })

  it('counts a node type whose models it cannot load as empty', async () => {
    const { selection } = await findFor({ node_type: 10 })
    assert.equal(selection.modelName, 'C_0')
    assert.equal(selection.match?.how, 'fallback')
  })

  it('leaves the machine out for versions that do not know of it', async () => {
    assert.equal('machine_spec' in metadataIn((await findFor({ spec: { cores: 8 } })).body), false)
  })

  it('says so when it can load none', async () => {
    await assert.rejects(findFor({}, models.slice(0, 2)), {
      code: 'NO_MODEL',
      message: /no models that the original loads for these metrics/,
    })
  })
})
