import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dataset } from '../../test/support/platform-dataset.js'
import { matrix } from '../numeric/matrix.js'
import { planTasks, nameOfTask } from './tasks.js'
import {
  joinSets,
  rowsAt,
  rowsByNodeType,
  shareAt,
  subsampled,
  type TrainingSet,
  trainingSets,
  workloadLabels,
} from './training-set.js'

/** Rows 0, 1, 2 ... of one feature, at ten times their number, with watts of 100 and more. */
const setOf = (rows: number, more: Partial<TrainingSet> = {}): TrainingSet => {
  const numbers = Array.from({ length: rows }, (_, i) => i)
  return {
    ...{ source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 2, features: ['f'] },
    x: matrix(numbers.map((i) => [i])),
    targets: [{ component: 'platform', watts: Float64Array.from(numbers, (i) => 100 + i) }],
    timestamps: Float64Array.from(numbers, (i) => 10 * i),
    workloads: { names: ['a', 'b'], ofRow: new Int32Array(rows) },
    ...more,
  }
}
const rowsOf = ({ x }: TrainingSet) => Array.from(x.data)

describe('rows of a training set', () => {
  it('are taken by time, with their watts', () => {
    const part = rowsAt(setOf(6), (time) => time >= 20 && time < 50)
    assert.deepEqual(
      [rowsOf(part), Array.from(part.timestamps)],
      [
        [2, 3, 4],
        [20, 30, 40],
      ],
    )
    assert.deepEqual(Array.from(part.targets[0]!.watts), [102, 103, 104])
    assert.deepEqual([part.x.rows, part.x.cols, part.nodeType, part.workloads], [3, 1, 2, undefined])
    assert.equal(rowsAt(setOf(6), () => false).x.rows, 0)
  })

  it('are a share of those at some times, evenly spread, at least one', () => {
    const late = (time: number) => time >= 40
    assert.deepEqual(rowsOf(shareAt(setOf(10), late, 0.5)), [4, 6, 8])
    assert.deepEqual(rowsOf(shareAt(setOf(10), late, 0.51)), [4, 5, 7, 8])
    assert.deepEqual(rowsOf(shareAt(setOf(10), late, 0.01)), [4])
    assert.deepEqual(rowsOf(shareAt(setOf(10), late, 1)), [4, 5, 6, 7, 8, 9])
  })

  it('are so many at most, evenly spread; all of them where they are no more', () => {
    const set = setOf(10)
    assert.equal(subsampled(set, 10), set)
    assert.deepEqual(rowsOf(subsampled(set, 9)), [0, 1, 2, 3, 4, 5, 6, 7, 8])
    assert.deepEqual(rowsOf(subsampled(set, 4)), [0, 2, 5, 7])
    assert.equal(subsampled(set, 4).workloads, undefined)
  })

  it('of several machines are put one after the other', () => {
    const [first, second] = [setOf(2), rowsAt(setOf(6), (time) => time > 30)]
    assert.equal(joinSets([first]), first)
    const both = joinSets([first, second])
    assert.deepEqual([rowsOf(both), both.x.rows, both.x.cols], [[0, 1, 4, 5], 4, 1])
    assert.deepEqual(Array.from(both.timestamps), [0, 10, 40, 50])
    assert.deepEqual(Array.from(both.targets[0]!.watts), [100, 101, 104, 105])
    assert.deepEqual([both.workloads, both.targets[0]!.component], [undefined, 'platform'])
    const message = 'machines of one node type differ: f platform, and g platform'
    assert.throws(() => joinSets([first, { ...second, features: ['g'] }]), { code: 'SHAPE_MISMATCH', message })
    const dram = { ...second, targets: [{ ...second.targets[0]!, component: 'dram' as const }] }
    assert.throws(() => joinSets([first, second, dram]), { message: /f platform, and f dram$/ })
  })
})

