import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import type { BuiltTrainingSets } from './build-training-sets.js'
import { joinTrainingSets } from './join-training-sets.js'
import type { TrainingSet } from './training-set.js'

function setOf(values: readonly number[], changes: Partial<TrainingSet> = {}): TrainingSet {
  return {
    source: 'acpi',
    outputType: 'AbsPower',
    group: 'BPFOnly',
    nodeType: 0,
    features: ['bpf_cpu_time_ms'],
    x: matrix(values.map((value) => [value])),
    targets: [{ component: 'platform', watts: Float64Array.from(values) }],
    timestamps: Float64Array.from(values),
    ...changes,
  }
}

function built(...sets: TrainingSet[]): BuiltTrainingSets {
  return { sets, preprocessed: [], findings: [], notes: ['note'], failures: [] }
}

describe('joinTrainingSets', () => {
  it('concatenates rows of the same kind, and keeps others', () => {
    const { sets, notes } = joinTrainingSets([
      built(setOf([1, 2]), setOf([3], { nodeType: 1 })),
      built(setOf([4, 5, 6])),
    ])
    assert.deepEqual(
      sets.map(({ nodeType, x, targets, timestamps }) => [nodeType, x.rows, ...targets[0]!.watts, ...timestamps]),
      [
        [0, 5, 1, 2, 4, 5, 6, 1, 2, 4, 5, 6],
        [1, 1, 3, 3],
      ],
    )
    assert.deepEqual(notes, ['note'])
  })

  it('maps the workloads of each part to those of all', () => {
    const first = { names: ['a', 'c'], ofRow: Int32Array.of(0, 1) }
    const second = { names: ['b', 'c'], ofRow: Int32Array.of(1, -1, 0) }
    const [joined] = joinTrainingSets([
      built(setOf([1, 2], { workloads: first })),
      built(setOf([3, 4, 5], { workloads: second })),
    ]).sets
    assert.deepEqual(joined!.workloads!.names, ['a', 'b', 'c'])
    assert.deepEqual([...joined!.workloads!.ofRow], [0, 2, 2, -1, 1])
  })

  it('knows no workload of the rows of a part that has none', () => {
    const labels = { names: ['a', 'b'], ofRow: Int32Array.of(1, 0) }
    const [joined] = joinTrainingSets([built(setOf([1, 2], { workloads: labels })), built(setOf([3, 4]))]).sets
    assert.deepEqual([...joined!.workloads!.ofRow], [1, 0, -1, -1])
    // One name alone tells nothing apart.
    const one = { names: ['a'], ofRow: Int32Array.of(0, 0) }
    assert.equal(
      'workloads' in joinTrainingSets([built(setOf([1, 2], { workloads: one })), built(setOf([3]))]).sets[0]!,
      false,
    )
  })

  it('gives a single part back', () => {
    const part = built(setOf([1, 2]))
    assert.equal(joinTrainingSets([part]), part)
    assert.deepEqual(joinTrainingSets([]).sets, [])
  })

  it('reports parts that do not fit, and goes on with the first', () => {
    const other = setOf([9], { targets: [{ component: 'dram', watts: Float64Array.of(9) }] })
    const { sets, failures } = joinTrainingSets([built(setOf([1, 2])), built(other)])
    assert.equal(sets[0]!.x.rows, 2)
    assert.match(failures[0]!.why, /differ.*only the first response is used/)
  })

  it('numbers the files of further responses', () => {
    const file = (fileName: string) => ({ fileName, dataset: { rows: 0 } as never })
    const parts = [['abs.csv', 'dyn.csv'], ['abs.csv'], ['abs.csv', 'dyn.csv']].map((names) => ({
      ...built(setOf([1])),
      preprocessed: names.map(file),
    }))
    assert.deepEqual(
      joinTrainingSets(parts).preprocessed.map(({ fileName }) => fileName),
      ['abs.csv', 'dyn.csv', 'abs_2.csv', 'abs_3.csv', 'dyn_2.csv'],
    )
  })

  it('has the findings and failures of all, and each note once', () => {
    const finding = (metric: string) => ({ kind: 'gap' as const, metric, count: 1, example: 'x', effect: 'y' })
    const parts = ['a', 'b'].map((name) => ({
      ...built(setOf([1])),
      ...{ findings: [finding(name)], failures: [{ what: name, why: 'w' }], notes: ['both', name] },
    }))
    const { findings, failures, notes } = joinTrainingSets(parts)
    assert.deepEqual(
      [findings.map(({ metric }) => metric), failures.map(({ what }) => what)],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    )
    assert.deepEqual(notes, ['both', 'a', 'b'])
  })

  it('joins nothing that differs in source, output, group or node type', () => {
    const sets = [{}, { source: 'hmc' }, { outputType: 'DynPower' }, { group: 'Basic' }, { nodeType: 1 }] as const
    const all = built(...sets.map((more) => setOf([1], more)))
    assert.deepEqual(
      joinTrainingSets([all, all]).sets.map(({ x }) => x.rows),
      [2, 2, 2, 2, 2],
    )
  })
})
