import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPowerModel, testArchive } from '../../test/support/test-model.js'
import { curvePredictor } from '../predictor/curve.js'
import type { ComponentModel } from '../predictor/power-model.js'
import { maxAbsScaler, minMaxScaler, standardScaler } from '../predictor/scalers.js'
import { archiveFault } from './archive-sanity.js'
import { forOriginalLookup } from './curve-features.js'
import { isLoadableByOriginal, parseModelMetadata, splitMetadata } from './metadata.js'
import { uncertaintyOf } from './model-uncertainty.js'
import { modelArchiveFiles, zipFiles } from './write-model-archive.js'
import { readUncertainty, type UncertaintyDocument, writeUncertainty } from './uncertainty-json.js'

const metadataOf = (more: object = {}) =>
  parseModelMetadata(
    JSON.stringify({ model_name: 'T_0', model_class: 'scikit', model_file: 'm.json', features: ['a'], ...more }),
  )
const table = { levels: [10], lower: [-1], upper: [1] }
const document: UncertaintyDocument = {
  ...{ coverage: 0.8, method: 'held-out blocks', features: { bpf_cpu_time_ms: [2, 50] } },
  components: { package: { table, range: 30 } },
}
const invalid = (message: RegExp) => ({ code: 'INVALID_ARCHIVE', message })

