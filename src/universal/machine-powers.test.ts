import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCurveSource } from './curve-source.js'
import { loadUniversalModel } from './load-model.js'
import { createMachinePowers } from './machine-powers.js'
import { answerPower, powerAnswerJson } from './power-answer.js'

const lazy = loadUniversalModel()

describe('powers of machines', () => {
  it('open the model with the first question, and answer the same one once', () => {
    let opened = 0
    const powers = createMachinePowers(() => {
      opened++
      return lazy
    })
    assert.deepEqual([powers.isOpen(), opened], [false, 0])
    const first = powers.powerOf({ machine: { threads: 8 } })
    assert.deepEqual([powers.isOpen(), opened], [true, 1])
    assert.equal(powers.powerOf({ machine: { threads: 8 } }), first)
    assert.notEqual(powers.powerOf({ machine: { threads: 9 } }), first)
    assert.equal(opened, 1)
    assert.equal(first.model, lazy.model())
    assert.equal(first.correlation, lazy.file.intervals.correlation)
    assert.deepEqual([first.name, first.sources], [lazy.file.name, lazy.file.sources])
  })

  it('keep no refusal', () => {
    const powers = createMachinePowers(() => lazy)
    for (let i = 0; i < 2; i++) {
      assert.throws(() => powers.powerOf({ machine: { chips: -1 } }), { code: 'INVALID_REQUEST', field: 'chips' })
    }
  })
})

describe('answers as documents', () => {
  const source = createCurveSource(createMachinePowers(() => lazy))
  const documentOf = (question: Parameters<typeof source.answer>[0]): Record<string, unknown> => ({
    ...source.answer(question),
  })

  it('are made once, of the answer, the machines it rests on, and the sources', () => {
    const question = { machine: { processor: 'AMD EPYC 9654', chips: 2, memory: 384 } }
    assert.equal(source.answer(question), source.answer({ ...question }))
    const { rests_on: rests, model, sources, ...answer } = documentOf(question)
    assert.deepEqual(answer, powerAnswerJson(answerPower(lazy.model(), question)))
    assert.deepEqual([model, sources], [lazy.file.name, lazy.file.sources])
    assert.ok(Array.isArray(rests) && rests.length === 5)
    assert.deepEqual(Object.keys(rests[0]), ['model', 'vendor', 'processor', 'published'])
    assert.match(rests[0].processor, /EPYC/)
  })

  it('rest on machines like the host of a virtual machine', () => {
    const { rests_on: rests } = documentOf({ machine: { processor: 'KVM', threads: 2 }, instance: 'm5.4xlarge' })
    assert.ok(Array.isArray(rests))
    for (const { processor } of rests) assert.match(processor, /Xeon/)
  })
})
