import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isNodeOsMetric, neededMetrics, nodeExporter, nodeOsCpuModes, nodeOsMetrics, powerMeter } from './node-os.js'
import { isOwnMeterMetric, realMeterMetric } from './own-meter.js'

describe('what an operating system counts', () => {
  it('is called so by the node exporter', () => {
    assert.deepEqual(neededMetrics(nodeExporter), [
      'node_cpu_seconds_total',
      'node_context_switches_total',
      'node_vmstat_pgfault',
      'node_memory_MemTotal_bytes',
      'node_memory_MemAvailable_bytes',
      'node_load1',
    ])
    assert.deepEqual(nodeExporter.frequency, { metric: 'node_cpu_scaling_frequency_hertz' })
  })

  it('is called so by the power meter, whose memory is one metric with a state, and frequency in megahertz', () => {
    assert.deepEqual(neededMetrics(powerMeter), [
      'kepler_meter_cpu_seconds_total',
      'kepler_meter_context_switches_total',
      'kepler_meter_page_faults_total',
      'kepler_meter_memory_bytes',
      'kepler_meter_load1',
    ])
    assert.deepEqual(powerMeter.memoryTotal.where, { state: 'total' })
    assert.deepEqual(powerMeter.memoryAvailable.where, { state: 'available' })
    assert.deepEqual(powerMeter.frequency, { metric: 'kepler_meter_frequency_megahertz', scale: 1_000_000 })
  })

  it('is known by name, the frequency included', () => {
    assert.equal(nodeOsMetrics.size, 13)
    for (const name of ['node_load1', 'kepler_meter_load1', 'node_cpu_scaling_frequency_hertz']) {
      assert.equal(isNodeOsMetric(name), true, name)
    }
    assert.equal(isNodeOsMetric('node_load5'), false)
  })

  it('counts each mode of processor time but idling in one ratio', () => {
    assert.deepEqual(Object.values(nodeOsCpuModes).flat().sort(), [
      ...['iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'],
    ])
    assert.deepEqual(
      [nodeOsCpuModes.node_cpu_user_ratio, nodeOsCpuModes.node_cpu_irq_ratio],
      [
        ['user', 'nice'],
        ['irq', 'softirq'],
      ],
    )
  })
})

describe('isOwnMeterMetric', () => {
  it('goes by the beginning of the name', () => {
    assert.equal(isOwnMeterMetric(realMeterMetric), true)
    assert.equal(isOwnMeterMetric('x_kepler_meter_up'), false)
    assert.equal(isOwnMeterMetric('kepler_node_cpu_watts'), false)
  })
})
