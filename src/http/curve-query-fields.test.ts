import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseCurveQuery } from './curve-query.js'

describe('the query of GET /curve', () => {
  it('is a machine, with our names for what the parameters say', () => {
    const asked = { processor: 'X', chips: '2', frequency: ' 2300 ', psu: '800', form: '1U', year: '2019' }
    assert.deepEqual(parseCurveQuery(asked), {
      machine: { processor: 'X', chips: 2, megahertz: 2300, supply: 800, form: '1U', year: 2019 },
      points: [],
    })
  })

  it('is an instance, or points, alone', () => {
    assert.deepEqual(parseCurveQuery({ instance: 'm5.large' }), { machine: {}, points: [], instance: 'm5.large' })
    const one = { load: 0.5, watts: 212 }
    assert.deepEqual(parseCurveQuery({ point: '50%=212W' }), { machine: {}, points: [one] })
    assert.deepEqual(parseCurveQuery({ point: ['50%=212W', 'idle=90'] })?.points, [one, { load: 0, watts: 90 }])
  })

  it('means this machine when nothing is given, or nothing but empty fields of a form', () => {
    for (const query of [{}, { processor: '', chips: '', instance: '' }, { chips: '  ' }, { point: [] }]) {
      assert.equal(parseCurveQuery(query), undefined)
    }
  })

  it('takes only so much', () => {
    const point = 'idle=90'
    assert.equal(parseCurveQuery({ point: Array(100).fill(point) })?.points?.length, 100)
    assert.ok(parseCurveQuery({ processor: 'x'.repeat(1024), chips: `${' '.repeat(31)}1` }))
    for (const [field, value] of [
      ['processor', 'x'.repeat(1025)],
      ['chips', `${' '.repeat(32)}1`],
      ['chips', 'Infinity'],
      ['point', Array(101).fill(point)],
      ['point', `${point}${' '.repeat(64 - 6)}`],
      ['memory', ['1', '2']],
    ] as const) {
      assert.throws(() => parseCurveQuery({ [field]: value }), { code: 'INVALID_REQUEST', field })
    }
  })

  it('names all parameters that it does not know, and the known ones', () => {
    assert.throws(() => parseCurveQuery({ cpu: 'x', ram: '1', processor: 'y' }), {
      field: 'cpu',
      message: /unknown query parameter "cpu", "ram", known are processor, chips, cores, threads, frequency, memory/,
    })
  })
})
