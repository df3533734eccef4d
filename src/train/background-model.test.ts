import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Component } from '../core/energy-source.js'
import { matrix } from '../numeric/matrix.js'
import { backgroundModel } from './background-model.js'

describe('a background model', () => {
  const watts = (powers: Partial<Record<Component, number[]>>) => {
    const about = { name: 'm', error: 1, features: ['f'] }
    const asked: unknown[] = []
    const model = backgroundModel(about, 'rapl-sysfs', () => ({
      predict(features, rows) {
        asked.push(features, rows)
        return powers
      },
    }))
    assert.deepEqual([model.name, model.error, model.features], ['m', 1, ['f']])
    const found = model.predict(matrix([[1], [2]]))
    assert.deepEqual(asked, [['f'], [[1], [2]]])
    return Object.fromEntries([...found].map(([component, values]) => [component, [...values]]))
  }

  it('has no watts for parts that it does not know, and nothing without the package', () => {
    assert.deepEqual(watts({ package: [5, 6], dram: [1, 2] }), {
      ...{ package: [5, 6], core: [0, 0], uncore: [0, 0], dram: [1, 2] },
    })
    assert.equal('package' in watts({ core: [5, 6] }), false)
  })
})
