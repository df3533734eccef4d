import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CurveModel } from '../curve-model.js'
import { featureSpace } from '../feature-space.js'
import { featureAt, rawFeatures } from '../features.js'
import type { MachineDescription, MeasuredMachine } from '../machine.js'
import { type Assumption, machineCompletion } from './completion.js'

const measured = (processor: string, more: Partial<MeasuredMachine>): MeasuredMachine => ({
  ...{ processor, chips: 2, cores: 64, threads: 128, megahertz: 2000, memory: 256, tdp: 205, supply: 800 },
  ...{ form: '2U', vendor: 'dell', model: 'm', watts: Float64Array.of(1, 2) },
  ...more,
})
const machines = [
  measured('Xeon Gold 6338', {}),
  measured('Xeon Gold 6338', { memory: 512, supply: 1100 }),
  measured('Xeon Gold 6338', { chips: 1, cores: 32, threads: 64, memory: 128, supply: 600, form: '1U' }),
  measured('EPYC 9654', { cores: 192, threads: 384, megahertz: 2400, memory: 768, tdp: 360, supply: 1400 }),
  measured('Xeon E5-2660', { cores: 16, threads: 32, megahertz: 2200, memory: 64, tdp: 95, supply: 500 }),
  measured('Ampere Altra', { chips: 1, cores: 80, threads: 80, megahertz: 3000, memory: 256, tdp: 210, form: '1U' }),
]
const raw = machines.map(rawFeatures)
const space = featureSpace(raw.map(({ values }) => values))
const model = { machines, raw, space, codesOf: () => new Int32Array(0) } as unknown as CurveModel
const complete = machineCompletion(model)
const counts = ({ chips, cores, threads }: MachineDescription) => [chips, cores, threads]
const from = (assumptions: readonly Assumption[], field: Assumption['field']) =>
  assumptions.find((one) => one.field === field)

describe('what the name of a processor tells', () => {
  const of = (given: MachineDescription) => {
    const { machine, assumptions } = complete({ processor: 'Xeon Gold 6338', ...given })
    return { counts: counts(machine), machine, assumptions }
  }

  it('is clock, TDP, chips, cores and threads, of what is not given', () => {
    const { machine, assumptions } = of({})
    assert.deepEqual(counts(machine), [2, 64, 128])
    assert.deepEqual([machine.megahertz, machine.tdp], [2000, 205])
    for (const field of ['megahertz', 'tdp', 'cores', 'threads', 'chips'] as const) {
      assert.equal(from(assumptions, field)?.from, 'processor', field)
    }
    const given = of({ megahertz: 1900, tdp: 200, chips: 1 })
    assert.deepEqual([given.machine.megahertz, given.machine.tdp, ...given.counts], [1900, 200, 1, 32, 64])
    assert.equal(from(given.assumptions, 'chips'), undefined)
  })

  it('is cores of threads: half as many, or as many where one chip has no more', () => {
    assert.deepEqual(of({ threads: 128 }).counts, [2, 64, 128])
    assert.deepEqual(of({ threads: 64, chips: 1 }).counts, [1, 32, 64])
    assert.deepEqual(of({ threads: 32, chips: 1 }).counts, [1, 32, 32])
    assert.deepEqual(of({ threads: 64, chips: 2 }).counts, [2, 64, 64])
    assert.deepEqual(of({ threads: 66, chips: 2 }).counts, [2, 33, 66])
    assert.deepEqual(of({ threads: 1 }).counts, [1, 1, 1])
  })

  it('is one chip of fewer threads than it has cores', () => {
    const { counts: few, assumptions } = of({ threads: 16 })
    assert.deepEqual(few, [1, 8, 16])
    assert.equal(from(assumptions, 'chips')?.from, 'other fields')
  })

  it('is chips of cores, one at least', () => {
    assert.deepEqual(of({ cores: 128 }).counts, [4, 128, 256])
    assert.deepEqual(of({ cores: 8 }).counts, [1, 8, 16])
    assert.equal(from(of({ cores: 128 }).assumptions, 'chips')?.from, 'other fields')
  })

  it('is certain, and leaves only numbers to draw', () => {
    const { certain, draws } = complete({ processor: 'Xeon Gold 6338' })
    assert.equal(certain, true)
    assert.equal(draws.length, 8)
    const { draws: none, assumptions } = complete({ ...machines[0]! })
    assert.deepEqual([none, assumptions], [[], []])
  })
})

