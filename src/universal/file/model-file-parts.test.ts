import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadCorrelation } from '../calibration.js'
import { coverageFactors } from '../coverage.js'
import { fitCurveModel } from '../curve-model.js'
import { lateFactors } from '../late-coverage.js'
import { loadUniversalModel } from '../load-model.js'
import { hasWholeCurve, loads } from '../machine.js'
import { fitUniversalModel, openUniversalModel, readUniversalModel, writeUniversalModel } from './model-file.js'

const { file } = loadUniversalModel()
const text = writeUniversalModel(file)
type Json = Record<string, unknown>
const changed = (more: Json) => JSON.stringify({ ...JSON.parse(text), ...more })
const read = (more: Json) => readUniversalModel(changed(more), 'model.json')
const zeros = (length: number) => new Array<number>(length).fill(0)
const atLoads = new Array<number>(loads.length).fill(1)

describe('the parts of the file of a universal model', () => {
  it('are of its kind and its version, with a line for each machine', () => {
    const { format, version, machines } = JSON.parse(text)
    assert.deepEqual([format, version, machines.length], ['kepler-universal-model', 1, file.machines.length])
    assert.equal(text.trimEnd().split('\n').length, file.machines.length + 2)
    assert.ok(text.endsWith('\n]}\n'))
  })

  it('have five digits, and of the noise what differs from one', () => {
    const noiseWeights = Float64Array.of(1, 1.0004, 1.0006, 123.4567)
    const full = { theta: Float64Array.of(1.234567, -0.000123456), noiseWeights }
    const idle = { theta: Float64Array.of(1) }
    const written = JSON.parse(writeUniversalModel({ ...file, parameters: { full, idle, shapes: [full] } }))
    const process = {
      theta: [1.2346, -0.00012346],
      noise: [
        [2, 1.0006],
        [3, 123.46],
      ],
    }
    assert.deepEqual(written.full, process)
    assert.deepEqual(written.shapes, [process])
    assert.deepEqual(written.idle, { theta: [1], noise: [] })
  })

  it('weigh a row one, unless the noise names it; rows that are none are passed over', () => {
    const rows = file.machines.length
    const whole = file.machines.filter(hasWholeCurve).length
    assert.ok(whole < rows)
    const noisy = {
      theta: [1],
      noise: [
        [0, 3],
        [whole, 4],
        [rows, 5],
      ],
    }
    const { full, idle, shapes } = read({ full: noisy, idle: noisy, shapes: [noisy] }).parameters
    for (const { noiseWeights } of [full, idle]) {
      assert.equal(noiseWeights!.length, rows)
      assert.deepEqual([noiseWeights![0], noiseWeights![1], noiseWeights![whole]], [3, 1, 4])
    }
    assert.equal(shapes[0]!.noiseWeights!.length, whole, 'shapes are of whole curves')
    assert.equal(shapes[0]!.noiseWeights![0], 3)
  })

  it('name sources with an address and a note where they have one', () => {
    const sources = [{ name: 'a', url: 'https://a.example', note: 'n' }, { name: 'b' }]
    assert.deepEqual(read({ sources }).sources, sources)
    assert.deepEqual(read({ sources: [{ name: 'b', url: '', note: '' }] }).sources, [{ name: 'b' }])
  })

  const process = { theta: [1], noise: [] }
  const shape = (more: Json) => ({ full: { ...process, ...more } })
  const allowed: readonly (readonly [string, Json])[] = [
    ['the longest name', { name: 'x'.repeat(64) }],
    ['fifty sources', { sources: new Array(50).fill({ name: 's' }) }],
    ['nine shapes', { shapes: new Array(9).fill(process) }],
    ['the furthest parameters', shape({ theta: [-20, 20] })],
    ['two hundred parameters', shape({ theta: zeros(200) })],
    [
      'the least and the most noise',
      shape({
        noise: [
          [0, 1],
          [1, 1000],
        ],
      }),
    ],
    ['late factors of one', { late: { known: 1, unknown: 1 } }],
  ]
  for (const [what, more] of allowed) it(`may be ${what}`, () => void read(more))

  const refused: readonly (readonly [string, Json, RegExp])[] = [
    ['another version', { version: 2 }, /: version: /],
    ['no name', { name: '' }, /: name: /],
    ['a longer name', { name: 'x'.repeat(65) }, /: name: /],
    ['more sources', { sources: new Array(51).fill({ name: 's' }) }, /: sources: /],
    ['a source without a name', { sources: [{}] }, /: sources.0.name: /],
    ['no machines', { machines: [] }, /: machines: /],
    ['more shapes', { shapes: new Array(10).fill(process) }, /: shapes: /],
    ['a parameter below', shape({ theta: [-20.1] }), /: full.theta.0: /],
    ['a parameter above', shape({ theta: [20.1] }), /: full.theta.0: /],
    ['more parameters', shape({ theta: zeros(201) }), /: full.theta: /],
    ['noise of a row below none', shape({ noise: [[-1, 2]] }), /: full.noise.0.0: /],
    ['noise of half a row', shape({ noise: [[0.5, 2]] }), /: full.noise.0.0: /],
    ['less noise than one', shape({ noise: [[0, 0.9]] }), /: full.noise.0.1: /],
    ['more noise than a thousand', shape({ noise: [[0, 1001]] }), /: full.noise.0.1: /],
    [
      'factors of a load less',
      { coverage: { processor: atLoads.slice(1), family: atLoads, new: atLoads } },
      /processor/,
    ],
    ['a late factor below one', { late: { known: 0.9, unknown: 1 } }, /: late.known: /],
    ['another late factor below one', { late: { known: 1, unknown: 0.9 } }, /: late.unknown: /],
    ['a correlation that is not square', { correlation: zeros(loads.length ** 2 - 1) }, /: correlation: /],
    ['other categories', { categories: ['x'] }, /: categories: expected .*, got "x"/],
    ['other columns', { columns: ['x', 'y'] }, /: columns: expected .*, got "x, y"/],
  ]
  for (const [what, more, message] of refused) {
    it(`may not be ${what}`, () => assert.throws(() => read(more), { code: 'INVALID_ARCHIVE', message }))
  }

  it('are named as the file where it is no object', () => {
    assert.throws(() => readUniversalModel('[]', 'm.json'), { message: /^m.json: the file: / })
    assert.throws(
      () => readUniversalModel('{', 'm.json'),
      (error: Error) => error.cause instanceof SyntaxError,
    )
  })
})

