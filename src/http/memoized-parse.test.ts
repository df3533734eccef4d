import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoizedParse } from './memoized-parse.js'

describe('memoizedParse', () => {
  const counting = () => {
    let calls = 0
    const parse = memoizedParse((body) => {
      calls += 1
      return JSON.parse(body.toString())
    })
    return { parse, calls: () => calls }
  }

  it('parses equal bytes once', () => {
    const { parse, calls } = counting()
    assert.equal(parse(Buffer.from('{"a":1}')), parse(Buffer.from('{"a":1}')))
    assert.equal(calls(), 1)
  })

  it('tells bytes apart that are no text', () => {
    const parse = memoizedParse((body) => body.length)
    assert.equal(parse(Buffer.from([0xff])), 1)
    assert.equal(parse(Buffer.from('\u00ff')), 2)
  })

  it('does not remember failures, long bodies, or more than it may', () => {
    const { parse, calls } = counting()
    for (let i = 0; i < 2; i++) assert.throws(() => parse(Buffer.from('{')))
    for (let i = 0; i < 2; i++) parse(Buffer.from(`"${'x'.repeat(5000)}"`))
    assert.equal(calls(), 4)
    for (let i = 0; i < 600; i++) parse(Buffer.from(String(i)))
    parse(Buffer.from('0'))
    assert.equal(calls(), 605)
  })

  it('remembers bodies of up to 4096 bytes', () => {
    for (const [length, expected] of [
      [4096, 1],
      [4097, 2],
    ] as const) {
      const { parse, calls } = counting()
      for (let i = 0; i < 2; i++) parse(Buffer.from(`"${'x'.repeat(length - 2)}"`))
      assert.equal(calls(), expected)
    }
  })
})