describe('how sure a model is', () => {
  const model = linearPowerModel({ components: ['package', 'dram'], idle: 10, slope: 2, largest: 8 })

  it('is what its own file says, with the limits of its machine', () => {
    const of = (spec?: object) => uncertaintyOf(model, metadataOf({ machine_spec: spec }), document)
    assert.deepEqual(of(), {
      ...{ coverage: 0.8, method: 'held-out blocks', components: document.components },
      inputs: [{ feature: 'bpf_cpu_time_ms', lower: 2, upper: 50, limit: 500 }],
    })
    // A second of CPU time a second and core, and a tenth more.
    assert.equal(Math.round(of({ cores: 4 }).inputs[0]!.limit), 4400)
    for (const cores of [0, -1, 'x', '4']) assert.equal(of({ cores }).inputs[0]!.limit, 500)
    const busy = { ...document, features: { bpf_cpu_time_ms: [0, 9000] as const } }
    assert.equal(uncertaintyOf(model, metadataOf({ machine_spec: { cores: 4 } }), busy).inputs[0]!.limit, 9000)
    const cycles = { ...document, features: { cpu_cycles: [0, 9] as const } }
    const limit = (spec: object) => uncertaintyOf(model, metadataOf({ machine_spec: spec }), cycles).inputs[0]!.limit
    assert.ok(Math.abs(limit({ cores: 1, frequency: 1 }) - 1.1e6) < 1)
    for (const frequency of [0, 'x', '1']) assert.equal(limit({ cores: 1, frequency }), 90)
  })

  it('is the own interval of a forest, but for left-out workloads', () => {
    const [component] = model.components
    const forest = {
      ...model,
      components: [{ ...component!, predictor: { ...component!.predictor, kind: 'quantile-forest' } }],
    }
    const method = (given: UncertaintyDocument) => uncertaintyOf(forest as never, metadataOf(), given).method
    assert.equal(method(document), 'quantile forest')
    assert.equal(method({ ...document, method: 'held-out workloads' }), 'held-out workloads')
  })

  it('is told by scalers and the published error where it has no file', () => {
    const { coverage, method, inputs, components } = uncertaintyOf(
      model,
      metadataOf({ mae: 2, dram_mae: 1 }),
      undefined,
    )
    assert.deepEqual([coverage, method], [0.9, 'published error'])
    assert.deepEqual(inputs, [{ feature: 'bpf_cpu_time_ms', lower: 0, upper: 8, limit: 80 }])
    const half = 2.0615 * 2
    // From 10 to 26 W.
    assert.deepEqual(components.package, { table: { levels: [0], lower: [-half], upper: [half] }, range: 16 })
    assert.deepEqual(components.dram?.table.upper, [2.0615])
    const words = uncertaintyOf(model, metadataOf({ mae: 2, dram_mae: '9', package_mae: 0 }), undefined).components
    assert.deepEqual([words.dram?.table.upper, words.package?.table.upper], [[half], [0]])
    assert.deepEqual(uncertaintyOf(model, metadataOf({ mae: -1 }), undefined).components, {})
    assert.deepEqual(uncertaintyOf(model, metadataOf(), undefined).components, {})
    assert.deepEqual(
      uncertaintyOf(model, metadataOf({ mae: 3, dram_mae: -1 }), undefined).components.dram?.table.upper,
      [3 * 2.0615],
    )
  })

  it('knows the range that a scaler knows', () => {
    const [component] = model.components
    const input = (transformers: ComponentModel['transformers']) =>
      uncertaintyOf({ ...model, components: [{ ...component!, transformers }] }, metadataOf(), undefined).inputs[0]
    const range = (scale: number, min: number, clip?: readonly [number, number]) => {
      const { lower, upper } = input([minMaxScaler(Float64Array.of(scale), Float64Array.of(min), clip)]) ?? {}
      return [lower, upper]
    }
    // (0 + 1) / 0.5 = 2 and (1 + 1) / 0.5 = 4; what is below 0 is 0.
    assert.deepEqual(range(0.5, -1), [2, 4])
    assert.deepEqual(range(0.5, -1, [-1, 2]), [0, 6])
    assert.deepEqual(range(0.5, 3), [0, 0])
    assert.deepEqual(range(0, 3), [undefined, undefined])
    assert.equal(input([standardScaler(Float64Array.of(1), Float64Array.of(1))]), undefined)
    assert.equal(input([]), undefined)
    // A scale of 1 is of a feature that never moved: nothing is known of what it can be.
    assert.deepEqual(input([maxAbsScaler(Float64Array.of(1))]), {
      feature: 'bpf_cpu_time_ms',
      lower: 0,
      upper: 1,
      limit: 1e12,
    })
  })

  it('is written with six digits, and read again', () => {
    const fine = {
      ...document,
      components: { package: { table: { levels: [1.23456789], lower: [-1], upper: [1] }, range: 1.23456789 } },
    }
    const read = readUncertainty(Buffer.from(writeUncertainty(fine)))
    assert.deepEqual(read, {
      ...document,
      components: { package: { table: { levels: [1.23457], lower: [-1], upper: [1] }, range: 1.23457 } },
    })
    const written = JSON.parse(writeUncertainty(document))
    const wrong = (more: object, message: RegExp) =>
      assert.throws(() => readUncertainty(Buffer.from(JSON.stringify({ ...written, ...more }))), invalid(message))
    wrong({ format: 'x' }, /^uncertainty\.json: format: /)
    wrong({ version: 2 }, /version/)
    for (const coverage of [0, 1]) wrong({ coverage }, /coverage/)
    wrong({ method: 'guessed' }, /method/)
    wrong({ features: { a: [1] } }, /features\.a/)
    wrong({ components: { package: { ...table, range: -1 } } }, /components\.package\.range/)
    wrong({ components: { package: { ...table, levels: [], range: 1 } } }, /components\.package\.levels/)
    const other = { ...written, components: { ...written.components, other: { ...table, range: 1 } } }
    assert.deepEqual(Object.keys(readUncertainty(Buffer.from(JSON.stringify(other))).components), ['package'])
  })
})

describe('the fault of an archive', () => {
  const fault = async (options: Parameters<typeof testArchive>[0]) => archiveFault(await testArchive(options))

  it('is that it cannot be read, or gives absurd watts in its own range', async () => {
    assert.match(archiveFault(Buffer.from('no zip')) ?? '', /^its archive cannot be read: this is not a zip/)
    assert.equal(await fault({ components: ['package'], idle: 99_999, slope: 0 }), undefined)
    assert.equal(
      await fault({ components: ['package'], idle: 100_001, slope: 0 }),
      'it gives 1.00e+5 W of package inside the range of its training',
    )
    assert.match((await fault({ components: ['package'], largest: 100, slope: 2000 })) ?? '', /1\.00e\+5 W of package/)
    assert.equal(await fault({ components: ['package'], largest: 100, slope: 900 }), undefined)
  })

  it('is ten times as much as was measured, within the range of training and not beyond', () => {
    // 1 W a unit; 10 W were measured at most, so 100 W is the limit.
    const archive = (lower: number, upper: number) => {
      const uncertainty = writeUncertainty({
        ...{ coverage: 0.9, method: 'held-out blocks', features: { bpf_cpu_time_ms: [lower, upper] } },
        components: { package: { table: { levels: [1], lower: [-1], upper: [1] }, range: 9 } },
      })
      const files = modelArchiveFiles(linearPowerModel({ components: ['package'], idle: 0, slope: 1 }), {})
      return zipFiles(new Map([...files, ['uncertainty.json', uncertainty]]))
    }
    assert.equal(archiveFault(archive(80, 100)), undefined)
    assert.match(archiveFault(archive(80, 101)) ?? '', /^it gives 101 W of package/)
  })
})

