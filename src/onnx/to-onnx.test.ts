import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { messages, protobufFields } from '../../test/support/protobuf.js'
import { testArchive } from '../../test/support/test-model.js'
import { type ModelArchive, readModelArchive } from '../archive/read-model-archive.js'
import { type OnnxOptions, toOnnx } from './to-onnx.js'

/** What an ONNX file says, read by the numbers of its fields. `onnx.test.ts` of test/integration has the real reader. */
function opened(archive: ModelArchive, options?: OnnxOptions) {
  const bytes = Buffer.from(toOnnx(archive, options))
  const text = (message: Buffer, field: number) =>
    String(protobufFields(message).find((one) => one.field === field)?.value ?? '')
  const names = (...path: readonly number[]) => messages(bytes, ...path).map((message) => text(message, 1))
  return {
    bytes,
    properties: new Map(messages(bytes, 14).map((entry) => [text(entry, 1), text(entry, 2)])),
    operatorSets: new Map(messages(bytes, 8).map((entry) => [text(entry, 1), text(entry, 2)])),
    inputs: names(7, 11),
    outputs: names(7, 12),
    operators: messages(bytes, 7, 1).map((node) => text(node, 4)),
  }
}

const fixture = (name: string) =>
  readModelArchive(readFileSync(new URL(`../../test/fixtures/archives/${name}.zip`, import.meta.url)))