describe('a universal model that is fitted', () => {
  const machines = file.machines.filter(hasWholeCurve).slice(0, 20)
  const sources = [{ name: 'own' }]
  const fitted = fitUniversalModel('own', machines, sources, file.parameters)

  it('is of its machines, and its intervals are of its curves', () => {
    const { full, idle, shapes } = file.parameters
    const bare = ({ theta }: { readonly theta: Float64Array }) => ({ theta })
    const curves = fitCurveModel(machines, { full: bare(full), idle: bare(idle), shapes: shapes.map(bare) })
    assert.deepEqual(fitted, {
      ...{ name: 'own', sources, machines, parameters: curves.parameters },
      intervals: {
        coverage: coverageFactors(curves),
        late: lateFactors(machines, curves.parameters),
        correlation: loadCorrelation(curves),
      },
    })
  })

  it('searches from the beginning where it is given none', () => {
    const { parameters } = fitUniversalModel('own', machines, sources)
    assert.deepEqual(parameters, fitCurveModel(machines).parameters)
    assert.notDeepEqual(parameters.full.theta, fitted.parameters.full.theta)
  })

  it('is opened from its file as it was', () => {
    const again = openUniversalModel(readUniversalModel(writeUniversalModel(fitted), 'own.json'))
    const [machine] = machines
    const watts = (model: typeof again) => [...model.answer(machine!).watts]
    const own = watts(openUniversalModel(fitted))
    for (const [u, value] of watts(again).entries()) assert.ok(Math.abs(value / own[u]! - 1) < 0.001)
  })
})