describe('metadata of a model', () => {
  it('has what is known, and keeps what is not', () => {
    const { mae, mape, fe_files, custom } = metadataOf({ mae: null, mape: 3, custom: 7 })
    assert.deepEqual([mae, mape, fe_files, custom], [undefined, 3, [], 7])
    for (const [more, key] of [
      [{ model_name: '' }, 'model_name'],
      [{ model_name: 'x'.repeat(201) }, 'model_name'],
      [{ features: [7] }, 'features.0'],
      [{ node_type: 0.5 }, 'node_type'],
      [{ mae: 'x' }, 'mae'],
      [{ machine_spec: 7 }, 'machine_spec'],
    ] as const) {
      assert.throws(() => metadataOf(more), invalid(new RegExp(`^metadata\\.json: ${key.replace('.', '\\.')}: `)))
    }
    assert.throws(() => parseModelMetadata('[]'), invalid(/^metadata\.json: document: /))
  })

  it('is split into what the original takes and what it would take for models', () => {
    const nested = { deep: { a: 1 }, list: [1, { b: 2 }] }
    const flat = { mae: 1, none: null, names: ['a', ['b']], machine_spec: { cores: 1 } }
    assert.deepEqual(splitMetadata({ ...nested, ...flat }), { flat, nested })
    assert.equal(isLoadableByOriginal(metadataOf(flat)), true)
    assert.equal(isLoadableByOriginal(metadataOf(nested)), false)
    assert.deepEqual(
      ['scikit', 'xgboost', 'curvefit', 'native'].map((model_class) =>
        isLoadableByOriginal(metadataOf({ model_class })),
      ),
      [true, true, true, false],
    )
  })
})

describe('curve fits for the original', () => {
  const curve = (features: readonly string[], index: number, ...scales: number[]): ComponentModel => ({
    ...{ component: 'package', features, transformers: [maxAbsScaler(Float64Array.from(scales))] },
    predictor: curvePredictor('logarithmic', Float64Array.of(1, 2, 3), index, features.length),
  })

  it('have the features of the first group that they cover first, and look at the same one', () => {
    const [moved] = forOriginalLookup([curve(['zzz', 'bpf_page_cache_hit', 'bpf_cpu_time_ms'], 2, 1, 2, 3)])
    assert.deepEqual(moved?.features, ['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'zzz'])
    const [scaler] = moved!.transformers
    assert.deepEqual(scaler?.kind === 'max-abs' && [...scaler.scale], [3, 2, 1])
    assert.equal(moved?.predictor.kind === 'curve' && moved.predictor.featureIndex, 0)
  })

  it('stay as they are in that order, without a group, or with another scaler or predictor', () => {
    const ordered = curve(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], 0, 1, 2)
    const alone = curve(['zzz', 'aaa'], 0, 1, 2)
    const disordered = curve(['bpf_page_cache_hit', 'bpf_cpu_time_ms'], 1, 1, 2)
    const standard = { ...disordered, transformers: [standardScaler(new Float64Array(2), Float64Array.of(1, 1))] }
    const [line] = linearPowerModel({ features: ['bpf_page_cache_hit', 'bpf_cpu_time_ms'] }).components
    const models = [ordered, alone, standard, line!]
    for (const [i, model] of forOriginalLookup(models).entries()) assert.equal(model, models[i])
  })

  it('share a scaler as before', () => {
    const first = curve(['bpf_page_cache_hit', 'bpf_cpu_time_ms'], 1, 1, 2)
    const [a, b] = forOriginalLookup([first, { ...first, component: 'dram' }])
    assert.equal(a?.transformers[0], b?.transformers[0])
    assert.notEqual(a?.transformers[0], first.transformers[0])
  })
})
