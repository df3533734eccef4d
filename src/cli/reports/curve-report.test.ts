import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import type { MeasuredMachine } from '../../universal/machine.js'
import { loads } from '../../universal/machine.js'
import type { Assumption } from '../../universal/missing/completion.js'
import type { PowerAnswer } from '../../universal/power-answer.js'
import type { Band } from '../../universal/zones.js'
import { curvePicture, niceTop } from './curve-picture.js'
import { type CurveReport, writeCurveReport } from './curve-report.js'
import { curveSvg } from './curve-svg.js'

const curve = (f: (u: number) => number) => Float64Array.from(loads, (_, u) => f(u))
const band = (watts: (u: number) => number, low = watts, high = watts): Band => ({
  ...{ watts: curve(watts), low: curve(low), high: curve(high) },
})

describe('niceTop', () => {
  it('is the next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten', () => {
    const values = [1, 1.01, 1.5, 1.6, 2.1, 3.5, 4.5, 5.5, 6.1, 8.1, 10, 95, 120, 1000]
    assert.deepEqual(values.map(niceTop), [1, 1.5, 1.5, 2, 3, 4, 5, 6, 8, 10, 10, 100, 150, 1000])
  })
})

describe('curvePicture', () => {
  const at = (u: number) => `${' '.repeat(5 * u)}████`

  it('has a mark for each load in the line of its watts, a label on every third line', () => {
    assert.deepEqual(curvePicture(band((u) => 10 * u)), [
      `100 ┤ ${at(10)}`,
      `    │ ${at(9)}`,
      `    │ ${at(8)}`,
      ` 75 ┤ ${at(7)}`,
      `    │ ${at(6)}`,
      `    │ ${at(5)}`,
      ' 50 ┤ ',
      `    │ ${at(4)}`,
      `    │ ${at(3)}`,
      ` 25 ┤ ${at(2)}`,
      `    │ ${at(1)}`,
      `    │ ${at(0)}`,
      `  0 └${'─'.repeat(55)}`,
      '      idle 10%  20%  30%  40%  50%  60%  70%  80%  90%  100%',
    ])
  })

  it('shades the interval, from the line of its low to that of its high', () => {
    const shaded = band(
      (u) => (u === 10 ? 100 : 50),
      (u) => (u === 10 ? 100 : 30),
      (u) => (u === 10 ? 100 : 70),
    )
    const first = curvePicture(shaded).map((line) => line[6] ?? ' ')
    assert.deepEqual(first.slice(0, 12).join(''), '   ░░█░░░   ')
  })
})

describe('curveSvg', () => {
  it('draws curve, band and points to one scale', () => {
    const svg = curveSvg(
      'A',
      band(
        () => 50,
        () => 0,
        () => 100,
      ),
      [{ load: 0.5, watts: 75 }],
    )
    // 100 W are at 40, no watts at 334; load 0 is at 60, full load at 620.
    assert.match(svg, /<circle cx="340\.0" cy="113\.5" r="4"/)
    assert.match(svg, /<polyline points="60\.0,187\.0 116\.0,187\.0 .* 620\.0,187\.0"/)
    assert.match(svg, /<polygon points="60\.0,334\.0 .* 620\.0,334\.0 620\.0,40\.0 .* 60\.0,40\.0"/)
    const labels = [...svg.matchAll(/<text x="52" y="([\d.]+)" text-anchor="end">([\d.]+)</g)].map(([, y, text]) => [
      y,
      text,
    ])
    assert.deepEqual(labels, [
      ['338', '0'],
      ['264.5', '25'],
      ['191', '50'],
      ['117.5', '75'],
      ['44', '100'],
    ])
    const marks = [...svg.matchAll(/<text x="[\d.]+" y="352" text-anchor="middle">(\d+)</g)].map(([, text]) => text)
    assert.deepEqual(marks, ['0', '10', '20', '30', '40', '50', '60', '70', '80', '90', '100'])
    assert.match(svg, /<text x="340\.0" y="372"[^>]*>load, %</)
    assert.ok(svg.endsWith('</svg>\n'))
  })

  it('has room for a point above the interval, and none without points', () => {
    const flat = band(() => 100)
    assert.match(curveSvg('A', flat, [{ load: 0, watts: 149 }]), />150</)
    assert.doesNotMatch(curveSvg('A', flat), /<circle/)
  })

  it('shows a title as text', () => {
    const svg = curveSvg(
      `<a & "b">\u0007${'x'.repeat(100)}`,
      band(() => 1),
    )
    assert.match(svg, /<title>&lt;a &amp; &quot;b&quot;&gt; x{70}: power by load<\/title>/)
  })
})

