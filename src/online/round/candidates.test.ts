import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../../numeric/matrix.js'
import type { TrainingSet } from '../../train/training-set.js'
import { type CandidateOptions, trainCandidates } from './candidates.js'
import type { SlotData } from './slot-data.js'

const slot = { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 } as const
const key = 'acpi/AbsPower/BPFOnly/0'

/** Rows of usage 0 to 100 in turns from a time on, of watts that `power` gives them. */
function set(rows: number, from: number, power: (usage: number) => number): TrainingSet {
  const usage = Array.from({ length: rows }, (_, i) => (37 * i) % 101)
  const shared = (values: readonly number[]) => {
    const memory = new Float64Array(new SharedArrayBuffer(8 * values.length))
    memory.set(values)
    return memory
  }
  const x = matrix(usage.map((value) => [value, 0]))
  return {
    ...{ ...slot, features: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'] },
    x: { ...x, data: shared([...x.data]) },
    targets: [{ component: 'platform', watts: shared(usage.map(power)) }],
    timestamps: shared(usage.map((_, i) => from + i)),
  }
}
const line = (usage: number) => 50 + usage
const other = (usage: number) => 120 + 0.2 * usage

function data(whole: TrainingSet, validation: TrainingSet, current?: TrainingSet): SlotData {
  return {
    ...{ slot, whole, current, validation, recent: whole, driftingSince: undefined, newestFrom: 0 },
    ...{ recentSeconds: 60, interval: 1, spread: 1, machines: 1 },
  }
}
const options: CandidateOptions = {
  trainers: ['LinearRegressionTrainer', 'SGDRegressorTrainer'],
  types: { of: () => undefined, known: new Map([[0, { spec: { cores: 8 }, instances: [] }]]) },
  ...{ seed: 0, margin: 0.1, maxError: 30, threads: 0 },
}

describe('trainCandidates', () => {
  it('has the best first, with what it was trained on and validated by', async () => {
    const validation = set(30, 5000, line)
    const { bySlot, failures } = await trainCandidates([data(set(200, 1000, line), validation)], options)
    assert.deepEqual(failures, [])
    const candidate = bySlot.get(key)!
    assert.equal(candidate.best, 'LinearRegressionTrainer_0')
    assert.deepEqual(
      candidate.models.map(({ name }) => name),
      ['LinearRegressionTrainer_0', 'SGDRegressorTrainer_0'],
    )
    assert.ok(candidate.any.watts < 1e-6 && candidate.any.rows === 30)
    assert.ok(candidate.weights!.watts > candidate.any.watts, 'those of the trainer that gives weights')
    assert.equal(candidate.highestUsage, 100)
    const { metadata } = candidate.models[0]!
    const { data_from, data_until, highest_usage, held_out_rows, held_out_mean_watts, machine_spec } = metadata
    assert.deepEqual([data_from, data_until, highest_usage, held_out_rows], [1000, 1199, 100, 30])
    assert.deepEqual(machine_spec, { cores: 8 })
    const mean = validation.targets[0]!.watts.reduce((a, b) => a + b, 0) / 30
    assert.ok(Math.abs(Number(held_out_mean_watts) - mean) < 0.01, `${held_out_mean_watts}, not ${mean}`)
  })

  it('takes the models of current rows where they are better by the margin', async () => {
    const trainers = ['LinearRegressionTrainer'] as const
    const chosen = async (margin: number) => {
      const mixed = set(300, 1000, line)
      mixed.targets[0]!.watts.set(set(150, 0, other).targets[0]!.watts, 150)
      const slots = [data(mixed, set(30, 5000, other), set(150, 3000, other))]
      const { bySlot } = await trainCandidates(slots, { ...options, trainers, margin })
      return bySlot.get(key)?.models[0]?.metadata.data_from
    }
    assert.equal(await chosen(0.1), 3000)
    assert.equal(await chosen(1), 1000, 'nothing is better than nothing')
  })

  it('does not publish what is too inaccurate beside the best, and says so', async () => {
    const tight = { ...options, maxError: 0.0001 }
    const { bySlot, failures } = await trainCandidates([data(set(200, 1000, line), set(30, 5000, line))], tight)
    const candidate = bySlot.get(key)!
    assert.deepEqual(
      candidate.models.map(({ name }) => name),
      ['LinearRegressionTrainer_0'],
    )
    assert.deepEqual(
      candidate.refused.map(({ name }) => name),
      ['SGDRegressorTrainer_0'],
    )
    assert.equal(candidate.weights, undefined)
    assert.equal(failures[0]?.what, `${key} SGDRegressorTrainer_0`)
    assert.match(failures[0]?.why ?? '', /^not published: \d+\.\d % off on held-out measurements, more than 0\.0001 %$/)
  })

  it('compares the best of the weights that Kepler can use as they are, if there are such', async () => {
    // The curve falls below 0 W towards no usage, which was never measured.
    const steep = (usage: number) => 210 + 100 * Math.log((20 + usage) / 120)
    const shifted = (rows: number, from: number): TrainingSet => {
      const one = set(rows, from, steep)
      one.x.data.forEach((value, i) => {
        if (i % 2 === 0) one.x.data[i] = value + 20
      })
      return one
    }
    const weightsOf = async (...trainers: CandidateOptions['trainers']) => {
      const slots = [data(shifted(300, 1000), shifted(60, 5000))]
      const { bySlot } = await trainCandidates(slots, { ...options, trainers, maxError: 1000 })
      return bySlot.get(key)!
    }
    const curve = await weightsOf('LogarithmicRegressionTrainer')
    assert.equal(curve.weights?.watts, curve.any.watts, 'rather those than none')
    const line = await weightsOf('SGDRegressorTrainer')
    const both = await weightsOf('LogarithmicRegressionTrainer', 'SGDRegressorTrainer')
    assert.equal(both.best, 'LogarithmicRegressionTrainer_0')
    assert.equal(both.weights?.watts, line.any.watts)
    assert.ok(both.any.watts < line.any.watts)
  })

  it('keeps the best even where it is too inaccurate, for a verdict to say so', async () => {
    const slots = [
      data(
        set(200, 1000, line),
        set(30, 5000, (usage) => 1000 + usage),
      ),
    ]
    const { bySlot } = await trainCandidates(slots, { ...options, maxError: 1 })
    assert.equal(bySlot.get(key)?.models.length, 1)
  })

  it('has nothing of a slot that no trainer can learn', async () => {
    const broken = set(200, 1000, () => Number.NaN)
    const { bySlot, failures } = await trainCandidates([data(broken, set(30, 5000, line))], options)
    assert.equal(bySlot.size, 0)
    assert.deepEqual(failures.map(({ what }) => what).sort(), [
      `${key} LinearRegressionTrainer`,
      `${key} SGDRegressorTrainer`,
    ])
  })
})
