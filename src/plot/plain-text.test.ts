import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainText } from './plain-text.js'

describe('plainText', () => {
  it('makes one line without characters that XML has not or that turn the text', () => {
    assert.equal(plainText('a\u0000b\r\n\tc\u202ed\u2066e\ufefff'), 'a b c d e f')
    assert.equal(plainText('half \ud83d of a character'), 'half of a character')
    assert.equal(plainText(' שלום مرحبا '), 'שלום مرحبا')
  })

  it('takes the middle of long texts, never half a character', () => {
    assert.equal(plainText('a'.repeat(30) + 'b'.repeat(30), 10), 'aaaaaa…bbb')
    const families = '👨‍👩‍👧‍👦'.repeat(300)
    assert.equal(plainText(families, 4), '👨‍👩‍👧‍👦👨‍👩‍👧‍👦…👨‍👩‍👧‍👦')
    assert.ok(plainText('x'.repeat(1_000_000), 60).length <= 60)
  })

  it('piles no marks on a character', () => {
    assert.equal(plainText(`a${'\u0300'.repeat(500)}b`), 'ab')
  })
})
