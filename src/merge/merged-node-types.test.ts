import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MachineSpec } from '../core/machine-spec.js'
import type { Pipeline } from '../registry/pipeline.js'
import { mergedNodeTypes } from './merged-node-types.js'

const spec = (cores: number): MachineSpec => ({ processor: 'p', cores })
interface Type {
  readonly spec?: MachineSpec
  readonly members?: readonly string[]
}

/** A pipeline of these node types, with models of these. */
function pipeline(name: string, types: Readonly<Record<number, Type>>, models: readonly number[] = []): Pipeline {
  const index = Object.entries(types).map(([id, type]) => [id, { attrs: type.spec ?? {}, members: type.members ?? [] }])
  const made: unknown = {
    name,
    nodeTypes: Object.entries(types).map(([id, type]) => ({ id: Number(id), spec: type.spec ?? {}, members: 0 })),
    entries: models.map((nodeType) => ({ nodeType })),
    store: {
      has: (file: string) => file === 'node_type_index.json' && index.length > 0,
      read: () => Buffer.from(JSON.stringify(Object.fromEntries(index))),
    },
  }
  return made as Pipeline
}

const told = (pipelines: readonly Pipeline[]) =>
  mergedNodeTypes(pipelines).types.map(({ id, spec: { cores }, members }) => [id, cores, ...members])

describe('merged node types', () => {
  it('are sorted by number, and keep those of the first pipeline', () => {
    const first = pipeline('a', { 10: { spec: spec(1) }, 9: { spec: spec(2), members: ['x'] } })
    assert.deepEqual(told([first]), [
      [9, 2, 'x'],
      [10, 1],
    ])
    const second = pipeline('b', { 9: { spec: spec(3) }, 2: { spec: spec(4) } })
    assert.deepEqual(told([first, second]), [
      [2, 4],
      [9, 2, 'x'],
      [10, 1],
      [11, 3],
    ])
    const { typeOf } = mergedNodeTypes([first, second])
    assert.deepEqual([typeOf(first, 9), typeOf(second, 9), typeOf(second, 2), typeOf(second, 77)], [9, 11, 2, 77])
  })

  it('are one for equal specs, whatever the case, also within a pipeline', () => {
    const one = pipeline('a', {
      0: { spec: spec(8), members: ['x'] },
      1: { spec: { ...spec(8.2), processor: 'P' }, members: ['y'] },
    })
    assert.deepEqual(told([one]), [[0, 8, 'x', 'y']])
    assert.equal(mergedNodeTypes([one]).typeOf(one, 1), 0)
  })

  it('differ in each attribute', () => {
    const full = { processor: 'p', cores: 1, chips: 1, memory: 1, frequency: 1 }
    const others = Object.keys(full).map((key) => ({ ...full, [key]: key === 'processor' ? 'q' : 2 }))
    const types = Object.fromEntries([full, ...others].map((one, id) => [id, { spec: one }]))
    assert.equal(told([pipeline('a', types)]).length, 6)
  })

  it('are not one because nobody described them, not even within a pipeline', () => {
    const first = pipeline('a', { 0: {}, 1: {} })
    assert.deepEqual(told([first]), [
      [0, undefined],
      [1, undefined],
    ])
    assert.deepEqual(mergedNodeTypes([first]).notes, [], 'there was no other pipeline to be told from')
  })

  it('are one without a spec when they share a machine by name, but with a spec only by it', () => {
    const first = pipeline('a', { 0: { members: ['x'] }, 1: { spec: spec(8), members: ['y'] } })
    const second = pipeline('b', { 5: { members: ['z', 'x'] }, 6: { members: ['y'] } })
    assert.deepEqual(told([first, second]), [
      [0, undefined, 'x', 'z'],
      [1, 8, 'y'],
      [6, undefined, 'y'],
    ])
    assert.deepEqual(mergedNodeTypes([first, second]).notes, [
      "node type 6 of b has no spec: it is type 6, and no other's",
      'machine y has several specs: type 1 {"processor":"p","cores":8}, type 6 {}',
    ])
  })

  it('are those of the index, and those that models are of without being in it', () => {
    assert.deepEqual(told([pipeline('a', { 3: { spec: spec(8) } }, [3, 7, 7])]), [
      [3, 8],
      [7, undefined],
    ])
    assert.deepEqual(told([pipeline('a', {}, [0])]), [[0, undefined]])
  })

  it('have numbers from 0 on, and keep a 0 that is free', () => {
    const [five, none] = [pipeline('a', { 5: { spec: spec(1) } }), pipeline('b', { 0: { spec: spec(2) } })]
    assert.deepEqual(told([five, none]), [
      [0, 2],
      [5, 1],
    ])
    assert.equal(mergedNodeTypes([five]).typeOf(none, 3), 3)
    const negative = pipeline('a', {}, [-1])
    assert.equal(mergedNodeTypes([negative]).typeOf(negative, -1), 0)
    assert.deepEqual(told([]), [])
  })
})