describe('what machines alike tell', () => {
  it('is their chips, cores and threads', () => {
    const { machine, certain, draws, assumptions } = complete({ threads: 384 })
    assert.equal(certain, false)
    assert.equal(draws.length, 16)
    // The machine is as it was given; only what is expected is filled in.
    assert.deepEqual(counts(machine), [undefined, undefined, 384])
    assert.deepEqual(from(assumptions, 'cores'), { field: 'cores', value: 192, from: 'machines alike' })
    assert.deepEqual(from(assumptions, 'chips'), { field: 'chips', value: 2, from: 'machines alike' })
    assert.equal(from(assumptions, 'threads'), undefined)
  })

  it('is asked for wherever one of the three is not known', () => {
    const whole = { chips: 2, cores: 16, threads: 32 }
    assert.equal(complete(whole).certain, true)
    for (const field of ['chips', 'cores', 'threads'] as const) {
      const { [field]: _, ...others } = whole
      const { certain, draws, assumptions } = complete(others)
      assert.deepEqual([certain, draws.length], [false, 16], field)
      assert.deepEqual(from(assumptions, field), { field, value: whole[field], from: 'machines alike' })
    }
  })

  it('is of the nearest in size, then in family, year, TDP and maker', () => {
    const cores = (given: MachineDescription) => from(complete(given).assumptions, 'cores')?.value
    assert.equal(cores({ threads: 80 }), 80)
    assert.equal(cores({ chips: 1, processor: 'Ampere Altra Max' }), 80)
    assert.equal(cores({ chips: 2, tdp: 95 }), 16)
    assert.equal(cores({ chips: 2, tdp: 360 }), 192)
    assert.equal(cores({ chips: 1, tdp: 205 }), 32)
    assert.equal(cores({ year: 2012 }), 16)
    // Four chips as two, each with as many cores.
    assert.equal(cores({ chips: 4, tdp: 360 }), 384)
  })

  it('is drawn in pairs on either side of what is expected', () => {
    const { draws, expected } = complete({ processor: 'Xeon Gold 6338' })
    const at = featureAt.memoryPerChip
    const values = draws.map(({ features }) => features[at]!)
    for (let k = 0; k < 8; k += 2) {
      assert.ok(Math.abs((values[k]! + values[k + 1]!) / 2 - expected.features[at]!) < 1e-9)
    }
    assert.ok(new Set(values).size === 8)
    assert.deepEqual(complete({ processor: 'Xeon Gold 6338' }).draws, draws)
  })

  it('is said of every field that is not known', () => {
    const { assumptions, expected } = complete({ threads: 32, cores: 16, chips: 2 })
    const filled = (name: keyof typeof featureAt) =>
      space.unstandardise(featureAt[name], expected.features[featureAt[name]]!)
    const tdp = Math.exp(filled('tdp'))
    assert.deepEqual(assumptions, [
      { field: 'megahertz', value: Math.round(1000 * Math.exp(filled('frequency'))), from: 'machines alike' },
      { field: 'tdp', value: Math.round(tdp), from: 'machines alike' },
      { field: 'memory', value: Math.round(2 * Math.exp(filled('memoryPerChip'))), from: 'machines alike' },
      { field: 'year', value: Math.round(filled('familyYear')), from: 'machines alike' },
      { field: 'supply', value: Math.round(Math.exp(filled('supply')) * tdp) * 2, from: 'machines alike' },
      { field: 'form', value: Math.round(Math.exp(filled('height'))), from: 'machines alike' },
      { field: 'vendor', from: 'nothing' },
      { field: 'processor', from: 'nothing' },
    ])
  })
})
