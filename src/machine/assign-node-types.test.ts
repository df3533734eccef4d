import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assignNodeTypes } from './assign-node-types.js'

const small = { processor: 'intel_xeon', cores: 8, memory: 16 }

describe('node types of machines', () => {
  it('are one for equal specs, whatever the case and the digits behind the point', () => {
    const { types, typeOf } = assignNodeTypes(
      [],
      [
        { id: 'a', spec: small },
        { id: 'b', spec: { ...small, cores: 16 } },
        { id: 'c', spec: { ...small, processor: 'Intel_Xeon', memory: 16.2 } },
      ],
    )
    assert.deepEqual(types, [
      { id: 0, spec: small, members: ['a', 'c'] },
      { id: 1, spec: { ...small, cores: 16 }, members: ['b'] },
    ])
    assert.deepEqual(['a', 'b', 'c', 'd'].map(typeOf), [0, 1, 0, undefined])
  })

  it('are one each for machines that nobody described, and the same again', () => {
    const machines = ['a', 'b'].map((id) => ({ id, spec: {} }))
    const first = assignNodeTypes([{ id: 4, spec: small, members: ['x'] }], machines)
    assert.deepEqual(
      first.types.map(({ id, members }) => [id, members]),
      [
        [4, ['x']],
        [5, ['a']],
        [6, ['b']],
      ],
    )
    const again = assignNodeTypes(first.types, [...machines, { id: 'y', spec: small }])
    assert.deepEqual(
      again.types.map(({ id, members }) => [id, members]),
      [
        [4, ['x', 'y']],
        [5, ['a']],
        [6, ['b']],
      ],
    )
  })

  it('are numbered after the highest that is known, with whole numbers', () => {
    const known = [7, 3].map((id) => ({ id, spec: { ...small, cores: id }, members: [] }))
    const { types } = assignNodeTypes(known, [{ id: 'a', spec: { ...small, memory: 31.6 } }])
    assert.deepEqual(types.at(-1), { id: 8, spec: { ...small, memory: 32 }, members: ['a'] })
    assert.deepEqual(assignNodeTypes([], []).types, [])
  })

  it('are new ones for a machine that is no longer described, whatever it was a member of', () => {
    const { types, typeOf } = assignNodeTypes([{ id: 0, spec: small, members: ['a'] }], [{ id: 'a', spec: {} }])
    assert.deepEqual(types[1], { id: 1, spec: {}, members: ['a'] })
    assert.equal(typeOf('a'), 1)
  })

  it('differ in each attribute', () => {
    const full = { ...small, chips: 1, frequency: 2400 }
    const specs = [full, ...Object.keys(full).map((key) => ({ ...full, [key]: key === 'processor' ? 'other' : 7 }))]
    const { types } = assignNodeTypes(
      [],
      specs.map((spec, index) => ({ id: String(index), spec })),
    )
    assert.equal(types.length, specs.length)
  })
})
