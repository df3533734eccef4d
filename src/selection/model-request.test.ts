import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseModelRequest } from './model-request.js'

const smallest = { metrics: ['bpf_cpu_time_ms'], output_type: 'AbsPower' }

describe('parseModelRequest', () => {
  it('fills in what a client leaves out', () => {
    assert.deepEqual(parseModelRequest(smallest), {
      metrics: ['bpf_cpu_time_ms'],
      outputType: 'AbsPower',
      source: 'rapl-sysfs',
      nodeType: -1,
      weight: false,
      trainerName: '',
      filter: '',
      pipelineName: '',
      machineSpec: {},
      looseNodeType: true,
    })
  })

  it('takes null for absent', () => {
    const nulls = Object.fromEntries(
      [
        'source',
        'node_type',
        'weight',
        'trainer_name',
        'filter',
        'pipeline_name',
        'machine_spec',
        'loose_node_type',
      ].map((key) => [key, null]),
    )
    assert.deepEqual(parseModelRequest({ ...smallest, ...nulls }), parseModelRequest(smallest))
  })

  it('takes an empty node type for none', () => {
    assert.equal(parseModelRequest({ ...smallest, node_type: '' }).nodeType, -1)
  })

  it('takes what Kepler 0.9 sends, whose zero values mean "not known"', () => {
    const request = parseModelRequest({
      metrics: ['cpu_cycles'],
      output_type: 'AbsPower',
      source: 'intel_rapl',
      node_type: 0,
      weight: true,
      trainer_name: 'SGDRegressorTrainer',
      filter: '',
      machine_spec: { vendor: '', processor: '', cores: 0, chips: 0, memory: 0, frequency: 0, threads_per_core: 0 },
    })
    assert.equal(request.source, 'rapl-sysfs')
    assert.equal(request.nodeType, 0)
    assert.equal(request.weight, true)
    assert.deepEqual(request.machineSpec, {})
  })

  it('lets the spec decide when node_type is the zero that Go sends', () => {
    const machine_spec = { processor: 'intel_xeon_e5_2686v4' }
    assert.equal(parseModelRequest({ ...smallest, node_type: 0, machine_spec }).nodeType, -1)
    assert.equal(parseModelRequest({ ...smallest, node_type: 3, machine_spec }).nodeType, 3)
    assert.equal(parseModelRequest({ ...smallest, node_type: 0, machine_spec: { cores: 0 } }).nodeType, 0)
  })

  it('reads numbers and flags written as strings', () => {
    const request = parseModelRequest({
      ...smallest,
      node_type: '2',
      weight: 'true',
      loose_node_type: 'false',
      machine_spec: { cores: '72', memory: ' 503 ', chips: '', frequency: null },
    })
    assert.equal(request.nodeType, 2)
    assert.equal(request.weight, true)
    assert.equal(request.looseNodeType, false)
    assert.deepEqual(request.machineSpec, { cores: 72, memory: 503 })
  })

  it('ignores keys it does not know', () => {
    assert.deepEqual(parseModelRequest({ ...smallest, extra: { deep: [1] } }), parseModelRequest(smallest))
  })

  const refused: readonly (readonly [name: string, body: unknown, field: string | undefined, quoted: string])[] = [
    ['a body that is no object', [1], undefined, '[1]'],
    ['missing metrics', { output_type: 'AbsPower' }, 'metrics', 'missing'],
    ['metrics that are no list', { ...smallest, metrics: 'cpu_cycles' }, 'metrics', '"cpu_cycles"'],
    ['a metric that is no name', { ...smallest, metrics: ['a', 7] }, 'metrics.1', '7'],
    ['too many metrics', { ...smallest, metrics: Array(5000).fill('a') }, 'metrics', 'at most 4096'],
    ['an unknown output type', { ...smallest, output_type: 'MaxPower' }, 'output_type', '"MaxPower"'],
    ['what can be no source', { ...smallest, source: '../coal' }, 'source', '"../coal"'],
    ['a node type that is no whole number', { ...smallest, node_type: 1.5 }, 'node_type', '1.5'],
    ['a weight that is no flag', { ...smallest, weight: 'maybe' }, 'weight', '"maybe"'],
    ['a filter that cannot be read', { ...smallest, filter: 'mae' }, 'filter', '"mae"'],
    ['a spec that is a list', { ...smallest, machine_spec: [] }, 'machine_spec', '[]'],
    ['a spec value that is no number', { ...smallest, machine_spec: { cores: 'x' } }, 'machine_spec.cores', '"x"'],
    ['a negative spec value', { ...smallest, machine_spec: { memory: -4 } }, 'machine_spec.memory', '-4'],
  ]
  for (const [name, body, field, quoted] of refused) {
    it(`refuses ${name} and names it`, () => {
      assert.throws(
        () => parseModelRequest(body),
        (error: Error & { code?: string; field?: string }) => {
          assert.equal(error.code, 'INVALID_REQUEST')
          assert.equal(error.field, field)
          assert.ok(error.message.includes(quoted), error.message)
          return true
        },
      )
    })
  }
})
