import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lateFactors } from './late-coverage.js'
import { loadUniversalModel } from './load-model.js'
import type { MeasuredMachine } from './machine.js'

const { file } = loadUniversalModel()
const xeons = file.machines.filter(({ processor }) => /Xeon E5-26/.test(processor))
const epycs = file.machines.filter(({ processor }) => /EPYC/.test(processor))

/** So many machines of a table, of these years, whose watts are so many times what they were. */
function of(machines: readonly MeasuredMachine[], count: number, published: string | undefined, times = 1) {
  return Array.from({ length: count }, (_, i): MeasuredMachine => {
    const { published: _published, ...machine } = machines[i % machines.length]!
    return {
      ...machine,
      ...(published === undefined ? {} : { published }),
      watts: machine.watts.map((watts) => watts * times),
    }
  })
}

const factors = (...machines: readonly (readonly MeasuredMachine[])[]) => lateFactors(machines.flat(), file.parameters)

describe('how much wider intervals of later machines must be', () => {
  const before = of(xeons, 120, '2015-03-01')

  it('is told by machines that are wrong together, of known families', () => {
    const { known, unknown } = factors(before, of(xeons, 12, '2016-01-01', 3))
    assert.ok(known > 2, String(known))
    assert.equal(unknown, 1)
  })

  it('is told apart for families that the table has not', () => {
    const { known, unknown } = factors(before, of(epycs, 12, '2016-01-01', 6))
    assert.equal(known, 1)
    assert.ok(unknown > 1.2, String(unknown))
  })

  it('is little where machines are as those of before, and never less than 1', () => {
    const { known, unknown } = factors(before, of(xeons, 12, '2016-01-01'))
    assert.ok(known >= 1 && known < 1.3, String(known))
    assert.equal(unknown, 1)
  })

  it('needs 120 machines of years before, and ten of a year', () => {
    const late = (count: number) => of(xeons, count, '2016-01-01', 3)
    const none = { known: 1, unknown: 1 }
    assert.deepEqual(factors(before.slice(1), late(10)), none)
    assert.deepEqual(factors(before, late(9)), none)
    assert.ok(factors(before, late(10)).known > 2)
  })

  it('counts machines without a date as of before, and judges none of them', () => {
    const undated = of(xeons, 30, undefined)
    assert.ok(factors(before.slice(30), undated, of(xeons, 10, '2016-01-01', 3)).known > 2)
    assert.deepEqual(factors(before, of(xeons, 12, undefined, 3)), { known: 1, unknown: 1 })
  })
})
