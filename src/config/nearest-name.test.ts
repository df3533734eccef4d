import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nearestName } from './nearest-name.js'

describe('the nearest name', () => {
  it('differs by a third of the letters at most, whichever way', () => {
    for (const text of ['abcdxy', 'abcdefgh', 'bcdefg', 'axcdef', 'bacdef']) {
      assert.equal(nearestName(text, ['abcdef']), 'abcdef', text)
    }
    for (const text of ['abcxyz', 'abcd', 'abcde_____', 'fedcba'])
      assert.equal(nearestName(text, ['abcdef']), undefined, text)
  })

  it('of a short one may differ by one letter, in any case', () => {
    assert.equal(nearestName('A', ['b']), 'b')
    assert.equal(nearestName('ab', ['AX']), 'AX')
    assert.equal(nearestName('ab', ['XY']), undefined)
  })

  it('is the first of those that are equally near, and nothing where there are none', () => {
    assert.equal(nearestName('abcd', ['abcx', 'abcy', 'abcd_']), 'abcx')
    assert.equal(nearestName('abcd', ['abxy', 'abcz', 'abcd']), 'abcd')
    assert.equal(nearestName('abcd', []), undefined)
    assert.equal(nearestName('', ['a']), 'a')
  })
})
