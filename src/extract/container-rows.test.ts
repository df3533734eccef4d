import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ContainerRows, countRows, tableOfContainers } from './container-rows.js'

const column = (...values: number[]) => Float64Array.from(values)

/** Two containers over three times; a has no row at the second, b none at the third. */
const rows: ContainerRows = {
  source: 'acpi',
  timestamps: column(10, 20, 30),
  nodeTypes: Int32Array.of(1, 2, 3),
  featureNames: ['x', 'y'],
  powers: [{ name: 'platform_power', component: 'platform' }],
  ratios: [
    { name: 'packge_ratio_0', unit: '0' },
    { name: 'packge_ratio_1', unit: '1' },
  ],
  containers: [
    { id: 'a', times: Int32Array.of(0, 2) },
    { id: 'b', times: Int32Array.of(0, 1) },
  ],
  columnsOf: (id) =>
    id === 'a'
      ? {
          features: [column(1, 99, 3), column(4, 99, 6)],
          powers: [column(7, 99, 9)],
          ratios: [column(0.1, 99, 0.3), column(0.9, 99, 0.7)],
        }
      : {
          features: [column(-1, -2, 99), column(-4, -5, 99)],
          powers: [column(7, 8, 99)],
          ratios: [column(0.4, 0.5, 99), column(0.6, 0.5, 99)],
        },
}

describe('rows of containers', () => {
  it('are counted', () => {
    assert.equal(countRows(rows), 4)
    assert.equal(countRows({ containers: [] }), 0)
  })

  it('are a table by time and then by container', () => {
    const { timestamps, nodeTypes, features, powers, ratios, ...rest } = tableOfContainers(rows)
    assert.deepEqual(rest, {
      ...{ source: 'acpi', outputType: 'DynPower', rows: 4 },
      containerIds: ['a', 'b', 'b', 'a'],
    })
    assert.deepEqual([...timestamps], [10, 10, 20, 30])
    assert.deepEqual([...nodeTypes], [1, 1, 2, 3])
    assert.deepEqual(
      features.map(({ name, values }) => [name, ...values]),
      [
        ['x', 1, -1, -2, 3],
        ['y', 4, -4, -5, 6],
      ],
    )
    assert.deepEqual(
      powers.map(({ values, ...told }) => [told, ...values]),
      [[{ name: 'platform_power', component: 'platform' }, 7, 7, 8, 9]],
    )
    assert.deepEqual(
      ratios.map(({ name, unit, values }) => [name, unit, ...values]),
      [
        ['packge_ratio_0', '0', 0.1, 0.4, 0.5, 0.3],
        ['packge_ratio_1', '1', 0.9, 0.6, 0.5, 0.7],
      ],
    )
  })

  it('may be none', () => {
    const { rows: count, timestamps, containerIds } = tableOfContainers({ ...rows, containers: [] })
    assert.deepEqual([count, timestamps.length, containerIds], [0, 0, []])
  })
})
