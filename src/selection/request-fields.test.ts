import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as z from 'zod'
import { flagField, invalidRequest, sourceField, textField } from './request-fields.js'

/** What a schema makes of a value, or the message of what it refuses. */
const read = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : parsed.error.issues[0]?.message
}

describe('fields of requests', () => {
  it('are flags as several languages write them', () => {
    for (const byDefault of [true, false]) {
      const flag = flagField(byDefault)
      for (const yes of [true, 'true', 'True', '1', 1]) assert.equal(read(flag, yes), true, String(yes))
      for (const no of [false, 'false', 'False', '0', 0]) assert.equal(read(flag, no), false, String(no))
      for (const absent of [undefined, null, '']) assert.equal(read(flag, absent), byDefault, String(absent))
      for (const other of ['yes', 2, 'TRUE', {}]) assert.equal(read(flag, other), 'expected true or false')
    }
  })

  it('are texts that may be absent, up to a length', () => {
    const text = textField(3)
    for (const absent of [undefined, null, '']) assert.equal(read(text, absent), '')
    assert.equal(read(text, ' a '), 'a')
    assert.equal(read(text, 'abc'), 'abc')
    assert.equal(read(text, 'abcd'), 'expected at most 3 characters')
    assert.equal(read(text, 1), 'expected a string')
  })

  it('are sources under all their names, RAPL where none is said', () => {
    for (const rapl of [undefined, null, '', 'rapl', 'intel_rapl', 'rapl-sysfs']) {
      assert.equal(read(sourceField, rapl), 'rapl-sysfs', String(rapl))
    }
    assert.equal(read(sourceField, 'acpi'), 'acpi')
    assert.match(String(read(sourceField, '../x')), /no name of an energy source, such as /)
    assert.equal(read(sourceField, 1), 'expected a string')
  })
})

describe('what is wrong with a request', () => {
  const schema = z.strictObject({ a: z.object({ b: z.array(z.number({ error: 'expected a number' })) }) })
  const wrong = (value: unknown) => {
    const { code, message, field } = invalidRequest(schema.safeParse(value).error!, value)
    return { code, message, field }
  }

  it('is named by its path, with the value that is there', () => {
    assert.deepEqual(wrong({ a: { b: [1, 'x'] } }), {
      code: 'INVALID_REQUEST',
      message: 'a.b.1: expected a number, got "x"',
      field: 'a.b.1',
    })
  })

  it('is a field that is missing, unknown, or the whole of it', () => {
    const missing = wrong({})
    assert.equal(missing.field, 'a')
    assert.match(missing.message, /^a: .*, but it is missing$/)
    assert.equal(wrong({ a: { b: [] }, c: 1 }).field, 'c')
    const whole = wrong(7)
    assert.equal(whole.field, undefined)
    assert.match(whole.message, /^request: .*, got "?7"?$/)
  })
})
