import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseBestModelsQuery } from './best-models-query.js'
import { parseFilter } from './filter.js'
import { parseModelRequest } from './model-request.js'

describe('parseBestModelsQuery', () => {
  it('asks for all of RAPL unless it says more', () => {
    const all = { source: 'rapl-sysfs', outputType: undefined, featureGroup: undefined, nodeType: -1, filter: '' }
    assert.deepEqual(parseBestModelsQuery({}), all)
    const empty = { 'energy-source': '', 'output-type': '', 'feature-group': '', 'node-type': '', filter: '  ' }
    assert.deepEqual(parseBestModelsQuery(empty), all)
  })

  it('reads each parameter', () => {
    assert.deepEqual(
      parseBestModelsQuery({
        ...{ 'energy-source': 'acpi', 'output-type': 'DynPower', 'feature-group': 'BPFOnly', 'node-type': '0' },
        filter: ' mae:3 ',
      }),
      { source: 'acpi', outputType: 'DynPower', featureGroup: 'BPFOnly', nodeType: 0, filter: 'mae:3' },
    )
    assert.equal(parseBestModelsQuery({ 'node-type': '-1' }).nodeType, -1)
  })

  const refused: readonly (readonly [Readonly<Record<string, unknown>>, string])[] = [
    [{ 'energy-source': 'a b' }, 'energy-source'],
    [{ 'output-type': 'Power' }, 'output-type'],
    [{ 'feature-group': 'Nothing' }, 'feature-group'],
    [{ 'node-type': '-2' }, 'node-type'],
    [{ 'node-type': '1.5' }, 'node-type'],
    [{ 'node-type': 'x' }, 'node-type'],
    [{ filter: 'mae' }, 'filter'],
    [{ filter: ['mae:1', 'mae:2'] }, 'filter'],
    [{ filter: 'a'.repeat(4097) }, 'filter'],
    [{ outputType: 'AbsPower' }, 'outputType'],
  ]
  for (const [query, field] of refused) {
    it(`names ${field} when it refuses ${JSON.stringify(query).slice(0, 40)}`, () => {
      assert.throws(() => parseBestModelsQuery(query), { code: 'INVALID_REQUEST', field })
    })
  }
})

describe('the bounds of a request', () => {
  const smallest = { metrics: ['bpf_cpu_time_ms'], output_type: 'AbsPower' }
  const bounds: readonly (readonly [string, object, object, string])[] = [
    ['metrics', { metrics: Array(4096).fill('a') }, { metrics: Array(4097).fill('a') }, 'metrics'],
    ['the name of a metric', { metrics: ['a'.repeat(256)] }, { metrics: ['a'.repeat(257)] }, 'metrics.0'],
    ['the name of a trainer', { trainer_name: 'a'.repeat(256) }, { trainer_name: 'a'.repeat(257) }, 'trainer_name'],
    ['the name of a pipeline', { pipeline_name: 'a'.repeat(256) }, { pipeline_name: 'a'.repeat(257) }, 'pipeline_name'],
    ['the largest node type', { node_type: 999_999_999 }, { node_type: 1_000_000_000 }, 'node_type'],
    ['the smallest node type', { node_type: -1 }, { node_type: -2 }, 'node_type'],
    ['whole node types', { node_type: '7' }, { node_type: 7.5 }, 'node_type'],
    ['the digits of a node type', { node_type: '0'.repeat(32) }, { node_type: '0'.repeat(33) }, 'node_type'],
  ]
  for (const [what, within, beyond, field] of bounds) {
    it(`are kept for ${what}`, () => {
      parseModelRequest({ ...smallest, ...within })
      assert.throws(() => parseModelRequest({ ...smallest, ...beyond }), { code: 'INVALID_REQUEST', field })
    })
  }

  it('leave a filter 64 conditions and 4096 characters', () => {
    const model = { features: [], numbers: { keys: ['mae'], values: [1] } }
    const conditions = (count: number) => Array(count).fill('mae:2').join(';')
    assert.equal(parseFilter(conditions(64))(model), true)
    assert.throws(() => parseFilter(conditions(65)), { code: 'INVALID_REQUEST', message: /more than 64/ })
    assert.equal(parseFilter(`mae:2${' '.repeat(4091)}`)(model), true)
    assert.throws(() => parseFilter(`mae:2${' '.repeat(4092)}`), {
      code: 'INVALID_REQUEST',
      message: /longer than 4096/,
    })
    assert.throws(() => parseFilter('mae:Infinity'), { code: 'INVALID_REQUEST' })
  })

  it('take an original that says nothing of a machine for one that does not know of it', () => {
    assert.equal(parseModelRequest(smallest).forOriginal, undefined)
    const original = parseModelRequest(smallest, true)
    assert.deepEqual([original.forOriginal, original.withoutMachineSpec], [true, true])
    assert.equal(parseModelRequest({ ...smallest, machine_spec: {} }, true).withoutMachineSpec, false)
  })

  it('are those of an object', () => {
    assert.throws(() => parseModelRequest([]), { code: 'INVALID_REQUEST', message: /^request: expected a JSON object/ })
    assert.throws(() => parseModelRequest({ output_type: 'AbsPower' }), { field: 'metrics', message: /it is missing/ })
    assert.throws(() => parseModelRequest({ ...smallest, output_type: 'X' }), {
      field: 'output_type',
      message: /got "X"/,
    })
  })
})
