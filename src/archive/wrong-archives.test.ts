import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { linearPowerModel } from '../../test/support/test-model.js'
import { ModelError } from '../core/errors.js'
import { readModelArchive } from './read-model-archive.js'
import { readUncertainty } from './uncertainty-json.js'
import { modelArchiveFiles, zipFiles } from './write-model-archive.js'

const model = linearPowerModel({ components: ['package'], idle: 1, slope: 2, largest: 4 })
const files = modelArchiveFiles(model, {})
const list = `${model.name}.json`
type Content = string | Uint8Array
const bytesOf = (name: string) => Buffer.from(files.get(name)!)
const metadataWith = (more: object) => JSON.stringify({ ...JSON.parse(String(files.get('metadata.json'))), ...more })
const componentWith = (more: object) =>
  JSON.stringify({ package: { ...JSON.parse(String(files.get(list))).package, ...more } })
const read = (more: Readonly<Record<string, Content>>) =>
  readModelArchive(zipFiles(new Map([...files, ...Object.entries(more)])))
const power = (more: Readonly<Record<string, Content>>) => read(more).predict(['bpf_cpu_time_ms'], [[2]])
const expected = power({})

describe('an archive', () => {
  it('may have pickles behind gzip or zlib of any level', () => {
    assert.deepEqual(power({ 'package.pkl': gzipSync(bytesOf('package.pkl')) }), expected)
    for (const level of [1, 5, 6, 9]) {
      assert.deepEqual(power({ 'package.pkl': deflateSync(bytesOf('package.pkl'), { level }) }), expected)
    }
  })

  it('may be a model alone, which is of the platform, with the features and files of its metadata', () => {
    const metadata = metadataWith({ model_file: 'package.pkl', fe_files: ['scaler.pkl'] })
    assert.deepEqual(power({ 'metadata.json': metadata }), { platform: expected.package })
  })

  it('may leave features and transformers of a component to its metadata', () => {
    const more = { [list]: componentWith({ features: null, fe_files: null }) }
    assert.deepEqual(power({ ...more, 'metadata.json': metadataWith({ fe_files: ['scaler.pkl'] }) }), expected)
  })

  it('may name a file by the path that it had elsewhere', () => {
    assert.deepEqual(power({ [list]: componentWith({ model_file: '/tmp/models/package.pkl' }) }), expected)
  })

  const wrong: readonly (readonly [string, Readonly<Record<string, Content>>, RegExp])[] = [
    ['a list that is none', { [list]: '[]' }, /\.json: document: /],
    ['a component that is no object', { [list]: '{"package": 1}' }, /\.json: package: /],
    ['a component without a file', { [list]: componentWith({ model_file: '' }) }, /\.json: package\.model_file: /],
    ['a path too long', { [list]: componentWith({ model_file: 'x'.repeat(1001) }) }, /package\.model_file: /],
    ['features without end', { [list]: componentWith({ features: new Array(1001).fill('x') }) }, /package\.features: /],
    ['files without end', { [list]: componentWith({ fe_files: new Array(21).fill('x') }) }, /package\.fe_files: /],
    ['no components', { [list]: '{}' }, /^LinearRegressionTrainer_1\.json has no components$/],
    [
      'a model for nothing',
      { [list]: '{"disk": {"model_file": "x"}}' },
      /has a model for "disk", which is no component/,
    ],
    ['details that are a list', { 'details.json': '[1]' }, /^details\.json holds no object$/],
    ['another class', { 'metadata.json': metadataWith({ model_class: 'keras' }) }, /"keras" is not supported$/],
    ['a torn gzip', { 'package.pkl': gzipSync(bytesOf('package.pkl')).subarray(0, 30) }, /^package\.pkl: a compressed/],
    ['a torn scaler', { 'scaler.pkl': deflateSync('x').subarray(0, 4) }, /^scaler\.pkl: a compressed pickle cannot/],
    [
      'more columns than its scaler',
      { [list]: componentWith({ features: ['a', 'b'] }) },
      /^package: .*1 columns, but gets 2$/,
    ],
    ['uncertainty that is none', { 'uncertainty.json': '{"format": "x"}' }, /^uncertainty\.json: format: /],
  ]
  for (const [what, more, message] of wrong) {
    it(`with ${what} is refused`, () => {
      assert.throws(
        () => read(more),
        (error) => {
          assert.ok(error instanceof ModelError)
          assert.equal(error.code, 'INVALID_ARCHIVE')
          assert.match(error.message, message)
          return true
        },
      )
    })
  }
})

describe('the uncertainty of an archive', () => {
  const table = { levels: [0], lower: [-1], upper: [1], range: 0 }
  const known = {
    ...{ format: 'kepler-uncertainty', version: 1, coverage: 0.9, method: 'held-out rows' },
    ...{ features: { a: [0, 1] }, components: { package: table } },
  }
  const readWith = (more: object) => readUncertainty(Buffer.from(JSON.stringify({ ...known, ...more })))

  it('has its components, and passes over what is none', () => {
    const { coverage, components, features } = readWith({ components: { package: table, disk: table } })
    assert.deepEqual([coverage, Object.keys(components), features], [0.9, ['package'], { a: [0, 1] }])
    assert.equal(components.package!.range, 0)
  })

  const long = new Array<number>(1001).fill(1)
  const wrong: readonly (readonly [string, object])[] = [
    ['format', { format: 'x' }],
    ['version', { version: 2 }],
    ['coverage', { coverage: 0 }],
    ['coverage', { coverage: 1 }],
    ['method', { method: 'guess' }],
    ['features.a', { features: { a: [0] } }],
    ['components.package.levels', { components: { package: { ...table, levels: [] } } }],
    ['components.package.lower', { components: { package: { ...table, lower: long } } }],
    ['components.package.range', { components: { package: { ...table, range: -1 } } }],
  ]
  for (const [path, more] of wrong) {
    it(`is refused for its ${path}: ${JSON.stringify(more).slice(0, 60)}`, () => {
      assert.throws(() => readWith(more), {
        code: 'INVALID_ARCHIVE',
        message: new RegExp(`^uncertainty\\.json: ${path}: `),
      })
    })
  }

  it('is refused as a whole where it is no object', () => {
    assert.throws(() => readUncertainty(Buffer.from('1')), { message: /^uncertainty\.json: document: / })
  })
})
