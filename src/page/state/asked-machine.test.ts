import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askedMachine, choiceBody, curveRoute } from './asked-machine.js'

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
})
