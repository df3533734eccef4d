import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePythonJson } from './python-json.js'

describe('parsePythonJson', () => {
  it('reads what Python writes for floats that JSON does not have as null', () => {
    assert.deepEqual(parsePythonJson('{"mae": NaN, "b": [Infinity, -Infinity, 1]}', 'x'), {
      mae: null,
      b: [null, null, 1],
    })
  })

  it('leaves the same words alone inside of strings', () => {
    const text = '{"a": "NaN \\" NaN", "NaN": "\\\\", "b": NaN}'
    assert.deepEqual(parsePythonJson(text, 'x'), { a: 'NaN " NaN', NaN: '\\', b: null })
  })

  it('names a document that is no JSON', () => {
    assert.throws(() => parsePythonJson('{"a": NaN', 'metadata.json'), {
      code: 'INVALID_ARCHIVE',
      message: /^metadata\.json is not JSON/,
    })
  })

  it('looks at each character of a string that never ends only once', () => {
    // Looking again from every quote would take hours.
    const text = `"${'\\"'.repeat(2_000_000)}`
    assert.throws(() => parsePythonJson(text, 'x'), { code: 'INVALID_ARCHIVE' })
    assert.throws(() => parsePythonJson(`${text}\\`, 'x'), { code: 'INVALID_ARCHIVE' })
  })
})