describe('a model as ONNX', () => {
  it('has an output a component, and says what goes in and comes out', async () => {
    const machine_spec = { processor: 'intel_xeon', cores: 8 }
    const archive = readModelArchive(
      await testArchive({
        features: ['bpf_cpu_time_ms', 'cpu_cycles', 'node_info', 'cpu_scaling_frequency_hertz'],
        largest: 64,
        metadata: { output_type: 'AbsPower', trainer: 'LinearRegressionTrainer', node_type: 1, machine_spec, mape: -1 },
      }),
    )
    const { inputs, outputs, properties, operatorSets } = opened(archive)
    assert.deepEqual([inputs, outputs], [['features'], ['package', 'dram']])
    assert.deepEqual([...operatorSets], [['', '17']])
    const json = (name: string) => JSON.parse(properties.get(name) ?? 'null')
    assert.equal(properties.get('model_name'), 'LinearRegressionTrainer_1')
    assert.equal(properties.get('output_unit'), 'W')
    assert.equal(properties.get('mae'), '1')
    assert.deepEqual(json('machine_spec'), machine_spec)
    assert.deepEqual(json('features'), archive.model.features)
    assert.deepEqual(json('feature_units'), {
      bpf_cpu_time_ms: 'ms/s',
      cpu_cycles: '1/s',
      node_info: '1',
      cpu_scaling_frequency_hertz: 'Hz',
    })
    assert.deepEqual(json('input_ranges').cpu_cycles, [0, 64])
    assert.deepEqual(json('predictors'), { package: 'linear', dram: 'linear' })
    assert.deepEqual(json('transformers').dram, [{ kind: 'max-abs', scale: [64, 64, 64, 64] }])
    assert.equal(json('metadata').node_type, 1)
  })

  it('of one component has that output, and the features that it needs', async () => {
    const archive = readModelArchive(await testArchive())
    assert.deepEqual(opened(archive, { component: 'dram' }).outputs, ['dram'])
    assert.throws(() => toOnnx(archive, { component: 'platform' }), {
      code: 'INVALID_REQUEST',
      field: 'component',
      message: /has no platform, it has package, dram/,
    })
    const { model } = archive
    const [first, ...others] = model.components
    const own = {
      ...model,
      features: ['a', 'bpf_cpu_time_ms'],
      components: [{ ...first!, features: ['a'] }, ...others],
    }
    const { properties } = opened({ ...archive, model: own }, { component: 'dram' })
    assert.equal(properties.get('features'), '["bpf_cpu_time_ms"]')
    assert.equal(opened({ ...archive, model: own }).properties.get('features'), '["a","bpf_cpu_time_ms"]')
  })

  it('has bounds of intervals where they are asked for and errors are known', async () => {
    const read = readModelArchive(await testArchive())
    const { package: known } = read.uncertainty.components
    const archive = { ...read, uncertainty: { ...read.uncertainty, components: { package: known! } } }
    assert.deepEqual(opened(archive, { intervals: true }).outputs, [
      'package',
      'package_lower',
      'package_upper',
      'dram',
    ])
    assert.deepEqual(opened(archive, { intervals: false }).outputs, ['package', 'dram'])
    assert.throws(() => toOnnx(archive, JSON.parse('{"interval": true}')), { field: 'interval' })
  })

  it('takes the operator for trees, and its operator set, only where there are trees', () => {
    const trees = opened(fixture('XgboostFitTrainer_0'))
    assert.ok(trees.operators.includes('TreeEnsemble'))
    assert.deepEqual(
      [...trees.operatorSets],
      [
        ['', '17'],
        ['ai.onnx.ml', '5'],
      ],
    )
    for (const name of ['SVRRegressorTrainer_0', 'KNeighborsRegressorTrainer_0', 'PolynomialRegressionTrainer_0']) {
      assert.deepEqual([...opened(fixture(name)).operatorSets], [['', '17']], name)
    }
  })

  it('is the same bytes of the same model, and scales once for all components', async () => {
    const archive = fixture('GradientBoostingRegressorTrainer_0')
    assert.deepEqual(toOnnx(archive), toOnnx(archive))
    const shared = opened(readModelArchive(await testArchive({ components: ['package', 'core', 'dram'] })))
    assert.equal(shared.operators.filter((operator) => operator === 'Div').length, 1)
    assert.equal(shared.operators.filter((operator) => operator === 'MatMul').length, 3)
  })

  it('picks columns only where a component takes others than all in their order', async () => {
    const { model, ...archive } = readModelArchive(await testArchive({ features: ['a', 'b'] }))
    const operatorsOf = (features: readonly string[]) => {
      const components = model.components.map((component, i) => (i === 0 ? component : { ...component, features }))
      return opened({ ...archive, model: { ...model, components } }).operators
    }
    assert.ok(!operatorsOf(['a', 'b']).includes('Gather'))
    assert.equal(operatorsOf(['b', 'a']).filter((operator) => operator === 'Gather').length, 1)
  })

  it('says what one of each feature is, per second where it is counted', async () => {
    const units = {
      x_us: 'us/s',
      x_ms_total: 'ms/s',
      x_seconds_total: 's/s',
      x_bytes: 'B/s',
      x_hertz: 'Hz',
      x_bytes_total_more: '1/s',
      bytes: '1/s',
    }
    const archive = readModelArchive(await testArchive({ features: Object.keys(units) }))
    assert.deepEqual(JSON.parse(opened(archive).properties.get('feature_units') ?? ''), units)
  })

  it('has no property for what the archive does not say, and none of features that it does not take', async () => {
    const { model, ...archive } = readModelArchive(await testArchive({ features: ['a', 'b'], metadata: { mape: 0 } }))
    const only = model.components.map((component) => ({ ...component, features: ['b'] }))
    const { properties } = opened({ ...archive, model: { ...model, components: only } })
    assert.deepEqual(Object.keys(JSON.parse(properties.get('input_ranges') ?? '')), ['b'])
    assert.equal(properties.get('mape'), '0')
    for (const name of ['output_type', 'trainer', 'machine_spec']) assert.equal(properties.has(name), false, name)
    assert.equal(properties.get('features'), '["b"]')
  })

  it('tells what its input and outputs are', async () => {
    const archive = readModelArchive(await testArchive())
    const bytes = Buffer.from(toOnnx(archive, { intervals: true }))
    const described = [...messages(bytes, 7, 11, 3), ...messages(bytes, 7, 12, 3)].map(String)
    assert.deepEqual(described.slice(0, 4), [
      'bpf_cpu_time_ms',
      'watts of package',
      'watts of package: lower bound of the 90 % interval',
      'watts of package: upper bound of the 90 % interval',
    ])
    assert.equal(String(messages(bytes, 7, 2)[0]), 'LinearRegressionTrainer_1')
    assert.equal(String(messages(bytes, 7, 10)[0]), 'Watts of package, dram from usage per second: bpf_cpu_time_ms')
    // The input has any number of rows and a column a feature.
    const dims = messages(bytes, 7, 11, 2, 1, 2, 1).flatMap((dim) =>
      protobufFields(dim).map(({ value }) => String(value)),
    )
    assert.deepEqual(dims, ['rows', '1'])
  })
})
