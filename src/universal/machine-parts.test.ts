import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memberWeights, quantiles, standardisedErrors } from './coverage.js'
import { featureAt, rawFeatures } from './features.js'
import { loads, type MeasuredMachine } from './machine.js'
import { checkMachine } from './missing/check-machine.js'
import { processorFacts } from './missing/processor-facts.js'
import { leftOutGroups, noveltyOf } from './novelty.js'
import { normaliseVendor } from './vendor.js'
import { weightedQuantile } from './weighted-quantile.js'

const close = (a: number | undefined, b: number, within = 1e-9) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) <= within * Math.max(1, Math.abs(b)), `${a} is not ${b}`)
const line = (idle: number, full: number) => Float64Array.from(loads, (load) => idle + (full - idle) * load)

describe('checkMachine', () => {
  const bounds: Readonly<Record<string, readonly [number, number]>> = {
    chips: [1, 64],
    cores: [1, 65_536],
    threads: [1, 262_144],
    megahertz: [50, 10_000],
    memory: [0.01, 1_000_000],
    tdp: [0.5, 2000],
    year: [1990, 2100],
    supply: [1, 100_000],
    nodes: [1, 1000],
  }
  for (const [field, [least, most]] of Object.entries(bounds)) {
    it(`takes ${field} from ${least} to ${most}, and 0 for not known`, () => {
      for (const value of [least, most]) assert.deepEqual(checkMachine({ [field]: value }), { [field]: value })
      for (const value of [least * 0.99, most * 1.01, -1, Number.NaN]) {
        assert.throws(() => checkMachine({ [field]: value }), { code: 'INVALID_REQUEST', field })
      }
      assert.deepEqual(checkMachine({ [field]: 0 }), {})
    })
  }

  it('refuses what contradicts itself, and takes what just does not', () => {
    const equal = { chips: 2, cores: 2, threads: 2 }
    assert.deepEqual(checkMachine(equal), equal)
    assert.throws(() => checkMachine({ chips: 2, cores: 1 }), { field: 'cores' })
    assert.throws(() => checkMachine({ cores: 2, threads: 1 }), { field: 'threads' })
    assert.throws(() => checkMachine({ chips: 2, threads: 1 }), { field: 'threads' })
    assert.deepEqual(checkMachine({ processor: ' a ', vendor: ' ', form: '2U' }), { processor: 'a', form: '2U' })
  })
})

describe('the features of a machine', () => {
  const of = (machine: Parameters<typeof rawFeatures>[0]) => {
    const { values, categories } = rawFeatures(machine)
    return { at: (name: keyof typeof featureAt) => values[featureAt[name]]!, categories }
  }

  it('are ratios of its numbers', () => {
    const { at, categories } = of({
      ...{ processor: 'AMD EPYC 9654', vendor: 'Dell Inc.', chips: 2, cores: 192, threads: 384, megahertz: 2400 },
      ...{ memory: 768, tdp: 360, supply: 1440, form: '2U', nodes: 2 },
    })
    for (const [name, value] of [
      ['coresPerChip', Math.log(96)],
      ['chips', Math.log(2)],
      ['threadsPerCore', 1],
      ['frequency', Math.log(2.4)],
      ['tdp', Math.log(360)],
      ['memoryPerChip', Math.log(384)],
      ['familyYear', 2022],
      ['nanometres', Math.log(5)],
      ['enclosure', 1],
      ['supply', Math.log(2)],
      ['height', Math.log(2)],
      ['tower', 0],
    ] as const) {
      close(at(name), value)
    }
    assert.deepEqual(categories, {
      ...{ family: 'genoa', group: 'epyc:9654', line: 'epyc', vendor: 'dell', vendorFamily: 'dell|genoa' },
    })
  })

  it('are not known of what is not said', () => {
    const { at, categories } = of({ form: ' Tower', year: 2011, vendor: 'x' })
    for (const name of ['coresPerChip', 'chips', 'frequency', 'tdp', 'supply', 'height', 'nanometres'] as const) {
      assert.ok(Number.isNaN(at(name)), name)
    }
    assert.deepEqual([at('familyYear'), at('tower'), at('enclosure')], [2011, 1, 0])
    assert.deepEqual(categories, { vendor: 'x' })
    assert.deepEqual(of({ processor: 'KVM', vendor: 'x' }).categories, {
      group: '?:kvm',
      vendor: 'x',
      vendorFamily: 'x|?',
    })
  })

  it('have one name for each vendor', () => {
    for (const [text, vendor] of [
      ['HP', 'hpe'],
      ['Hewlett-Packard', 'hpe'],
      ['FUJITSU SIEMENS', 'fujitsu'],
      ['Super Micro Computer', 'supermicro'],
      ['International Business Machines', 'ibm'],
      ['QCT', 'quanta'],
      ['New H3C Technologies', 'h3c'],
      ['Silicon Graphics International', 'sgi'],
      ['Giga-byte', 'gigabyte'],
      ['Some Very Long Maker & Sons', 'someverylongmake'],
      ['!!!', undefined],
      ['  ', undefined],
    ] as const) {
      assert.equal(normaliseVendor(text), vendor, text)
    }
  })
})

