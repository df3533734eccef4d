import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { rawFeatures } from '../features.js'
import type { MachineDescription, MeasuredMachine } from '../machine.js'
import type { UniversalModel } from '../universal-model.js'
import { isPartOfHost } from './implied.js'

const measured = (processor: string, cores: number, chips = 1): MeasuredMachine => ({
  ...{ processor, cores, chips, threads: 2 * cores, megahertz: 2000, model: 'm', watts: Float64Array.of(1, 2) },
})
const machines = [
  measured('Xeon Gold 6338', 64, 2),
  measured('Xeon Gold 6330', 28),
  measured('EPYC 9654', 192, 2),
  measured('EPYC 9124', 16),
]
const model = { curves: { machines, raw: machines.map(rawFeatures) } } as unknown as UniversalModel
const isPart = (machine: MachineDescription) => isPartOfHost(model, machine)

describe('isPartOfHost', () => {
  it('knows the processors that only hypervisors have', () => {
    for (const processor of [
      'KVM',
      'common_kvm',
      'Common KVM processor',
      ' QEMU Virtual CPU',
      'virtual',
      'Virtual CPU',
    ]) {
      assert.equal(isPart({ processor, cores: 64, threads: 128 }), true, processor)
    }
    for (const processor of ['Xeon (virtual)', 'a kvm', 'EPYC 9654']) {
      assert.equal(isPart({ processor, cores: 2, threads: 2 }), false, processor)
    }
  })

  it('asks nothing of a machine without threads, or with cores', () => {
    assert.equal(isPart({ processor: 'EPYC 9654' }), false)
    assert.equal(isPart({ processor: 'EPYC 9654', threads: 2, cores: 1 }), false)
    assert.equal(isPart({ threads: 2 }), false)
  })

  it('compares threads with the cores of all its chips, where the processor is known', () => {
    assert.equal(isPart({ processor: 'Xeon Gold 6338', threads: 31 }), true)
    assert.equal(isPart({ processor: 'Xeon Gold 6338', threads: 32 }), false)
    assert.equal(isPart({ processor: 'Xeon Gold 6338', threads: 63, chips: 2 }), true)
    assert.equal(isPart({ processor: 'Xeon Gold 6338', threads: 64, chips: 2 }), false)
    // A chip for each thread, as hypervisors count them.
    assert.equal(isPart({ processor: 'Xeon Gold 6338', threads: 8, chips: 8 }), true)
    assert.equal(isPart({ processor: 'Xeon Gold 6338', threads: 1, chips: 64 }), true)
  })

  it('compares with the fewest cores of its family, whatever its chips, else of its line', () => {
    assert.equal(isPart({ processor: 'Xeon Gold 6326', threads: 27 }), true)
    assert.equal(isPart({ processor: 'Xeon Gold 6326', threads: 28 }), false)
    assert.equal(isPart({ processor: 'Xeon Gold 6326', threads: 28, chips: 2 }), false)
    // No Rome in the table, but other EPYCs.
    assert.equal(isPart({ processor: 'EPYC 7742', threads: 15 }), true)
    assert.equal(isPart({ processor: 'EPYC 7742', threads: 16 }), false)
    assert.equal(isPart({ processor: 'Ampere Altra', threads: 1 }), false)
  })
})
