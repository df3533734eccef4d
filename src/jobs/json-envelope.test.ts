import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { envelopeScanner } from './json-envelope.js'

const largePaths = new Set(['prom_response', 'trainer.idle_prom_response'])

function envelopeOf(text: string, size: number) {
  const scanner = envelopeScanner({ largePaths })
  const bytes = Buffer.from(text)
  for (let i = 0; i < bytes.length; i += size) scanner.write(bytes.subarray(i, i + size))
  return scanner.end()
}

describe('readJsonEnvelope', () => {
  const request = {
    name: 'é "quoted" \\ {',
    trainer: { isolator: 'MinIdleIsolator', idle_prom_response: { m: [{ metric: { a: '}],"' }, values: [] }] }, n: 1 },
    prom_response: { kepler_x: [{ metric: {}, values: [[1, '2']] }] },
    other: { prom_response: 'not this one' },
  }

  for (const space of [0, 2]) {
    for (const size of [1, 7, 1 << 16]) {
      it(`finds large values, indented by ${space}, in pieces of ${size} bytes`, () => {
        const text = JSON.stringify(request, null, space)
        const { value, large } = envelopeOf(text, size)
        const cut = (path: string): unknown => {
          const range = large.get(path)!
          return JSON.parse(Buffer.from(text).subarray(range.start, range.end).toString())
        }
        assert.deepEqual(cut('prom_response'), request.prom_response)
        assert.deepEqual(cut('trainer.idle_prom_response'), request.trainer.idle_prom_response)
        assert.deepEqual(value, {
          ...request,
          prom_response: null,
          trainer: { ...request.trainer, idle_prom_response: null },
        })
      })
    }
  }

  it('knows a key however it is escaped, and a large value that is a number or nothing', () => {
    const { value, large } = envelopeOf('{"prom\\u005fresponse": null ,"trainer":{"idle_prom_response":12}}', 3)
    assert.deepEqual([...large.keys()], ['prom_response', 'trainer.idle_prom_response'])
    assert.deepEqual(value, { prom_response: null, trainer: { idle_prom_response: null } })
  })

  const refusals: [string, string, RegExp][] = [
    ['a text that stops short', '{"prom_response": {"a": [', /stops short/],
    ['an open string', '{"name": "a', /stops short/],
    ['an array', '[]', /not a JSON object/],
    ['a stray bracket', '}', /not a JSON object/],
    ['words', '{name}', /not valid JSON/],
    ['brackets that do not match in a large value', '{"prom_response": [}', /prom_response is not valid JSON/],
    ['words for a large value', '{"prom_response": Infinity}', /not valid JSON/],
    ['nothing', '', /stops short/],
    ['deep nesting', '['.repeat(100_000), /nested deeper/],
    ['deep nesting in a large value', `{"prom_response": ${'['.repeat(100_000)}`, /nested deeper/],
    ['a large envelope', `{"name": "${'x'.repeat(2 << 20)}"}`, /besides its responses/],
  ]
  for (const [what, text, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => envelopeOf(text, 1 << 16), { name: 'ModelError', message })
    })
  }
})

describe('the bounds of an envelope', () => {
  const scan = (text: string, options: { maxEnvelopeBytes?: number; maxDepth?: number } = {}) => {
    const scanner = envelopeScanner({ largePaths, ...options })
    scanner.write(Buffer.from(text))
    return scanner.end()
  }

  it('are bytes of all but the large values, and depth of both', () => {
    const large = `{"prom_response":"${'x'.repeat(100)}"}`
    // What is kept of it: {"prom_response":null}
    assert.deepEqual(scan(large, { maxEnvelopeBytes: 22 }).value, { prom_response: null })
    assert.throws(() => scan(large, { maxEnvelopeBytes: 21 }), {
      code: 'LIMIT_EXCEEDED',
      message: 'the request holds more than 21 bytes besides its responses',
    })
    const deep = { code: 'LIMIT_EXCEEDED', message: 'the request is nested deeper than 3' }
    assert.ok(scan('{"a":{"b":[1]}}', { maxDepth: 3 }))
    assert.throws(() => scan('{"a":{"b":[[1]]}}', { maxDepth: 3 }), deep)
    assert.ok(scan('{"prom_response":[[[1]]]}', { maxDepth: 3 }))
    assert.throws(() => scan('{"prom_response":[[[[1]]]]}', { maxDepth: 3 }), deep)
    assert.ok(scan(`{"a":${'['.repeat(63)}${']'.repeat(63)}}`))
    assert.throws(() => scan(`{"a":${'['.repeat(64)}${']'.repeat(64)}}`), { message: /deeper than 64/ })
  })

  it('are named with the byte at which they are met', () => {
    for (const [text, message] of [
      ['{"a":1}}', /not a JSON object \(byte 7\)/],
      [']', /not a JSON object \(byte 0\)/],
      ['{"a":1', /stops short at byte 6$/],
      ['{"a":{}', /stops short at byte 7$/],
      ['{"prom_response":[}', /^prom_response is not valid JSON \(byte 18\)$/],
      ['{"trainer":{"idle_prom_response":[}', /^trainer\.idle_prom_response is not valid JSON \(byte 34\)$/],
      ['{"a":1}x', /not valid JSON/],
      ['["a"]', /not a JSON object \(byte 0\)/],
      ['"a"', /stops short/],
    ] as const) {
      assert.throws(() => scan(text), { code: 'INVALID_REQUEST', message }, text)
      for (const size of [1, 3]) assert.throws(() => envelopeOf(text, size), { message }, text)
    }
  })

  it('leave a large value where its path is another, or in a list', () => {
    for (const text of ['{"x":{"prom_response":[1]}}', '{"trainer":[{"idle_prom_response":[1]}]}']) {
      const { value, large } = scan(text)
      assert.deepEqual([value, large.size], [JSON.parse(text), 0])
    }
    const { value, large } = scan('{"trainer":{"a":{"b":1}},"prom_response":[1],"z":2}')
    assert.deepEqual(value, { trainer: { a: { b: 1 } }, prom_response: null, z: 2 })
    assert.deepEqual(large.get('prom_response'), { start: 41, end: 44 })
  })
})
