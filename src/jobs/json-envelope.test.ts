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
