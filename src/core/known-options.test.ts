import assert from 'node:assert/strict'
import { it } from 'node:test'
import { expectKnownOptions } from './known-options.js'

interface Options {
  readonly seed?: number
  readonly threads?: number
}

const expectKnown = (options: Options) => expectKnownOptions('train', options, ['seed', 'threads'])

it('an option that does not exist is an error that names it, and those that do', () => {
  const options: Options = { seed: 1, ...{ sead: 2 } }
  assert.throws(() => expectKnown(options), {
    code: 'INVALID_REQUEST',
    field: 'sead',
    message: 'train has no option "sead"; there are: seed, threads',
  })
})

it('options that exist, also undefined ones, and none at all are fine', () => {
  const options: object = { seed: undefined }
  expectKnown(options)
  expectKnown({})
})

it('what every object inherits is no option', () => {
  const options: object = { toString: 'x' }
  assert.throws(() => expectKnown(options), { field: 'toString' })
})

it('names that are left out do not compile', () => {
  const options: Options = { threads: 1 }
  // @ts-expect-error: threads is missing
  assert.throws(() => expectKnownOptions('train', options, ['seed']), { field: 'threads' })
})
