import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { comparedWithAll } from '../../test/support/compared-with-all.js'
import type { MachineSpec } from '../core/machine-spec.js'
import { type NodeTypeIndex, parseNodeTypeIndex } from '../machine/node-type-index.js'
import { nodeTypeMatcher, similarity } from './match-node-type.js'

const big = { processor: 'intel_a', cores: 96, chips: 2, memory: 384, frequency: 3500 }
const index = parseNodeTypeIndex(
  JSON.stringify({
    10: { attrs: { ...big, memory: 768 }, members: ['d', 'e', 'f'] },
    0: { attrs: big, members: ['a'] },
    1: { attrs: { ...big, processor: 'arm_b', cores: 8.0 }, members: ['b', 'c'] },
  }),
)

const matchNodeType = (types: NodeTypeIndex, spec: MachineSpec) => nodeTypeMatcher(types)(spec)

describe('nodeTypeMatcher', () => {
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

describe('nodeTypeMatcher, beside a comparison with every type', () => {
  const spec = fc.record(
    {
      processor: fc.constantFrom('intel_a', 'INTEL_A', 'intel_b', 'amd_c', 'z'),
      cores: fc.integer({ min: 1, max: 4 }),
      chips: fc.integer({ min: 1, max: 2 }),
      memory: fc.integer({ min: 1, max: 3 }),
      frequency: fc.integer({ min: 1, max: 2 }),
    },
    { requiredKeys: [] },
  )
  const types = fc.array(fc.tuple(spec, fc.integer({ min: 0, max: 3 })), { minLength: 1, maxLength: 30 })

  it('finds the same', () => {
    fc.assert(
      fc.property(types, spec, (list, wanted) => {
        const index = list.map(([attributes, members], id) => ({ id, spec: attributes, members }))
        assert.deepEqual(matchNodeType(index, wanted), comparedWithAll(index, wanted))
      }),
      { numRuns: 1000, seed: 5 },
    )
  })

  it('compares each distinct processor once', () => {
    let read = 0
    const index = Array.from({ length: 1000 }, (_, id) => {
      const attributes: MachineSpec = {
        get processor() {
          read++
          return `cpu_${id % 10}`
        },
        cores: id,
      }
      return { id, spec: attributes, members: 1 }
    })
    const match = nodeTypeMatcher(index)
    read = 0
    assert.equal(match({ processor: 'cpu_3', cores: 0.5 })?.nodeType, 3)
    assert.equal(read, 0)
  })
})
