import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsePowerRequest, parsePowerRequestText } from './power-request.js'

const minimal = { output_type: 'AbsPower' }
const refused = (value: unknown, field: string, message?: RegExp) =>
  assert.throws(() => parsePowerRequest(value), {
    ...{ code: 'INVALID_REQUEST', field },
    ...(message && { message }),
  })

describe('a power request', () => {
  it('is mostly optional, and null is nothing', () => {
    const nothing = {
      ...{ metrics: [], values: [], outputType: 'AbsPower', source: 'rapl-sysfs' },
      ...{ systemFeatures: [], systemValues: [], trainerName: '', filter: '' },
    }
    assert.deepEqual(parsePowerRequest(minimal), nothing)
    const nulls = {
      metrics: null,
      values: null,
      system_features: null,
      system_values: null,
      trainer_name: null,
      filter: null,
    }
    assert.deepEqual(parsePowerRequest({ ...minimal, ...nulls, unknown: 1 }), nothing)
  })

  it('takes system values of any spelling, and trims names', () => {
    const { systemValues, trainerName } = parsePowerRequest({
      ...minimal,
      ...{ system_values: ['x', 3, null], trainer_name: ' SGDRegressorTrainer ' },
    })
    assert.deepEqual([systemValues, trainerName], [['x', '3', ''], 'SGDRegressorTrainer'])
  })

  it('is bounded: 4096 names of 256 characters, texts of 4096', () => {
    const names = (count: number, length = 1) => new Array<string>(count).fill('a'.repeat(length))
    assert.equal(parsePowerRequest({ ...minimal, metrics: names(4096, 256) }).metrics.length, 4096)
    refused({ ...minimal, metrics: names(4097) }, 'metrics', /at most 4096 names/)
    refused({ ...minimal, metrics: names(1, 257) }, 'metrics.0', /too long/)
    refused({ ...minimal, system_features: names(4097) }, 'system_features')
    refused({ ...minimal, system_values: names(4097) }, 'system_values')
    assert.equal(parsePowerRequest({ ...minimal, trainer_name: 'a'.repeat(4096) }).trainerName.length, 4096)
    refused({ ...minimal, trainer_name: 'a'.repeat(4097) }, 'trainer_name', /at most 4096 characters/)
    refused({ ...minimal, filter: 'nonsense' }, 'filter')
  })

  it('has rows of finite numbers, as long as its metrics; the first that is wrong is named', () => {
    const rows = (...values: unknown[]) => ({ ...minimal, metrics: ['a', 'b'], values })
    assert.deepEqual(parsePowerRequest(rows([1, 2], [3, -4.5])).values, [
      [1, 2],
      [3, -4.5],
    ])
    refused(rows([1, 2], [3]), 'values[1]', /^values\[1\] has 1 values for 2 metrics$/)
    refused(rows([1, 2], 'x'), 'values[1]', /expected a list of numbers, got "x"/)
    refused(rows([1, '2']), 'values[0][1]', /expected a finite number, got "2"/)
    refused(rows([Number.NaN, 2]), 'values[0][0]')
    refused({ ...minimal, values: 'x' }, 'values')
  })

  it('is text of JSON, and an output type that there is', () => {
    assert.equal(parsePowerRequestText('{"output_type":"DynPower"}').outputType, 'DynPower')
    assert.throws(() => parsePowerRequestText('{'), { code: 'INVALID_REQUEST', message: /^the request is not JSON: / })
    refused({}, 'output_type')
    refused({ output_type: 'Power' }, 'output_type', /AbsPower or DynPower/)
    refused({ ...minimal, source: 3 }, 'source')
  })
})
