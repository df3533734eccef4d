import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../core/errors.js'
import { fieldCosts, restsOn } from './explain.js'
import { loads, type MachineDescription } from './machine.js'
import type { CurveAnswer, UniversalModel } from './universal-model.js'

/** 100 W at half load, in an interval of so many watts. */
const answerOf = (width: number, assumptions: CurveAnswer['assumptions'] = []): CurveAnswer => {
  const at = (watts: number) => Float64Array.from(loads, (_, u) => (u === 5 ? watts : 1))
  return {
    ...{ watts: at(100), low: at(100 - width / 4), high: at(100 + (3 * width) / 4), assumptions },
    ...{ novelty: 'new', late: false, machine: {}, points: [{ load: 0.5, watts: 7 }] },
  }
}

function scene(widths: Readonly<Record<string, number>>, vendors: readonly (string | undefined)[] = []) {
  const asked: (readonly [MachineDescription, CurveAnswer['points'] | undefined])[] = []
  const model = {
    curves: { raw: vendors.map((vendor) => ({ categories: vendor === undefined ? {} : { vendor } })) },
    answer(machine: MachineDescription, points: CurveAnswer['points']) {
      asked.push([machine, points])
      const [field] = Object.keys(machine).filter((name) => name in widths)
      const width = widths[field ?? '']
      if (width === undefined) throw new ModelError('INVALID_REQUEST', 'no machine is so')
      return answerOf(width)
    },
  } as unknown as UniversalModel
  return { model, asked }
}

describe('what a missing field costs', () => {
  it('is how much narrower the interval is with it, and never less than nothing', () => {
    const { model, asked } = scene({ memory: 12, tdp: 30 })
    const answer = answerOf(20, [
      { field: 'memory', value: 64, from: 'machines alike' },
      { field: 'tdp', value: 200, from: 'machines alike' },
    ])
    assert.deepEqual(fieldCosts(model, { threads: 8 }, answer), [
      { field: 'memory', narrower: 8 },
      { field: 'tdp', narrower: 0 },
    ])
    assert.deepEqual(asked, [
      [{ threads: 8, memory: 64 }, answer.points],
      [{ threads: 8, tdp: 200 }, answer.points],
    ])
  })

  it('is not asked of what follows from the rest, of what nobody can say, or of what contradicts itself', () => {
    const { model } = scene({ tdp: 1 })
    const answer = answerOf(20, [
      { field: 'tdp', value: 200, from: 'processor' },
      { field: 'tdp', value: 200, from: 'other fields' },
      { field: 'processor', from: 'nothing' },
      { field: 'cores', value: 4, from: 'machines alike' },
    ])
    assert.deepEqual(fieldCosts(model, {}, answer), [])
  })

  it('takes the vendor of most machines, and a height as a form', () => {
    const { model, asked } = scene({ vendor: 15, form: 10 }, ['dell', undefined, 'hpe', undefined, 'hpe', undefined])
    const answer = answerOf(20, [
      { field: 'vendor', from: 'nothing' },
      { field: 'form', value: 2, from: 'machines alike' },
    ])
    assert.deepEqual(fieldCosts(model, {}, answer), [
      { field: 'vendor', narrower: 5 },
      { field: 'form', narrower: 10 },
    ])
    assert.deepEqual(
      asked.map(([machine]) => machine),
      [{ vendor: 'hpe' }, { form: '2U' }],
    )
    assert.deepEqual(
      fieldCosts(scene({ vendor: 1 }).model, {}, answerOf(20, [{ field: 'vendor', from: 'nothing' }])),
      [],
    )
  })
})

describe('restsOn', () => {
  const likeness = [0.2, 0.9, 0.5, 0.7, 0.1, 0.6, 0.3]
  const given: unknown[] = []
  const model = {
    curves: {
      machines: likeness.map((_, i) => ({ model: `machine ${i}` })),
      likeness(expected: unknown) {
        given.push(expected)
        return Float64Array.from(likeness)
      },
    },
    complete: (machine: MachineDescription) => ({ expected: machine.threads }),
  } as unknown as UniversalModel

  it('has the five machines most alike, the nearest first', () => {
    assert.deepEqual(
      restsOn(model, { threads: 8 }).map(({ machine, likeness: one }) => [machine.model, one]),
      [
        ['machine 1', 0.9],
        ['machine 3', 0.7],
        ['machine 5', 0.6],
        ['machine 2', 0.5],
        ['machine 6', 0.3],
      ],
    )
    assert.deepEqual(given, [8])
    assert.equal(restsOn(model, {}, 2).length, 2)
    assert.equal(restsOn(model, {}, 9).length, 7)
  })
})
