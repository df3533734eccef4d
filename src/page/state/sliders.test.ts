import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { estimateBody, sliderOf, startValues } from './sliders.js'

const model = {
  pipeline: 'p',
  path: 'acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0',
  trainer: 'SGDRegressorTrainer',
  is_made: false,
  source: 'acpi',
  output_type: 'AbsPower',
  features: ['a', 'b'],
  uncertainty: { coverage: 0.9, method: 'held out', inputs: { a: { lower: 100, upper: 71_901, limit: 80_000 } } },
}

const asked = {
  machine: { processor: 'EPYC' },
  instance: undefined,
  nodeType: undefined,
  pipeline: undefined,
  source: 'acpi',
  outputType: 'AbsPower',
  group: 'BPFOnly',
  metrics: [],
  weight: false,
}

describe('sliders', () => {
  it('reach a fifth beyond what was seen in training, and start in its middle', () => {
    assert.deepEqual(sliderOf(model, 'a'), { most: 86_000, step: 430 })
    assert.deepEqual(startValues(model), { a: 36_000, b: 0 })
  })

  it('have a length where the range is not known', () => {
    assert.equal(sliderOf(model, 'b').most, 1000)
    assert.equal(sliderOf({ ...model, uncertainty: null }, 'a').most, 1000)
    assert.deepEqual(startValues({ ...model, uncertainty: null }), { a: 0, b: 0 })
  })

  it('ask for exactly this model', () => {
    assert.deepEqual(estimateBody(model, { b: 2, a: 1 }, asked), {
      pipeline_name: 'p',
      model: model.path,
      output_type: 'AbsPower',
      source: 'acpi',
      metrics: ['a', 'b'],
      values: [[1, 2]],
    })
  })

  it('ask for the machine that a model was made for', () => {
    const body = estimateBody({ ...model, is_made: true, pipeline: 'universal' }, {}, asked)
    assert.deepEqual(body, {
      pipeline_name: 'universal',
      trainer_name: 'SGDRegressorTrainer',
      machine_spec: { processor: 'EPYC' },
      output_type: 'AbsPower',
      source: 'acpi',
      metrics: ['a', 'b'],
      values: [[0, 0]],
    })
  })

  it('are two hundred steps, of numbers with two digits', () => {
    const range = (lower: number, upper: number) => ({
      ...model,
      uncertainty: { ...model.uncertainty, inputs: { a: { lower, upper, limit: 1e9 } } },
    })
    assert.deepEqual(sliderOf(range(0, 1), 'a'), { most: 1.2, step: 0.006 })
    assert.deepEqual(sliderOf(range(0, 0), 'a'), { most: 1000, step: 5 })
    assert.equal(startValues(range(1, 2)).a, 1.5)
    assert.equal(startValues(range(10, 13)).a, 12)
  })
})
