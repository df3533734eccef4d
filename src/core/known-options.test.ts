import assert from 'node:assert/strict'
import { it } from 'node:test'
import { expectKnownOptions } from './known-options.js'

interface Options {
  readonly seed?: number
  readonly threads?: number
}

const names = { seed: true, threads: true } as const

it('an option that does not exist is an error that names it, and those that do', () => {
  const options: Options = { seed: 1, ...{ sead: 2 } }
  assert.throws(() => expectKnownOptions<Options>('train', options, names), {
    code: 'INVALID_REQUEST',
    field: 'sead',
    message: 'train has no option "sead"; there are: seed, threads',
  })
})

it('options that exist, also undefined ones, and none at all are fine', () => {
  const options: object = { seed: undefined }
  expectKnownOptions<Options>('train', options, names)
  expectKnownOptions<Options>('train', {}, names)
})

it('what every object inherits is no option', () => {
  const options: object = { toString: 'x' }
  assert.throws(() => expectKnownOptions<Options>('train', options, names), { field: 'toString' })
})