describe('writeCurveReport', () => {
  const machine: MeasuredMachine = {
    ...{ model: 'M', processor: 'P', chips: 2, cores: 4, threads: 8, megahertz: 2000, published: '2020-01-02' },
    watts: curve((u) => 15 + 10 * u),
  }
  const assumed = (...assumptions: readonly Assumption[]) => assumptions
  const wall = band(
    (u) => 19.96 + 10 * u,
    (u) => 10 + 10 * u,
    (u) => 30 + 10 * u,
  )
  const answer: PowerAnswer = {
    wall,
    package: band(() => 5),
    curve: { ...wall, novelty: 'processor', late: false, machine, assumptions: [], points: [] },
    points: [],
  }
  const report = (more: Partial<CurveReport> = {}, of: Partial<PowerAnswer> = {}) => {
    const { io, written } = recordedIo()
    writeCurveReport(io, {
      ...{ title: 'it', answer: { ...answer, ...of }, costs: [], source: 'Model X.', ...more },
      restsOn: [
        { machine, likeness: 1 },
        { machine: { ...machine, model: 'N', published: '' }, likeness: 0.5 },
      ],
    })
    return written.stdout.split('\n')
  }
  const knowing = (change: Partial<PowerAnswer['curve']>) => ({ curve: { ...answer.curve, ...change } })

  it('has a row for each load, and the machines that it rests on', () => {
    const lines = report()
    assert.equal(lines[0], 'Power of it, W at the wall, with the 90 % interval:')
    const table = lines.slice(lines.indexOf('LOAD\tWALL\tLOW\tHIGH\tPACKAGE\tDRAM'))
    assert.deepEqual(table.slice(1, 3), [
      'idle\t20.0\t10.0\t30\t5.0 (5.0 to 5.0)\tnot known',
      '10 %\t30\t20\t40\t5.0 (5.0 to 5.0)\tnot known',
    ])
    assert.equal(table[11], '100 %\t120\t110\t130\t5.0 (5.0 to 5.0)\tnot known')
    assert.deepEqual(table.slice(12), [
      ...['', 'The table has machines with this processor.', '', 'It rests most on:'],
      'MACHINE\tPROCESSOR\tCHIPS\tIDLE\tFULL\tPUBLISHED',
      'M\tP\t2\t15.0\t115\t2020-01-02',
      'N\tP\t2\t15.0\t115\t',
      ...['', 'Model X.', ''],
    ])
  })

  it('says how much is known of the processor', () => {
    assert.ok(report({}, knowing({ novelty: 'family' })).some((line) => /others of its family\.$/.test(line)))
    assert.ok(report({}, knowing({ novelty: 'new' })).some((line) => /no machine of this family of proc/.test(line)))
    assert.ok(
      report({}, knowing({ late: true })).some((line) => /processor\. It is as young as the youngest/.test(line)),
    )
  })

  it('says what was taken for each field that is missing, and what that costs', () => {
    const assumptions = assumed(
      { field: 'megahertz', value: 2400, from: 'processor' },
      { field: 'memory', value: 64, from: 'machines alike' },
      { field: 'form', value: 2, from: 'machines alike' },
      { field: 'chips', value: 1, from: 'nothing' },
      { field: 'supply', from: 'nothing' },
    )
    const costs = [
      { field: 'memory', narrower: 0.5 },
      { field: 'form', narrower: 0.49 },
      { field: 'supply', narrower: 12.4 },
    ] as const
    const lines = report({ costs }, knowing({ assumptions })).filter((line) => line.startsWith('--'))
    assert.deepEqual(lines, [
      '--frequency: 2400 MHz, from the processor',
      '--memory: 64 GB, from machines alike; given, the interval would be 1 % of the watts narrower',
      '--form: 2U, from machines alike',
      '--chips: 1, from nothing',
      '--psu: not known; given, the interval would be 12 % of the watts narrower',
    ])
  })

  it('names host and calibration', () => {
    const host = { machine, share: 0.05, from: 'instance table' } as const
    const lines = report(
      { calibration: { machine: 'm', points: [{ load: 0, watts: 1 }], source: 'points', measured: 'today' } },
      { host, dram: band(() => 7) },
    )
    assert.ok(lines.includes('It is 5.0 % of a host with 8 threads (instance table); the watts are its share.'))
    assert.ok(lines.includes('Calibrated with 1 point of today (points).'))
    assert.ok(lines.includes('idle\t20.0\t10.0\t30\t5.0 (5.0 to 5.0)\t7.0 (7.0 to 7.0)'))
    const more = report({}, { host: { ...host, share: 0.25 } })
    assert.ok(more.includes('It is 25 % of a host with 8 threads (instance table); the watts are its share.'))
  })

  it('has numbers to the right and names to the left on a terminal', () => {
    const { io, written } = recordedIo({ columns: 100 })
    writeCurveReport(io, { title: 'it', answer, costs: [], source: '', restsOn: [{ machine, likeness: 1 }] })
    assert.match(written.stdout, /^ LOAD {2}WALL {3}LOW {2}HIGH {11}PACKAGE {7}DRAM$/m)
    assert.match(written.stdout, /^MACHINE {2}PROCESSOR {2}CHIPS {2}IDLE {2}FULL {2}PUBLISHED$/m)
    assert.match(written.stdout, /^M {8}P {14}2 {2}15\.0 {3}115 {2}2020-01-02$/m)
  })
})
