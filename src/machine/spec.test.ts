import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  isKnown,
  machineSpecSchema,
  offending,
  parseMachineSpec,
  parseMachineSpecFile,
  wholeNumbers,
  withoutUnknown,
} from './spec.js'

const full = { processor: 'intel_xeon', cores: 8, chips: 2, memory: 64, frequency: 2400 }

describe('parseMachineSpec', () => {
  it('reads every attribute, and ignores what is none', () => {
    assert.deepEqual(parseMachineSpec({ ...full, colour: 'red' }), full)
  })

  it('takes numbers as strings, and trims a name', () => {
    assert.deepEqual(parseMachineSpec({ processor: ' amd_epyc ', cores: '24', memory: ' 1.5 ' }), {
      processor: 'amd_epyc',
      cores: 24,
      memory: 1.5,
    })
  })

  it('leaves out what is not known, however that is written', () => {
    for (const nothing of [0, '0', '', ' ', null, undefined]) {
      for (const attribute of ['cores', 'chips', 'memory', 'frequency']) {
        assert.deepEqual(parseMachineSpec({ [attribute]: nothing }), {}, `${attribute} ${JSON.stringify(nothing)}`)
      }
    }
    for (const nothing of ['', '  ', null, undefined]) assert.deepEqual(parseMachineSpec({ processor: nothing }), {})
  })

  it('takes numbers up to a million million, in 32 characters', () => {
    assert.deepEqual(parseMachineSpec({ memory: 1e12 }), { memory: 1e12 })
    assert.deepEqual(parseMachineSpec({ memory: `${'0'.repeat(30)}16` }), { memory: 16 })
    for (const cores of [1e12 + 1, -1, Number.NaN, '-1', 'many', '0x', `${'0'.repeat(31)}16`, true, [8]]) {
      assert.throws(() => parseMachineSpec({ cores }), { code: 'INVALID_REQUEST', field: 'machine_spec.cores' })
    }
  })

  it('takes names of 256 characters', () => {
    assert.equal(parseMachineSpec({ processor: 'x'.repeat(256) }).processor?.length, 256)
    for (const processor of ['x'.repeat(257), 7]) {
      assert.throws(() => parseMachineSpec({ processor }), { code: 'INVALID_REQUEST', field: 'machine_spec.processor' })
    }
  })

  it('names the attribute and its value, or all when it is no object', () => {
    assert.throws(() => parseMachineSpec({ cores: 8, memory: 'lots' }, 'spec'), {
      field: 'spec.memory',
      message: /^spec\.memory: .*, got "lots"$/,
    })
    for (const value of [null, 'text', 5]) {
      assert.throws(() => parseMachineSpec(value), {
        field: 'machine_spec',
        message: `machine_spec: expected an object, got ${JSON.stringify(value)}`,
      })
    }
  })
})

describe('parseMachineSpecFile', () => {
  it('reads a flat spec, and one below attrs', () => {
    assert.deepEqual(parseMachineSpecFile(JSON.stringify(full), 'a.json'), full)
    assert.deepEqual(parseMachineSpecFile(JSON.stringify({ attrs: { cores: 24.0 }, members: [] }), 'a.json'), {
      cores: 24,
    })
  })

  it('names the file that is no JSON, no spec, or says nothing', () => {
    for (const [text, why] of [
      ['{', /a\.json cannot be used: .*JSON/],
      ['null', /a\.json cannot be used: .*got null/],
      ['5', /a\.json cannot be used: .*got 5/],
      ['{"cores": "x"}', /a\.json\.cores: .*got "x"/],
      ['{"attrs": {"cores": 0}, "cores": 4}', /none of the attributes processor, cores, chips, memory, frequency/],
    ] as const) {
      assert.throws(() => parseMachineSpecFile(text, 'a.json'), {
        code: 'INVALID_CONFIG',
        field: 'a.json',
        message: why,
      })
    }
    assert.throws(
      () => parseMachineSpecFile('{', 'a.json'),
      (error: Error) => error.cause instanceof SyntaxError,
    )
  })
})

describe('specs', () => {
  it('are known when they have one attribute', () => {
    assert.equal(isKnown({}), false)
    for (const [attribute, value] of Object.entries(full))
      assert.equal(isKnown({ [attribute]: value }), true, attribute)
  })

  it('keep no key for what is not known', () => {
    assert.deepEqual(withoutUnknown({ processor: '', cores: 0, chips: undefined, memory: 0, frequency: 0 }), {})
    assert.deepEqual(withoutUnknown(full), full)
    assert.deepEqual(machineSpecSchema.parse({ cores: 8, chips: 0 }), { cores: 8 })
  })

  it('are answered in whole numbers of at least one', () => {
    const spec = { processor: 'x', cores: 24.4, chips: 0.2, memory: 62.5, frequency: 2399.4 }
    assert.deepEqual(wholeNumbers(spec), { processor: 'x', cores: 24, chips: 1, memory: 63, frequency: 2399 })
    assert.deepEqual(wholeNumbers({ chips: 2 }), { chips: 2 })
  })
})

describe('offending', () => {
  it('is the value at a path, if there is any', () => {
    const value = { a: [{ b: 7 }], text: 'x' }
    assert.equal(offending(value, ['a', 0, 'b']), 7)
    assert.equal(offending(value, []), value)
    for (const path of [
      ['c', 'd'],
      ['text', 'length'],
      ['a', 1, 'b'],
    ])
      assert.equal(offending(value, path), undefined)
    assert.equal(offending(null, ['a']), undefined)
  })
})
