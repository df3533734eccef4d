import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { smoothExtractor } from './smooth.js'

const response = madeResponse({
  ...raplEnergy({ package: [10, 20, 30, 40], dram: [1, 1, 1, 1] }),
  kepler_container_bpf_cpu_time_ms_total: [
    { labels: container('a'), values: counter([1, 2, 3, 4]) },
    { labels: container('b'), values: counter([100, 200, 300, 400]) },
  ],
})
const request = { features: ['bpf_cpu_time_ms'], source: 'rapl-sysfs' } as const

describe('smoothExtractor', () => {
  it('averages rows and drops incomplete windows', () => {
    const { dataset } = smoothExtractor(2).extract(response, { ...request, outputType: 'AbsPower' })
    assert.deepEqual([...dataset.timestamps], [1006, 1009, 1012])
    assert.deepEqual([...dataset.features[0]!.values], [151.5, 252.5, 353.5])
    assert.deepEqual([...dataset.powers[0]!.values], [15, 25, 35])
  })

  it('averages within each container, never across', () => {
    const { dataset } = smoothExtractor(2).extract(response, { ...request, outputType: 'DynPower' })
    assert.deepEqual([...dataset.features[0]!.values], [1.5, 150, 2.5, 250, 3.5, 350])
    assert.deepEqual(
      dataset.containerIds!.map((id) => id.slice(0, 4)),
      ['id-a', 'id-b', 'id-a', 'id-b', 'id-a', 'id-b'],
    )
  })

  it('says how many rows it needs', () => {
    assert.throws(() => smoothExtractor().extract(response, { ...request, outputType: 'AbsPower' }), {
      code: 'INVALID_DATA',
      message: /takes 30 rows in a row; the response gives 4/,
    })
  })
})
