import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { loads } from '../../universal/machine.js'
import type { PowerAnswer } from '../../universal/power-answer.js'
import { announcePower } from './announce-power.js'

/** Watts from the first to the last, a tenth of the way a load; the interval is half as much to twice as much. */
function band(idle: number, full: number) {
  const watts = Float64Array.from(loads, (load) => idle + load * (full - idle))
  return { watts, low: watts.map((value) => value / 2), high: watts.map((value) => value * 2) }
}
const wall = band(100, 400)
const answer: PowerAnswer = {
  ...{ wall, package: band(9.94, 200), points: [] },
  curve: { ...wall, novelty: 'family', late: false, machine: { processor: 'P' }, assumptions: [], points: [] },
}
const sources = [{ name: 'A', url: 'https://a' }, { name: 'B' }, { name: 'C', url: 'https://c' }]

function announced(
  of: Partial<PowerAnswer>,
  { columns, pipelines = 1 }: { columns?: number; pipelines?: number } = {},
) {
  const { io, written } = recordedIo(columns === undefined ? {} : { columns })
  announcePower(io.stdout, {
    selector: { status: () => ({ pipelines: Array(pipelines).fill('x') }) },
    universal: { ownPower: () => ({ answer: { ...answer, ...of }, name: 'u-1', sources }) },
  })
  return written.stdout
}

describe('announcePower', () => {
  it('says watts with their interval, and where they are from', () => {
    assert.deepEqual(announced({}, { columns: 80 }).split('\n'), [
      '',
      'No pipeline has this machine; until one does, its watts are those of the universal model (90 % interval):',
      '  at the wall  100 W (50 to 200) idle, 400 W (200 to 800) at full load',
      '  package      9.9 W (5.0 to 20) idle, 200 W (100 to 400) at full load',
      '  from u-1: A (https://a); C (https://c)',
      '  one measurement of your own makes it several times surer: `kepler-model calibrate`',
      '',
    ])
  })

  it('has memory, host and calibration where they are known', () => {
    const host = { machine: {}, share: 0.0312, from: 'instance table' } as const
    const lines = announced({ dram: band(10, 20), host, points: [{ load: 0, watts: 90 }] }, { columns: 80 }).split('\n')
    assert.ok(lines.includes('  memory       10 W (5.0 to 20) idle, 20 W (10 to 40) at full load'))
    assert.ok(lines.includes('  as 3.1 % of a host, by its instance table'))
    assert.ok(lines.includes('  calibrated with 1 of your own measurements'))
    assert.ok(!lines.some((line) => line.includes('of your own makes it')))
  })

  it('is one line of JSON on a pipe', () => {
    const { program, model, wall: shown, sources: from, ...others } = JSON.parse(announced({}))
    assert.deepEqual([program, model, from], ['universal', 'u-1', sources])
    assert.deepEqual(shown.watts, [100, 130, 160, 190, 220, 250, 280, 310, 340, 370, 400])
    assert.equal(others.known, 'family')
  })

  it('says nothing where a pipeline is served, or no universal model', () => {
    assert.equal(announced({}, { pipelines: 2 }), '')
    const { io, written } = recordedIo()
    announcePower(io.stdout, { selector: { status: () => ({ pipelines: [] }) }, universal: undefined })
    assert.equal(written.stdout, '')
    assert.notEqual(announced({}, { pipelines: 0 }), '')
  })

  it('says why the power is not known', () => {
    for (const columns of [undefined, 80]) {
      const { io, written } = recordedIo(columns === undefined ? {} : { columns })
      const universal = {
        ownPower: () => {
          throw new Error('no such machine')
        },
      }
      announcePower(io.stdout, { selector: { status: () => ({ pipelines: [] }) }, universal })
      if (columns === undefined) {
        assert.deepEqual(JSON.parse(written.stdout), { program: 'universal', error: 'no such machine' })
      } else assert.equal(written.stdout, '\nThe power of this machine is not known: no such machine\n')
    }
  })
})