describe('what the table tells', () => {
  const machine = (processor: string, more: Partial<MeasuredMachine> = {}): MeasuredMachine => ({
    ...{ processor, chips: 2, cores: 16, threads: 32, megahertz: 2000, model: 'm', watts: line(50, 100) },
    ...more,
  })
  const table = [
    machine('Xeon Gold 6338N', { tdp: 185 }),
    machine('Xeon Gold 6338', { tdp: 205, cores: 32, threads: 32, chips: 1 }),
    machine('Xeon Gold 6338', { megahertz: 1900 }),
    machine('EPYC 9654'),
  ]
  const raw = table.map(rawFeatures)

  it('of a processor is what most have, the smaller of equals', () => {
    const facts = processorFacts(table, raw)
    const of = (processor: string) => facts(rawFeatures({ processor }).processor)
    assert.deepEqual(of('Xeon Gold 6338'), { coresPerChip: 8, threadsPerCore: 1, megahertz: 1900, chips: 1, tdp: 205 })
    // The whole group of those that differ by their suffix.
    assert.deepEqual(of('Xeon Gold 6338T'), { coresPerChip: 8, threadsPerCore: 2, megahertz: 2000, chips: 2, tdp: 185 })
    assert.deepEqual(of('EPYC 9654'), { coresPerChip: 8, threadsPerCore: 2, megahertz: 2000, chips: 2 })
    assert.equal(of('EPYC 9754'), undefined)
  })

  it('of a machine is its processor, its family or neither', () => {
    const novelty = noveltyOf(raw)
    const of = (processor: string) => novelty(rawFeatures({ processor }))
    assert.deepEqual(
      [of('Xeon Gold 6338T'), of('EPYC 9554'), of('EPYC 7763'), of('')],
      ['processor', 'family', 'new', 'new'],
    )
    // A machine of the table that has no name makes none of the same family.
    assert.equal(noveltyOf([...raw, rawFeatures({ processor: '' })])(rawFeatures({ processor: '' })), 'new')
    assert.deepEqual(leftOutGroups(raw, 'processor'), ['0', '1', '2', '3'])
    assert.deepEqual(leftOutGroups(raw, 'family'), ['xeon:6338', 'xeon:6338', 'xeon:6338', 'epyc:9654'])
    assert.deepEqual(leftOutGroups(raw, 'new'), ['icelake', 'icelake', 'icelake', 'genoa'])
  })
})

describe('how sure it is', () => {
  it('counts the machine to come as one more', () => {
    const values = [3, 1, 2, 4].map((value) => ({ value, weight: 1 }))
    // q of 5 / 4 of the weight: 0.4 is half of it, 0.6 three quarters.
    assert.deepEqual(
      [0.4, 0.41, 0.6, 0.61, 0.8, 1].map((q) => weightedQuantile(values, q)),
      [2, 3, 3, 4, 4, 4],
    )
    assert.equal(
      weightedQuantile(
        [
          { value: 1, weight: 1 },
          { value: 2, weight: 9 },
        ],
        0.2,
      ),
      2,
    )
    assert.ok(Number.isNaN(weightedQuantile([], 0.5)))
  })

  it('counts the members of a group by the root of their number, or once together', () => {
    assert.deepEqual(memberWeights(['a', 'a', 'a', 'a', 'b']), [0.5, 0.5, 0.5, 0.5, 1])
    assert.deepEqual(memberWeights(['a', 'a', 'b'], 1), [0.5, 0.5, 1])
    const errors = [Float64Array.from(loads, () => 1), Float64Array.from(loads, (_, u) => (u === 0 ? Number.NaN : 2))]
    assert.deepEqual([...quantiles(errors, [1, 1])].slice(0, 2), [1, 2])
    const estimate = { watts: line(100, 200), deviations: Float64Array.from(loads, () => 0.1) }
    const measured = { watts: line(110, 200) } as MeasuredMachine
    close(standardisedErrors(estimate, measured)[0], Math.log(1.1) / 0.1)
  })
})
