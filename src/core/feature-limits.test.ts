import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { featureLimit } from './feature-limits.js'

describe('featureLimit', () => {
  const spec = { cores: 4, frequency: 2000 }
  it('is a second of CPU time per core, the cycles of all cores, eight instructions a cycle, a tenth more each', () => {
    assert.ok(Math.abs(featureLimit('bpf_cpu_time_ms', spec)! - 4400) < 1e-6)
    assert.ok(Math.abs(featureLimit('bpf_cpu_time_us', spec)! - 4_400_000) < 1e-3)
    assert.ok(Math.abs(featureLimit('cpu_cycles', spec)! - 8.8e9) < 1)
    assert.ok(Math.abs(featureLimit('cpu_instructions', spec)! - 70.4e9) < 1)
  })
  it('is not known without the spec, or for what a spec does not bound', () => {
    assert.equal(featureLimit('bpf_cpu_time_ms', {}), undefined)
    assert.equal(featureLimit('cpu_cycles', { cores: 4 }), undefined)
    assert.equal(featureLimit('bpf_net_rx_irq', spec), undefined)
  })
})
