import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assumptionText, describedText, matchText, matchWord } from './words.js'

describe('a match', () => {
  const partial = { how: 'partial', node_type: 3, looseness: 0 } as const
  const similar = { how: 'similar', node_type: 3, uncertainty: 0 } as const

  it('is as certain as its word', () => {
    assert.equal(matchWord({ how: 'exact', node_type: 3, uncertainty: 0, looseness: 0 }), 'certain')
    assert.equal(matchWord({ ...partial, uncertainty: 0.2 }), 'likely')
    assert.equal(matchWord({ ...partial, uncertainty: 0.8 }), 'a guess')
    assert.equal(matchWord({ ...similar, looseness: 0.1 }), 'likely')
    assert.equal(matchWord({ ...similar, looseness: 0.7 }), 'a guess')
    assert.equal(matchWord({ how: 'fallback', node_type: 3, wanted: 9 }), 'a guess')
  })

  it('is told in a sentence with its numbers', () => {
    assert.match(matchText({ ...similar, looseness: 0.73 }), /Node type 3 is the most similar: 27 % alike/)
    assert.match(matchText({ ...partial, uncertainty: 0.25 }), /25 % of the measured machines/)
    assert.match(matchText({ ...partial, uncertainty: 0 }), /no other type/)
    assert.match(matchText({ how: 'fallback', node_type: 3, wanted: 9 }), /Node type 9 has no model.*type 3/)
  })
})

describe('what a curve was made for', () => {
  it('is told with units and where it is from', () => {
    assert.equal(
      assumptionText({ field: 'tdp', value: 147.3, from: 'machines alike' }),
      'thermal design power 147 W, from machines alike',
    )
    assert.equal(assumptionText({ field: 'form', value: 2, from: 'processor' }), 'form 2U, from the processor’s name')
    assert.equal(assumptionText({ field: 'vendor', from: 'nothing' }), 'vendor is not known')
  })

  it('leaves out what is not known', () => {
    assert.equal(describedText({ processor: 'EPYC', threads: 64, megahertz: 2600 }), 'EPYC, 64 threads, 2600 MHz')
    assert.equal(describedText({}), '')
  })
})
