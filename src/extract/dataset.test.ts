import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Dataset, nodeTypesOf, selectRows, takeRows, trainingData } from './dataset.js'

const dataset: Dataset = {
  source: 'rapl-sysfs',
  outputType: 'AbsPower',
  rows: 3,
  timestamps: Float64Array.of(10, 13, 16),
  features: [{ name: 'bpf_cpu_time_ms', values: Float64Array.of(1, 2, 3) }],
  powers: [
    { name: 'package_0_package_power', component: 'package', unit: '0', values: Float64Array.of(10, 11, 12) },
    { name: 'package_1_package_power', component: 'package', unit: '1', values: Float64Array.of(20, 21, 22) },
    { name: 'package_0_dram_power', component: 'dram', unit: '0', values: Float64Array.of(1, 1, 1) },
  ],
  ratios: [
    { name: 'packge_ratio_0', unit: '0', values: Float64Array.of(0.5, 0.5, 0.5) },
    { name: 'packge_ratio_1', unit: '1', values: Float64Array.of(0.5, 0.5, 0.5) },
  ],
  nodeTypes: Int32Array.of(1, 0, 1),
}

describe('dataset', () => {
  it('trains on features as they are and on the watts of all packages', () => {
    const { x, y, featureNames } = trainingData(dataset)
    assert.deepEqual([featureNames, [...x.data]], [['bpf_cpu_time_ms'], [1, 2, 3]])
    assert.deepEqual(
      y.map(({ component, watts }) => [component, ...watts]),
      [
        ['package', 30, 32, 34],
        ['dram', 1, 1, 1],
      ],
    )
  })

  it('splits by node type without touching the whole', () => {
    assert.deepEqual(nodeTypesOf(dataset), [0, 1])
    const part = selectRows(dataset, (row) => dataset.nodeTypes[row] === 1)
    assert.deepEqual([part.rows, [...part.timestamps], [...part.powers[1]!.values]], [2, [10, 16], [20, 22]])
    assert.equal(dataset.rows, 3)
  })

  it('refuses a row that is not there', () => {
    assert.throws(() => takeRows(dataset, [3]), { code: 'SHAPE_MISMATCH', message: /row 3/ })
  })
})
