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
    const refused = (outputType: 'AbsPower' | 'DynPower', message: string) =>
      assert.throws(() => smoothExtractor(5).extract(response, { ...request, outputType }), {
        code: 'INVALID_DATA',
        message,
      })
    refused('AbsPower', 'smoothing takes 5 rows in a row; the response gives 4 rows')
    refused('DynPower', 'smoothing takes 5 rows of one container in a row; the response gives 8 rows')
    assert.throws(() => smoothExtractor().containers(response, request), { message: /takes 30 rows of one container/ })
  })

  it('has one row where there are as many as it averages', () => {
    assert.equal(smoothExtractor().name, 'smooth')
    for (const outputType of ['AbsPower', 'DynPower'] as const) {
      const { dataset } = smoothExtractor(4).extract(response, { ...request, outputType })
      assert.deepEqual([...new Set(dataset.timestamps)], [1012])
      assert.deepEqual(
        dataset.powers.map(({ values }) => values[0]),
        [25, 0, 0, 1],
      )
    }
  })

  it('leaves out a container of fewer rows, and what is no measurement is that of the last row', () => {
    const share = (values: number[]) => ({ labels: container('a', { pkg_id: '0' }), values })
    const { dataset, findings, scrapes } = smoothExtractor(2).extract(
      madeResponse({
        ...raplEnergy({ package: [10, 20, 30, 40], dram: [1, 1, 1, 1] }),
        kepler_container_bpf_cpu_time_ms_total: [
          { labels: container('a'), values: counter([1, 2, 3, 4]) },
          { labels: container('b'), values: counter([5]), times: [1009, 1012] },
        ],
        kepler_container_cpu_usage_per_package_ratio: [
          share([1, 1, 1, 1, 1]),
          { labels: container('a', { pkg_id: '1' }), values: [0, 1, 3, 0, 1] },
        ],
        kepler_node_node_info: [{ labels: {}, values: [1, 2, 3, 4, 5] }],
      }),
      { ...request, outputType: 'DynPower' },
    )
    assert.deepEqual([...new Set(dataset.containerIds)], [`id-a/pod-a/a/ns`])
    assert.deepEqual([...dataset.timestamps], [1006, 1009, 1012])
    assert.deepEqual([...dataset.ratios[0]!.values], [0.25, 1, 0.5])
    assert.deepEqual([...dataset.nodeTypes], [3, 4, 5])
    assert.deepEqual([findings, scrapes.length], [[], 1])
  })
})
