import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cpuDescriptions } from './cpu-descriptions.js'

describe('cpuDescriptions', () => {
  it('reads each processor, and leaves empty what is not said', () => {
    const text =
      'processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Xeon: E5\nphysical id\t: 1\ncore id\t: 7\n\nprocessor\t: 1\nBogoMIPS\t: 50\n'
    assert.deepEqual(cpuDescriptions(text), [
      { processor: '0', vendorId: 'GenuineIntel', modelName: 'Xeon: E5', physicalId: '1', coreId: '7' },
      { processor: '1', vendorId: '', modelName: '', physicalId: '', coreId: '' },
    ])
  })

  it('takes no line for a processor that has no number, and nothing that stands before the first', () => {
    const text = 'core id : 5\nprocessor : x1\nprocessor : 1 core\ncore id : 6\nprocessor : 12\ncore id\n'
    const nothing = { vendorId: '', modelName: '', physicalId: '', coreId: '' }
    assert.deepEqual(cpuDescriptions(text), [{ processor: '12', ...nothing }])
  })

  it('finds none in another text', () => assert.deepEqual(cpuDescriptions('Processor : AArch64 rev 4\nx\n'), []))
})
