import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Files, zipOf } from '../../test/support/pipeline-fixture.js'
import { renamedArchive } from './renamed-archive.js'

const name = { trainer: 'SGDRegressorTrainer', nodeType: 7 }
const metadata = { model_name: 'Old_1', model_file: 'Old_1.json', node_type: 1, mae: 2 }
const renamed = (files: Files) =>
  Object.fromEntries([...renamedArchive(zipOf(files), name)].map(([file, content]) => [file, String(content)]))

describe('renamedArchive', () => {
  it('has another name, node type and list of components, and else what it had', () => {
    const { 'metadata.json': written, ...others } = renamed({
      'metadata.json': JSON.stringify(metadata),
      'Old_1.json': '{"package": {}}',
      'Old_1_package.pkl': 'pickle',
    })
    assert.deepEqual(JSON.parse(written ?? ''), {
      model_name: 'SGDRegressorTrainer_7',
      model_file: 'SGDRegressorTrainer_7.json',
      node_type: 7,
      mae: 2,
    })
    assert.deepEqual(others, { 'SGDRegressorTrainer_7.json': '{"package": {}}', 'Old_1_package.pkl': 'pickle' })
  })

  it('keeps a file of another name', () => {
    const { 'metadata.json': written, ...others } = renamed({
      'metadata.json': JSON.stringify({ ...metadata, model_file: 'model.sav' }),
      'model.sav': 'pickle',
      'Old_1.json': 'another',
    })
    assert.equal(JSON.parse(written ?? '').model_file, 'model.sav')
    assert.deepEqual(others, { 'model.sav': 'pickle', 'Old_1.json': 'another' })
  })

  it('takes files out of their folder', () => {
    const files = renamed({
      'm/metadata.json': JSON.stringify(metadata),
      'm/Old_1.json': '{}',
      'm/x.pkl': 'x',
      'm/y/': '',
    })
    assert.deepEqual(Object.keys(files), ['metadata.json', 'SGDRegressorTrainer_7.json', 'x.pkl'])
  })

  it('refuses metadata that is no object', () => {
    for (const text of ['[]', 'null', '"x"', '5']) {
      assert.throws(() => renamed({ 'metadata.json': text }), {
        code: 'INVALID_ARCHIVE',
        message: 'metadata.json holds no object',
      })
    }
  })
})
