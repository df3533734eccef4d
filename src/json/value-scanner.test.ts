import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { needMore } from './bytes.js'
import { valueScanner } from './value-scanner.js'

const faults = {
  tooDeep(at: number): never {
    throw new Error(`too deep at ${at}`)
  },
  unexpected(at: number): never {
    throw new Error(`unexpected at ${at}`)
  },
}

/** Where the value ends that `text` begins with, when it arrives in pieces of `size` bytes. */
function endOf(text: string, size: number, maxDepth = 4): number {
  const scanner = valueScanner(maxDepth, faults)
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) {
    const end = scanner.scan(bytes, from, Math.min(from + size, bytes.length))
    if (end !== needMore) return end
  }
  return needMore
}

describe('valueScanner', () => {
  for (const [value, rest] of [
    ['{"a":[1,{"b":"}"}]}', ',1'],
    ['[]', ']'],
    ['  "a \\" é \\\\"', ':1'],
    ['-1.5e+3', ','],
    ['null', '}'],
    ['\n[[[["]"]]]]', '['],
  ] as const) {
    it(`finds the end of ${JSON.stringify(value)}, whatever the pieces`, () => {
      const end = Buffer.byteLength(value)
      for (const size of [1, 2, 3, 100]) assert.equal(endOf(value + rest, size), end, `pieces of ${size}`)
    })
  }

  it('waits for a value that is not there yet, and for a number that may go on', () => {
    for (const text of ['', '  ', '[1,[2]', '"a\\"', '12']) assert.equal(endOf(text, 100), needMore, text)
  })

  it('says where brackets do not match, nest too deep, or no value begins', () => {
    assert.throws(() => endOf('[1}', 1), /unexpected at 2/)
    assert.throws(() => endOf(']', 1), /unexpected at 0/)
    assert.throws(() => endOf(' :', 1), /unexpected at 1/)
    assert.throws(() => endOf('[[[[[', 2), /too deep at 4/)
  })

  it('goes on inside a list whose bracket has been passed', () => {
    const scanner = valueScanner(4, faults)
    scanner.beginInList()
    assert.equal(scanner.scan(Buffer.from('1,[2]] '), 0, 7), 6)
  })
})
