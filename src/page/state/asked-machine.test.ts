import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askedMachine, choiceBody, curveRoute, isDescribed, machineKeys, machineParameters } from './asked-machine.js'

const overview = {
  machine: { processor: 'ours', cores: 4 },
  pipelines: [
    { name: 'a', is_made: false, origin: '', sources: ['acpi'], models: 1, damaged: 0, node_types: 1, loaded_at: '' },
    {
      name: 'b',
      is_made: false,
      origin: '',
      sources: ['rapl-sysfs'],
      models: 1,
      damaged: 0,
      node_types: 1,
      loaded_at: '',
    },
  ],
  feature_groups: { BPFOnly: ['bpf_cpu_time_ms'], Basic: ['cpu_cycles'] },
}

describe('the machine that is asked about', () => {
  it('is that of the server where none is described, with RAPL where there is', () => {
    const asked = askedMachine({}, overview)
    assert.deepEqual(asked.machine, overview.machine)
    assert.equal(asked.source, 'rapl-sysfs')
    assert.deepEqual(asked.metrics, ['bpf_cpu_time_ms'])
    assert.equal(curveRoute(asked, false), 'curve')
  })

  it('is the described one, without what is no number', () => {
    const asked = askedMachine({ processor: 'EPYC', cores: '64', chips: 'x', memory: '-1', frequency: '' }, overview)
    assert.deepEqual(asked.machine, { processor: 'EPYC', cores: 64 })
    assert.equal(curveRoute(asked, true), 'curve?processor=EPYC&threads=64')
  })

  it('is asked for by its node type where that is given', () => {
    const asked = askedMachine(
      { 'node-type': '7', pipeline: 'a', cores: '4', measured: 'Basic', weights: 'true' },
      overview,
    )
    assert.deepEqual(choiceBody(asked), {
      metrics: ['cpu_cycles'],
      source: 'rapl-sysfs',
      output_type: 'AbsPower',
      weight: true,
      pipeline_name: 'a',
      node_type: 7,
    })
  })

  it('ignores a feature group that there is not', () => {
    assert.equal(askedMachine({ measured: 'constructor' }, overview).group, 'BPFOnly')
  })

  it('is described by any of its parameters, and by a node type, but not by an empty one', () => {
    for (const key of machineKeys) {
      assert.equal(isDescribed({ [key]: 'x' }), true, key)
      assert.equal(isDescribed({ [key]: '' }), false, key)
    }
    assert.equal(isDescribed({ 'node-type': '' }), true)
    assert.equal(isDescribed({ pipeline: 'a', measured: 'Basic' }), false)
  })

  it('has the numbers that are more than nothing, in every attribute', () => {
    const given = { processor: '', cores: '1', chips: '0.5', memory: '16', frequency: '2400' }
    assert.deepEqual(askedMachine(given, overview).machine, { cores: 1, chips: 0.5, memory: 16, frequency: 2400 })
    for (const nothing of ['0', '-1', 'Infinity', 'x', '']) {
      assert.deepEqual(askedMachine({ cores: nothing, processor: 'p' }, overview).machine, { processor: 'p' }, nothing)
    }
  })

  it('is nothing where the server does not know its own', () => {
    assert.deepEqual(askedMachine({}, { ...overview, machine: null }).machine, {})
  })

  it('has the node type that is a whole number from 0', () => {
    const nodeType = (text: string) => askedMachine({ 'node-type': text }, overview).nodeType
    assert.deepEqual(['0', '12', '-1', '1.5', 'x'].map(nodeType), [0, 12, undefined, undefined, undefined])
    assert.equal(askedMachine({}, overview).nodeType, undefined)
  })

  it('takes what is asked for, else what there is', () => {
    const [first, second] = overview.pipelines
    const source = (parameters: Readonly<Record<string, string>>, pipelines: typeof overview.pipelines) =>
      askedMachine(parameters, { ...overview, pipelines }).source
    assert.equal(source({ source: 'redfish' }, overview.pipelines), 'redfish')
    assert.equal(source({}, [first!]), 'acpi')
    assert.equal(source({}, [second!]), 'rapl-sysfs')
    assert.equal(source({}, []), 'rapl-sysfs')
    const asked = askedMachine({ output: 'DynPower', instance: 'm5.large', pipeline: '', weights: 'false' }, overview)
    assert.deepEqual(
      [asked.outputType, asked.instance, asked.pipeline, asked.weight],
      ['DynPower', 'm5.large', undefined, false],
    )
    const plain = askedMachine({ output: 'x', instance: '' }, overview)
    assert.deepEqual([plain.outputType, plain.instance], ['AbsPower', undefined])
    assert.deepEqual(askedMachine({}, { ...overview, feature_groups: {} }).metrics, [])
  })

  it('is asked for as it is described where no node type is given, and by no pipeline that is not', () => {
    assert.deepEqual(choiceBody(askedMachine({ cores: '4' }, overview)), {
      ...{ metrics: ['bpf_cpu_time_ms'], source: 'rapl-sysfs', output_type: 'AbsPower', weight: false },
      machine_spec: { cores: 4 },
    })
  })

  it('has a curve by its threads, never by its frequency', () => {
    const full = { processor: 'p', cores: '4', chips: '1', memory: '16', frequency: '2400', instance: 'i' }
    const route = curveRoute(askedMachine(full, overview), true)
    assert.equal(route, 'curve?processor=p&threads=4&chips=1&memory=16&instance=i')
    const machine = { processor: 'p', cores: 4, chips: 1, memory: 16, frequency: 2400 }
    assert.deepEqual(machineParameters(machine), machine)
  })
})
