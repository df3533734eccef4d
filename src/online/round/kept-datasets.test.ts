import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Dataset } from '../../extract/dataset.js'
import type { MachineData } from './datasets.js'
import { keptDatasets, type NodeDatasets } from './kept-datasets.js'
import { rowCounts } from './row-counts.js'

function datasets(rows: number, nodeType = 0): NodeDatasets {
  const dataset: Dataset = {
    source: 'acpi',
    outputType: 'AbsPower',
    rows,
    timestamps: Float64Array.from({ length: rows }, (_, i) => 100 + i),
    features: [],
    powers: [],
    ratios: [],
    nodeTypes: new Int32Array(rows).fill(nodeType),
  }
  return new Map([['BPFOnly', dataset]])
}

function machine(node: NodeDatasets): MachineData {
  return {
    machine: { instance: 'a', names: [], state: 'metered', sources: [], vocabulary: 'kepler-0.7', why: '' },
    source: 'acpi',
    node,
    containers: () => {
      throw new Error('not asked')
    },
  }
}

describe('keptDatasets', () => {
  it('keeps the first that fit and the last, and makes the others again', () => {
    const made: string[] = []
    // Each takes 10 rows of 2 columns of 8 bytes: two fit.
    const kept = keptDatasets(400)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) =>
      kept.keep(datasets(10), () => {
        made.push(name)
        return datasets(10)
      }),
    )
    assert.equal(d!().get('BPFOnly')?.rows, 10)
    b!()
    a!()
    assert.deepEqual(made, [])
    c!()
    c!()
    assert.deepEqual(made, ['c'])
    // Through all of them again, in the same order: those that were kept are still there.
    for (const one of [a, b, c, d]) one!()
    assert.deepEqual(made, ['c', 'd'])
  })

  it('holds none but those', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage: () => void = runInNewContext('gc')
    const kept = keptDatasets(400)
    const made: WeakRef<NodeDatasets>[] = []
    const make = () => {
      const one = datasets(10)
      made.push(new WeakRef(one))
      return one
    }
    const all = Array.from({ length: 10 }, () => kept.keep(make(), make))
    for (const one of all) one()
    // A WeakRef holds what it refers to until the end of the turn.
    await new Promise(setImmediate)
    collectGarbage()
    assert.equal(made.filter((one) => one.deref() !== undefined).length, 3)
    assert.equal(all.length, 10)
  })
})

describe('rowCounts', () => {
  it('keeps all rows of few machines, and of many a share that is enough for all of them together', () => {
    const counts = rowCounts()
    const machines = Array.from({ length: 10 }, () => machine(datasets(100)))
    const other = machine(datasets(100, 7))
    for (const one of [...machines, other]) counts.add(one)
    assert.equal(counts.share(machines[0]!, 'BPFOnly', 1000), 1)
    assert.equal(counts.share(machines[0]!, 'BPFOnly', 100), 0.2)
    // Another kind of machine is counted by itself.
    assert.equal(counts.share(other, 'BPFOnly', 100), 1)
    assert.deepEqual([counts.from(), counts.until()], [100, 199])
  })

  it('spans no time without machines', () => {
    assert.deepEqual([rowCounts().from(), rowCounts().until()], [0, 0])
  })

  it('tells groups and sources apart, and spans all machines', () => {
    const counts = rowCounts()
    const one = machine(datasets(100))
    const later = {
      ...machine(
        new Map([
          [
            'Basic',
            { ...datasets(50).get('BPFOnly')!, timestamps: Float64Array.from({ length: 50 }, (_, i) => 900 + i) },
          ],
        ]),
      ),
      source: 'rapl-sysfs',
    } as const
    counts.add(one)
    counts.add(later)
    assert.equal(counts.share(one, 'BPFOnly', 25), 0.5)
    assert.equal(counts.share(later, 'Basic', 5), 0.2)
    assert.equal(counts.share(later, 'BPFOnly', 5), 0, 'of a group that it does not have')
    assert.deepEqual([counts.from(), counts.until()], [100, 949])
  })

  it('keeps enough for the rarest of the node types of a machine', () => {
    const counts = rowCounts()
    const nodeTypes = Int32Array.from({ length: 100 }, (_, i) => i % 2)
    const both = machine(new Map([['BPFOnly', { ...datasets(100).get('BPFOnly')!, nodeTypes }]]))
    counts.add(both)
    counts.add(machine(datasets(300)))
    assert.equal(counts.share(both, 'BPFOnly', 10), 0.2)
  })
})
