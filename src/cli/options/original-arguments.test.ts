import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withoutLeftovers } from './original-arguments.js'

describe('withoutLeftovers', () => {
  const cases: readonly (readonly [string, string[], string[], string[]])[] = [
    [
      'estimator',
      ['-u', 'src/kepler_model/estimate/estimator.py'],
      [],
      ['-u', 'src/kepler_model/estimate/estimator.py'],
    ],
    [
      'estimator',
      ['-u', 'src/estimate/estimator.py', '-l', 'debug'],
      ['-l', 'debug'],
      ['-u', 'src/estimate/estimator.py'],
    ],
    ['model-server', ['model-server', '-l', 'info'], ['-l', 'info'], ['model-server']],
    [
      'estimator',
      ['/usr/bin/python3.10', '-u', 'src/estimate/estimator.py'],
      [],
      ['/usr/bin/python3.10', '-u', 'src/estimate/estimator.py'],
    ],
    ['kepler-model', ['estimator', '-u', '-l', 'debug'], ['estimator', '-l', 'debug'], ['-u']],
    ['kepler-model', ['predict', 'estimator.py'], ['predict', 'estimator.py'], []],
    ['estimator', ['--socket', 'x.py'], ['--socket', 'x.py'], []],
  ]
  for (const [program, args, own, leftovers] of cases) {
    it(`${program} ${args.join(' ')}`, () => {
      assert.deepEqual(withoutLeftovers(program, args), { args: own, leftovers })
    })
  }
})
