import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { Series } from '../../prometheus/response.js'
import { type SeriesStore, seriesStore } from './series-store.js'

/** Adds samples at `from`, `from` + 3 ... */
function add(store: SeriesStore, metric: string, labels: Record<string, string>, from: number, values: number[]): void {
  const timestamps = Float64Array.from(values, (_, i) => from + 3 * i)
  store.add(metric, labels, { timestamps, values: Float64Array.from(values), count: values.length })
}
const plain = (series: readonly Series[] = []) =>
  series.map(({ labels, timestamps, values }) => [labels.id ?? labels.instance, [...timestamps], [...values]])

/** Two targets over two parts; one of them has another series in the second. */
function filled(store: SeriesStore): SeriesStore {
  for (const part of [0, 1]) {
    store.beginPart()
    for (const metric of ['a_total', 'b_total']) {
      for (const instance of ['w1', 'w2']) {
        const values = [1, 2, 3].map((value) => 100 * part + 10 * Number(instance[1]) + value)
        add(store, metric, { instance, id: 'x' }, 9 * part, values)
      }
    }
  }
  add(store, 'a_total', { instance: 'w1', id: 'new' }, 9, [7, 8, 9])
  return store
}

describe('seriesStore', () => {
  for (const [where, memoryBytes] of [
    ['memory', 2 ** 20],
    ['a file', 0],
    ['both', 100],
  ] as const) {
    it(`has the series of one target behind each other, from ${where}, and leaves no file`, () => {
      const folder = temporaryFolder()
      const store = filled(seriesStore({ folder, memoryBytes }))
      const targets = store.targets()
      assert.deepEqual(
        targets.map((target) => [
          target.series()[0]?.labels().instance,
          target.series().map(({ metric, labels }) => `${metric} ${labels().id}`),
        ]),
        [
          ['w1', ['a_total x', 'b_total x', 'a_total new']],
          ['w2', ['a_total x', 'b_total x']],
        ],
      )
      const first = store.read(targets.slice(0, 1))
      assert.deepEqual(plain(first.get('a_total')), [
        ['x', [0, 3, 6, 9, 12, 15], [11, 12, 13, 111, 112, 113]],
        ['new', [9, 12, 15], [7, 8, 9]],
      ])
      // Those of the same times share them.
      assert.equal(first.get('a_total')?.[0]?.timestamps, first.get('b_total')?.[0]?.timestamps)
      assert.deepEqual(plain(store.read(targets).get('b_total')), [
        ['x', [0, 3, 6, 9, 12, 15], [11, 12, 13, 111, 112, 113]],
        ['x', [0, 3, 6, 9, 12, 15], [21, 22, 23, 121, 122, 123]],
      ])
      store.close()
      assert.deepEqual(readdirSync(folder), [])
    })

    it(`forgets a part that turned out to be damaged, from ${where}`, () => {
      const store = filled(seriesStore({ folder: temporaryFolder(), memoryBytes }))
      store.dropPart()
      store.beginPart()
      add(store, 'a_total', { instance: 'w1', id: 'x' }, 30, [500])
      add(store, 'c_total', { instance: 'w3' }, 30, [1])
      store.dropPart()
      const targets = store.targets()
      assert.deepEqual(
        targets.map((target) => target.series().length),
        [2, 2],
      )
      assert.deepEqual(plain(store.read(targets).get('a_total')), [
        ['x', [0, 3, 6], [11, 12, 13]],
        ['x', [0, 3, 6], [21, 22, 23]],
      ])
      store.close()
    })
  }

  it('knows a series by its labels in any order, and takes no label for a property of all objects', () => {
    const store = seriesStore({ folder: temporaryFolder(), memoryBytes: 0 })
    store.beginPart()
    add(store, 'a_total', { instance: 'w1', __proto_: 'x' }, 0, [1])
    store.beginPart()
    add(store, 'a_total', { __proto_: 'x', instance: 'w1' }, 3, [2])
    const [one, ...none] = store.read(store.targets()).get('a_total') ?? []
    assert.deepEqual([...(one?.values ?? []), none.length], [1, 2, 0])
    assert.equal(one?.labels.constructor, undefined)
    store.close()
  })

  it('takes equal labels within one part for two series', () => {
    const store = seriesStore({ folder: temporaryFolder(), memoryBytes: 0 })
    for (const part of [0, 1]) {
      store.beginPart()
      for (const value of [1, 2]) add(store, 'a_total', { instance: 'w1' }, 3 * part, [10 * part + value])
    }
    assert.deepEqual(plain(store.read(store.targets()).get('a_total')), [
      ['w1', [0, 3], [1, 11]],
      ['w1', [0, 3], [2, 12]],
    ])
    store.close()
  })
})