describe('the training sets of a dataset', () => {
  const rows = dataset([1, 2, 3, 4], [10, 20, 30, 40], { nodeTypes: Int32Array.of(7, 2, 7, 7) })
  const shown = (sets: readonly TrainingSet[]) =>
    sets.map((set) => [set.nodeType, rowsOf(set), Array.from(set.targets[0]!.watts), Array.from(set.timestamps)])
  const both = [
    [2, [2], [20], [3]],
    [7, [1, 3, 4], [10, 30, 40], [0, 6, 9]],
  ]

  it('are one for each node type, with what they are of', () => {
    assert.deepEqual(shown(rowsByNodeType(rows, 'CPUTimeOnly')), both)
    assert.deepEqual(shown(trainingSets(rows, 'CPUTimeOnly')), both)
    const [{ source, outputType, group, features, targets } = setOf(0)] = trainingSets(rows, 'CPUTimeOnly')
    assert.deepEqual([source, outputType, group, features], ['acpi', 'AbsPower', 'CPUTimeOnly', ['cpu_time_ms']])
    assert.deepEqual(
      targets.map(({ component }) => component),
      ['platform'],
    )
  })

  it('are in shared memory where threads train on them, and copied only where they must be', () => {
    const isShared = ({ x, targets, timestamps }: TrainingSet) =>
      [x.data, targets[0]!.watts, timestamps].map(({ buffer }) => buffer instanceof SharedArrayBuffer)
    assert.deepEqual(trainingSets(rows, 'CPUTimeOnly').map(isShared), [
      [true, true, true],
      [true, true, true],
    ])
    assert.deepEqual(isShared(joinSets([setOf(2), setOf(2)])), [true, true, true])
    const one = { ...rows, nodeTypes: new Int32Array(4) }
    const [single] = rowsByNodeType(one, 'CPUTimeOnly')
    assert.deepEqual(isShared(single!), [false, false, false])
    assert.equal(single!.timestamps, one.timestamps)
  })

  it('have the workloads of their own rows, where two are known', () => {
    const at = (time: number) => (time === 3 ? 'other' : time < 6 ? 'early' : 'late')
    const [first, second] = rowsByNodeType(rows, 'CPUTimeOnly', at)
    assert.equal('workloads' in first!, false)
    assert.deepEqual(second!.workloads, { names: ['early', 'late'], ofRow: Int32Array.of(0, 1, 1) })
    assert.equal('workloads' in rowsByNodeType(rows, 'CPUTimeOnly')[1]!, false)
    assert.deepEqual(trainingSets(rows, 'CPUTimeOnly', at)[1]!.workloads?.names, ['early', 'late'])
  })
})

describe('labels of workloads', () => {
  it('are sorted names, and none of times at which none dominates', () => {
    const labels = new Map(Object.entries({ 1: 'web', 2: 'batch', 4: 'web' }))
    const found = workloadLabels(Float64Array.of(1, 2, 3, 4), (time) => labels.get(String(time)))
    assert.deepEqual(found, { names: ['batch', 'web'], ofRow: Int32Array.of(1, 0, -1, 1) })
  })

  it('need two names', () => {
    assert.equal(
      workloadLabels(Float64Array.of(1, 2), () => 'one'),
      undefined,
    )
    assert.equal(
      workloadLabels(Float64Array.of(1, 2), () => undefined),
      undefined,
    )
  })
})

describe('a task', () => {
  it('is one trainer on one set, named by what comes of it', () => {
    const dynamic = setOf(2, { outputType: 'DynPower', nodeType: 5 })
    const tasks = planTasks([setOf(2), dynamic], {
      ...{ absTrainers: ['SGDRegressorTrainer'], dynTrainers: ['SVRRegressorTrainer'] },
      ...{ seed: 1, crossValidation: true, specOf: (nodeType: number) => (nodeType === 5 ? { cores: 4 } : undefined) },
    })
    assert.deepEqual(tasks.map(nameOfTask), [
      'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_2',
      'acpi/DynPower/BPFOnly/SVRRegressorTrainer_5',
    ])
    assert.deepEqual(
      tasks.map(({ options }) => options),
      [
        { seed: 1, crossValidation: true },
        { seed: 1, crossValidation: true, machineSpec: { cores: 4 } },
      ],
    )
    const plan = { absTrainers: ['SGDRegressorTrainer'], dynTrainers: [], seed: 0, crossValidation: false } as const
    assert.equal(planTasks([setOf(2), dynamic], plan).length, 1)
  })
})
