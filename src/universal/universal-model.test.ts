import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ModelError } from '../core/errors.js'
import { loadUniversalModel } from './load-model.js'
import type { MachineDescription } from './machine.js'
import type { CurveAnswer } from './universal-model.js'

const { file, model } = loadUniversalModel()
const server: MachineDescription = { processor: 'AMD EPYC 9654', chips: 2, memory: 384, tdp: 360, vendor: 'Dell Inc.' }

function expectSound({ watts, low, high }: CurveAnswer): void {
  for (let u = 0; u < watts.length; u++) {
    assert.ok(Number.isFinite(watts[u]!) && low[u]! > 0, `watts at ${u}: ${watts[u]}`)
    assert.ok(low[u]! <= watts[u]! && watts[u]! <= high[u]!, `interval at ${u}: ${low[u]} ${watts[u]} ${high[u]}`)
    if (u === 0) continue
    for (const curve of [watts, low, high]) assert.ok(curve[u]! >= curve[u - 1]!, `falls at ${u}`)
  }
  assert.ok(watts[0]! < watts.at(-1)!, 'idle is below full load')
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom(
    '',
    'KVM',
    'AMD EPYC 9965',
    'arm_neoverse_n1',
    'Intel Core i7-9700K',
    'Intel Xeon Gold 6338N',
    'Xeon',
    'x'.repeat(10_000),
  ),
)
const amount = (most: number) =>
  fc.oneof(fc.integer({ min: -1, max: most }), fc.double({ min: 0, max: most }), fc.constantFrom(0, Number.NaN))
const anything = fc.record(
  {
    processor: text,
    vendor: text,
    form: text,
    chips: amount(80),
    cores: amount(2000),
    threads: amount(4000),
    megahertz: amount(9000),
    memory: amount(50_000),
    tdp: amount(1000),
    supply: amount(9000),
    year: amount(2200),
    nodes: amount(50),
  },
  { requiredKeys: [] },
)

describe('universalModel', () => {
  it('answers anything with a sound curve, or refuses it and says why', () => {
    fc.assert(
      fc.property(
        anything,
        fc.array(
          fc.record({
            load: fc.double({ min: 0, max: 1, noNaN: true }),
            watts: fc.double({ min: 1, max: 5000, noNaN: true }),
          }),
          { maxLength: 4 },
        ),
        (machine, points) => {
          try {
            expectSound(model().answer(machine, points))
          } catch (error) {
            assert.ok(error instanceof ModelError, String(error))
            assert.ok(error.field !== undefined && error.field in machine, `${error.message}: ${error.field}`)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('knows less of a machine of which it is told less', () => {
    const width = (machine: MachineDescription) => {
      const { low, high } = model().answer(machine)
      return Math.log(high[5]! / low[5]!)
    }
    const widths = [server, { processor: 'AMD EPYC 9654' }, { processor: 'AMD', threads: 384 }, {}].map(width)
    widths.slice(1).forEach((wide, k) => {
      assert.ok(wide > widths[k]!, widths.join(' '))
    })
  })

  it('says what it took for what was missing', () => {
    const { machine, assumptions, novelty } = model().answer({ processor: 'amd_epyc_9654', chips: 1 })
    assert.equal(novelty, 'processor')
    assert.deepEqual([machine.cores, machine.threads, machine.megahertz, machine.tdp], [96, 192, 2400, 360])
    assert.deepEqual(
      assumptions.find(({ field }) => field === 'tdp'),
      { field: 'tdp', value: 360, from: 'processor' },
    )
    assert.ok(assumptions.some(({ field, from }) => field === 'memory' && from === 'machines alike'))
  })

  it('gives the same answer again', () => {
    assert.deepEqual(model().answer({ threads: 16 }), model().answer({ threads: 16 }))
  })

  it('goes through the points of its owner, and is surer near them', () => {
    const before = model().answer(server)
    const after = model().answer(server, [{ load: 0.5, watts: before.watts[5]! * 1.3 }])
    assert.ok(Math.abs(after.watts[5]! / (before.watts[5]! * 1.3) - 1) < 0.03)
    assert.ok(after.watts[10]! > before.watts[10]!)
    assert.ok(Math.log(after.high[5]! / after.low[5]!) < 0.3 * Math.log(before.high[5]! / before.low[5]!))
  })

  it('draws more at full load than at idle, however much its idle was measured to be', () => {
    for (const machine of [{}, server]) expectSound(model().answer(machine, [{ load: 0, watts: 5000 }]))
  })

  it("has wider intervals for machines of the table's last year and later", () => {
    const early = model().answer({ ...server, year: 2022 })
    const late = model().answer({ ...server, year: 2026 })
    assert.ok(late.late && !early.late)
    assert.ok(late.high[0]! > early.high[0]!)
  })

  for (const [machine, field] of [
    [{ chips: -1 }, 'chips'],
    [{ cores: 1e9 }, 'cores'],
    [{ chips: 4, cores: 2 }, 'cores'],
    [{ cores: 8, threads: 4 }, 'threads'],
    [{ tdp: Number.NaN }, 'tdp'],
  ] as const) {
    it(`refuses ${JSON.stringify(machine)}`, () => {
      assert.throws(
        () => model().answer(machine),
        (error) => error instanceof ModelError && error.code === 'INVALID_REQUEST' && error.field === field,
      )
    })
  }

  it('is near what its own machines were measured with', () => {
    const off = file.machines
      .filter((_, i) => i % 25 === 0)
      .map(({ watts, ...machine }) => Math.abs(model().answer(machine).watts[10]! / watts[10]! - 1))
    assert.ok(off.reduce((sum, value) => sum + value, 0) / off.length < 0.06, off.join(' '))
  })
})
