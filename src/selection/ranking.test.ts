import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { reportEntry } from '../../test/support/report-scene.js'
import type { ModelEntry } from '../registry/model-entry.js'
import { atOnce, inTurns } from '../runtime/in-turns.js'
import { createModelOrder } from './model-order.js'
import { type ModelGroup, rankModels } from './ranking.js'

const order = createModelOrder<ModelEntry>()
const features = ['a']
const entry = (name: string, nodeType: number, mae: number, more: Partial<ModelEntry> = {}): ModelEntry => ({
  ...reportEntry(name, nodeType, { mae }),
  features,
  loadableByOriginal: true,
  ...more,
})
const cores: Readonly<Record<number, number>> = { 0: 8, 1: 16, 2: 16 }
const specOf = (nodeType: number) => (cores[nodeType] === undefined ? undefined : { cores: cores[nodeType] })
const ranked = (entries: readonly ModelEntry[]) => atOnce(rankModels(entries, specOf, order))
const names = (models: readonly ModelEntry[] | undefined) => models?.map(({ name }) => name)
const only = (groups: readonly ModelGroup[]) => {
  assert.equal(groups.length, 1)
  return groups[0]!
}

describe('models as requests look for them', () => {
  it('are sorted, of all node types, of each, and of those with the most cores', () => {
    const { archives } = only(
      ranked([entry('A', 0, 5), entry('B', 0, 3), entry('A', 1, 4), entry('B', 2, 2), entry('B', 9, 1)]),
    )
    const all = archives.get('')
    assert.deepEqual(names(all?.all), ['B_9', 'B_2', 'B_0', 'A_1', 'A_0'])
    assert.deepEqual(names(all?.ofNodeType.get(0)), ['B_0', 'A_0'])
    assert.deepEqual([...(all?.ofNodeType.keys() ?? [])].sort(), [0, 1, 2, 9])
    assert.deepEqual(names(all?.ofLargest), ['B_2', 'A_1'])
  })

  it('are those of each trainer too', () => {
    const { archives } = only(ranked([entry('A', 0, 5), entry('B', 0, 3), entry('A', 1, 4)]))
    assert.deepEqual([...archives.keys()].sort(), ['', 'A', 'B'])
    assert.deepEqual(names(archives.get('A')?.all), ['A_1', 'A_0'])
    assert.deepEqual(names(archives.get('B')?.ofLargest), ['B_0'])
  })

  it('are all of the largest where no machine is known', () => {
    const { archives } = only(ranked([entry('A', 7, 2), entry('A', 8, 1)]))
    assert.deepEqual(names(archives.get('')?.ofLargest), ['A_8', 'A_7'])
  })

  it('have lists of their own where some have weights, or the original loads some', () => {
    const { archives, originals, weights } = only(
      ranked([
        entry('A', 0, 1, { loadableByOriginal: false }),
        entry('B', 0, 2, { weights: 'file' }),
        entry('C', 0, 3),
      ]),
    )
    assert.deepEqual(names(archives.get('')?.all), ['A_0', 'B_0', 'C_0'])
    assert.deepEqual(names(originals.get('')?.all), ['B_0', 'C_0'])
    assert.equal(originals.has('A'), false)
    assert.deepEqual(names(weights.get('')?.all), ['B_0'])
    const same = only(ranked([entry('A', 0, 1)]))
    assert.equal(same.originals, same.archives)
    assert.equal(same.weights.size, 0)
  })

  it('are in a group for each feature group and list of features, the best first', () => {
    const counters = 'acpi/AbsPower/CounterOnly'
    const other = { folder: reportEntry('A', 0, {}, counters).folder }
    const groups = ranked([
      entry('A', 0, 5),
      entry('B', 0, 2, other),
      entry('C', 0, 3, { features: ['a', 'b'] }),
      entry('D', 0, 4, other),
    ])
    assert.deepEqual(
      groups.map(({ featureGroup, features: own, archives }) => [featureGroup, own, names(archives.get('')?.all)]),
      [
        ['CounterOnly', ['a'], ['B_0', 'D_0']],
        ['BPFOnly', ['a', 'b'], ['C_0']],
        ['BPFOnly', ['a'], ['A_0']],
      ],
    )
  })

  it('are sorted in pieces of 1024 node types', () => {
    const pieces = (count: number) =>
      [
        ...rankModels(
          Array.from({ length: count }, (_, i) => entry('A', i, i)),
          specOf,
          order,
        ),
      ].length
    // Two lists, of all and of the trainer, with a pause before and after the node types of each.
    assert.deepEqual([pieces(1023), pieces(1024)], [4, 6])
  })

  it('are read in pieces of 1024, between which it may be stopped', async () => {
    const entries = Array.from({ length: 1025 }, (_, i) => entry('A', i, i))
    const read = async (count: number) => {
      let heldOut = 0
      const counting: typeof order = {
        ...order,
        heldOut(model) {
          heldOut++
          return order.heldOut(model)
        },
      }
      const stop = new AbortController()
      const work = inTurns(rankModels(entries.slice(0, count), specOf, counting), stop.signal)
      stop.abort(new Error('enough'))
      await assert.rejects(work, /enough/)
      return heldOut
    }
    assert.equal(await read(1025), 1024)
    // No pause after the last one: the next is between two lists.
    assert.equal(await read(1024), 1024)
    assert.equal(await read(3), 3)
  })
})
