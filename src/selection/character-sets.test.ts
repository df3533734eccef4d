import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { characterSets, jaccard } from './character-sets.js'

const similarityOf = (a: string, b: string, known: readonly string[] = [a, b]) => {
  const setOf = characterSets(known)
  return jaccard(setOf(a), setOf(b))
}

describe('the Jaccard similarity of characters', () => {
  it('is shared / all, each character once', () => {
    assert.equal(similarityOf('abc', 'abc'), 1)
    assert.equal(similarityOf('aabbcc', 'cba'), 1)
    assert.equal(similarityOf('abc', 'xyz'), 0)
    assert.equal(similarityOf('abc', 'bcd'), 2 / 4)
  })

  it('counts characters that no known text has', () => {
    assert.equal(similarityOf('abz', 'ab', ['ab']), 2 / 3)
  })

  it('counts beyond 32 characters, and every bit of a word', () => {
    const many = Array.from({ length: 70 }, (_, code) => String.fromCharCode(0x4e00 + code)).join('')
    assert.equal(similarityOf(many, many), 1)
    for (const count of [1, 31, 32, 33, 64, 69]) assert.equal(similarityOf(many.slice(0, count), many), count / 70)
  })
})
