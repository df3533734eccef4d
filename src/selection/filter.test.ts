import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Filterable, parseFilter } from './filter.js'

const model: Filterable = {
  features: ['cache_miss', 'cpu_cycles'],
  numbers: {
    keys: ['mae', 'mape', 'package_mae', 'abs_max_corr', 'core_mape'],
    values: [2, 5, 1.5, 0.8, -1],
  },
}

describe('parseFilter', () => {
  const cases: readonly (readonly [filter: string, passes: boolean, why: string])[] = [
    ['', true, 'no condition lets every model pass'],
    [' ; ', true, 'empty conditions are none'],
    ['mae:2', true, 'an error may equal its threshold'],
    ['mae:1.9', false, 'an error above its threshold fails'],
    [' mae : 3 ; mape : 5 ', true, 'spaces do not matter'],
    ['mae:3;mape:4', false, 'every condition counts'],
    ['package_mae:2', true, 'errors of components count like those of the model'],
    ['abs_max_corr:0.7', true, 'a correlation is at least its threshold'],
    ['abs_max_corr:0.8', true, 'a correlation may equal its threshold'],
    ['abs_max_corr:0.9', false, 'a correlation below its threshold fails'],
    ['features:cache_miss, cpu_cycles, cpu_instructions', true, 'features may be fewer than those listed'],
    ['features:cache_miss', false, 'features must all be listed'],
    ['dram_mae:100', false, 'a missing attribute rejects'],
    ['core_mape:100', false, 'an error of -1 says that there was no data, so it rejects too'],
    ['constructor:1', false, 'names of JavaScript are no attributes'],
  ]
  for (const [filter, passes, why] of cases) {
    it(`${why} (${JSON.stringify(filter)})`, () => assert.equal(parseFilter(filter)(model), passes))
  }

  for (const filter of ['mae', '10', ':3', 'mae:', 'mae:low', 'mae:NaN', 'mae:3;mape']) {
    it(`refuses ${JSON.stringify(filter)} and names the condition`, () => {
      assert.throws(() => parseFilter(filter), { code: 'INVALID_REQUEST', field: 'filter' })
    })
  }
})
