import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../../core/errors.js'
import { loadUniversalModel } from '../load-model.js'
import { readUniversalModel, writeUniversalModel } from './model-file.js'

const { file } = loadUniversalModel()
const text = writeUniversalModel(file)

describe('the file of a universal model', () => {
  it('is small, and the same again', () => {
    assert.ok(Buffer.byteLength(text) < 300_000)
    assert.equal(writeUniversalModel(readUniversalModel(text, 'again')), text)
  })

  const damaged: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{', /not JSON/],
    ['another format', '{"format": "zip"}', /format/],
    ['other features', text.replace('"coresPerChip"', '"cores"'), /features: expected coresPerChip/],
    ['a machine without cores', text.replace(/,"AMD Opteron[^\]]*\]/, ',"AMD Opteron"]'), /machines/],
    ['a parameter that is no number', text.replace('"theta":[', '"theta":["1",'), /theta/],
  ]
  for (const [what, content, message] of damaged) {
    it(`with ${what} is refused`, () => {
      assert.throws(
        () => readUniversalModel(content, 'model.json'),
        (error) => error instanceof ModelError && error.code === 'INVALID_ARCHIVE' && message.test(error.message),
      )
    })
  }
})
