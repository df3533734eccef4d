import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { jsonScanner } from './json-scanner.js'

/** How many bytes the object has, fed whole and byte by byte. */
function lengthOf(text: string, depth = 8): number {
  const bytes = Buffer.from(text)
  const whole = jsonScanner(depth).feed(bytes)
  const scanner = jsonScanner(depth)
  let single = -1
  for (let i = 0; i < bytes.length && single < 0; i++) {
    const taken = scanner.feed(bytes.subarray(i, i + 1))
    if (taken >= 0) single = i + taken
  }
  assert.equal(single, whole, text)
  return whole
}

describe('where a request ends', () => {
  it('is behind its last brace, whatever its strings hold', () => {
    for (const text of [
      '{}',
      '{"": 1}',
      '{"\\"": 1}',
      '{"\\\\": "}"}',
      '{"a": "\\\\\\"}"}',
      '{"a": [1, {"b": "]"}], "c": null}',
      ' \n\t{"ü": "€"}',
    ]) {
      assert.equal(lengthOf(text), Buffer.byteLength(text), text)
      assert.equal(lengthOf(`${text} {"next": 1}`), Buffer.byteLength(text), text)
    }
  })

  it('has not come yet', () => {
    for (const text of ['', '  ', '{', '{"a": "}', '{"a": "\\"}', '{"a": [1}'.slice(0, -1)]) {
      assert.equal(jsonScanner(8).feed(Buffer.from(text)), -1, text)
    }
  })

  it('is never for what is no object, or nests too deep', () => {
    for (const text of ['x', '[1]', '"a"', ' 1']) {
      const message = /^the request is not a JSON object: it begins with /
      assert.throws(() => jsonScanner(8).feed(Buffer.from(text)), { code: 'INVALID_REQUEST', message })
    }
    assert.throws(() => jsonScanner(8).feed(Buffer.from('{"a": [1}')), {
      code: 'INVALID_REQUEST',
      message: /unexpected/,
    })
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    assert.equal(lengthOf(nested(8)), nested(8).length)
    const message = 'the request is nested deeper than 8 levels'
    assert.throws(() => jsonScanner(8).feed(Buffer.from(nested(9))), { code: 'LIMIT_EXCEEDED', message })
  })
})
