import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matchNodeType, similarity } from './match-node-type.js'
import { parseNodeTypeIndex } from '../machine/node-type-index.js'

const big = { processor: 'intel_a', cores: 96, chips: 2, memory: 384, frequency: 3500 }
const index = parseNodeTypeIndex(
  JSON.stringify({
    10: { attrs: { ...big, memory: 768 }, members: ['d', 'e', 'f'] },
    0: { attrs: big, members: ['a'] },
    1: { attrs: { ...big, processor: 'arm_b', cores: 8.0 }, members: ['b', 'c'] },
  }),
)

describe('matchNodeType', () => {
  it('takes the type that has all five attributes', () => {
    assert.deepEqual(matchNodeType(index, big), { nodeType: 0, how: 'exact', uncertainty: 0, looseness: 0 })
  })

  it('takes the type of most machines when several have what is known, and says how uncertain that is', () => {
    const match = matchNodeType(index, { processor: 'intel_a', cores: 96 })
    assert.deepEqual(match, { nodeType: 10, how: 'partial', uncertainty: 0.25, looseness: 0 })
  })

  it('takes the most similar type when none has what is known, and says how loose that is', () => {
    const match = matchNodeType(index, { ...big, processor: 'arm_b', cores: 12 })
    assert.equal(match?.how, 'similar')
    assert.equal(match?.nodeType, 1)
    // cores: 1 - 4 / 10 = 0.6 of a weight of 1 in 8
    assert.ok(Math.abs(match!.looseness - 0.4 / 8) < 1e-12)
  })

  it('gives equally similar types to the one of more machines', () => {
    assert.equal(matchNodeType(index, { processor: 'intel_a', cores: 95 })?.nodeType, 10)
  })

  it('finds nothing when nothing is known', () => {
    assert.equal(matchNodeType(index, {}), undefined)
    assert.equal(matchNodeType([], big), undefined)
  })
})

describe('similarity', () => {
  it('is 1 for equal specs, whatever the case of the processor', () => {
    assert.equal(similarity(big, { ...big, processor: 'INTEL_A' }), 1)
  })

  it('gives another processor at most half of its weight', () => {
    // characters {a, b} and {a, c}: one of three is shared
    assert.ok(Math.abs(similarity({ processor: 'ab' }, { processor: 'ac' }) - (5 / 8) * 0.5 * (1 / 3)) < 1e-12)
  })

  it('never lets numbers that are far apart count against a type', () => {
    assert.equal(similarity({ cores: 1 }, { cores: 1000 }), 0)
  })
})
