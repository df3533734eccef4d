import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { machineTypes, reportedTypes } from './machine-types.js'
import type { Machine } from './machines.js'

const machine = (instance: string): Machine => ({
  instance,
  names: [instance],
  state: 'metered',
  sources: ['acpi'],
  vocabulary: 'kepler-0.7',
  why: '',
})
const small = { processor: 'intel_xeon_e5_2686v4', cores: 8 }
const large = { processor: 'amd_epyc_9654', cores: 192 }

describe('machineTypes', () => {
  const machines = [machine('a:9102'), machine('b'), machine('c')]

  it('leaves a machine without a spec to what Kepler says of it', () => {
    const types = machineTypes(machines, new Map(), [], new Set())
    assert.equal(types.of('a:9102'), undefined)
    assert.equal(types.known.size, 0)
  })

  it('finds the type of a spec in the served pipeline, and gives others a new one', () => {
    const specs = new Map([
      ['a', large],
      ['b', small],
      ['c', { ...small, cores: 8.2 }],
    ])
    const types = machineTypes(machines, specs, [{ id: 4, spec: small, members: 1 }], new Set())
    assert.deepEqual(['a:9102', 'b', 'c'].map(types.of), [5, 4, 4])
    assert.deepEqual(types.known.get(4), { spec: small, instances: ['b', 'c'] })
  })

  it('gives nobody a type that Kepler gives to another machine', () => {
    const series = new Map([
      [
        'kepler_node_node_info',
        [{ metric: '', labels: {}, timestamps: Float64Array.of(1, 2, 3), values: Float64Array.of(0, 3, Number.NaN) }],
      ],
    ])
    const reported = reportedTypes({ series })
    assert.deepEqual([...reported], [0, 3])
    assert.equal(machineTypes(machines, new Map([['b', small]]), [], reported).of('b'), 4)
  })
})
