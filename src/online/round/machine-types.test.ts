import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { MachineSpec } from '../../core/machine-spec.js'
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

  it('finds the spec by any name of the machine, the first that has one', () => {
    const of = (names: readonly string[], specs: ReadonlyMap<string, object>) =>
      machineTypes([{ ...machine('a:1'), names }], specs, [], new Set()).known.get(1)?.spec
    assert.deepEqual(of(['worker'], new Map([['worker', small]])), small)
    assert.deepEqual(of(['worker:9'], new Map([['worker', small]])), small)
    const both = new Map([
      ['a', large],
      ['worker', small],
    ])
    assert.deepEqual(of(['worker'], both), large)
    const exact = new Map([
      ['a', small],
      ['a:1', large],
    ])
    assert.deepEqual(of([], exact), large)
  })

  it('numbers new types after all that there are, one for each spec', () => {
    const specs = new Map<string, MachineSpec>([
      ['a', large],
      ['b', small],
      ['c', { ...small, memory: 8 }],
    ])
    const types = machineTypes(machines, specs, [{ id: 2, spec: {}, members: 0 }], new Set([6]))
    assert.deepEqual(['a:9102', 'b', 'c'].map(types.of), [7, 8, 9])
    assert.equal(machineTypes(machines, specs, [], new Set()).of('a:9102'), 1, 'never that of unknown machines')
  })
})
