import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { testArchive } from '../../../test/support/test-model.js'
import { type ModelArchive, readModelArchive } from '../../archive/read-model-archive.js'
import type { Component } from '../../core/energy-source.js'
import type { Dataset } from '../../extract/dataset.js'
import type { Isolator } from '../../isolate/isolator.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { driftOverTime } from './drift.js'
import { countedOf, type EstimatedPower, estimatedPower } from './estimated-power.js'
import { gapsIn } from './gaps.js'
import { isolationSplit } from './isolation-split.js'
import { metadataErrors } from './metadata-errors.js'
import { powerCurve, powerCurves } from './power-curves.js'

const label = { pipeline: 'mine', model: 'm' }

/** Rows of a node, ten seconds apart. */
function datasetOf(
  usage: Readonly<Record<string, readonly number[]>>,
  watts: Readonly<Partial<Record<Component, readonly number[]>>>,
  times = Object.values(usage)[0]!.map((_, i) => 10 * i),
): Dataset {
  return {
    ...{ source: 'rapl-sysfs', outputType: 'AbsPower', rows: times.length, timestamps: Float64Array.from(times) },
    features: Object.entries(usage).map(([name, values]) => ({ name, values: Float64Array.from(values) })),
    powers: Object.entries(watts).map(([component, values]) => {
      const known = component as Component
      return { name: component, component: known, values: Float64Array.from(values) }
    }),
    ...{ ratios: [], nodeTypes: new Int32Array(times.length) },
  }
}

const entry = (numbers: Readonly<Record<string, number>> = {}): ModelEntry => ({
  ...{ name: 'A_0', trainer: 'A', nodeType: 0, features: [], archive: 'zip', loadableByOriginal: false },
  folder: { path: 'acpi/AbsPower/Basic', source: 'acpi', outputType: 'AbsPower', featureGroup: 'Basic' },
  numbers: { keys: Object.keys(numbers), values: Object.values(numbers) },
  weights: undefined,
})

describe('estimated power', () => {
  /** 10 W and twice the usage, for package and dram. */
  const archiveOf = async (options: Parameters<typeof testArchive>[0] = {}) =>
    readModelArchive(await testArchive({ largest: 8, ...options }))

  it('is of what was measured alone, and counts rows outside of what was trained on', async () => {
    const features = ['bpf_cpu_time_ms', 'task_clock_ms']
    const usage = { bpf_cpu_time_ms: [1, 2, 100], task_clock_ms: [0, 0, 100] }
    const dataset = datasetOf(usage, { package: [12, 13, 90], core: [1, 1, 1] })
    const estimated = estimatedPower(label, await archiveOf({ features }), dataset)
    assert.deepEqual(
      estimated.components.map(({ component, measured }) => [component, measured]),
      [['package', [12, 13, 90]]],
    )
    assert.deepEqual(estimated.components[0]!.estimated.slice(0, 2), [12, 14])
    // One row, though two features of it are outside.
    assert.equal(estimated.outside, 1)
    assert.deepEqual(estimated.load, { feature: 'bpf_cpu_time_ms', values: [1, 2, 100] })
    assert.deepEqual([estimated.times, estimated.gaps, estimated.findings], [[0, 10, 20], [], []])
    assert.deepEqual([estimated.pipeline, estimated.model], ['mine', 'm'])
  })

  it('has the first feature for load where none is known to stand for it', async () => {
    const features = ['task_clock_ms', 'cache_miss']
    const dataset = datasetOf({ cache_miss: [1, 2], task_clock_ms: [3, 4] }, { package: [1, 2] })
    const { load } = estimatedPower(label, await archiveOf({ features }), dataset)
    assert.deepEqual(load, { feature: 'task_clock_ms', values: [3, 4] })
  })

  it('has for load what another vocabulary calls the same', async () => {
    const dataset = datasetOf({ cache_miss: [1, 2], cpu_time_ms: [3, 4] }, { package: [1, 2] })
    const { load } = estimatedPower(label, await archiveOf(), dataset)
    assert.deepEqual(load, { feature: 'cpu_time_ms', values: [3, 4] })
  })

  it('is refused where nothing that the model predicts was measured', async () => {
    const archive = await archiveOf()
    const dataset = datasetOf({ bpf_cpu_time_ms: [1, 2] }, { platform: [1, 2], gpu: [1, 2] })
    assert.throws(() => estimatedPower(label, archive, dataset), {
      code: 'INVALID_DATA',
      message: 'm predicts package, dram; measured is platform, gpu',
    })
  })

  it('says which share of the measurements its bounds hold, the bounds themselves included', () => {
    const fake = {
      estimate: () => ({
        powers: { package: [5, 5, 5, 5] },
        intervals: { package: { lower: [4, 4, 4, 4], upper: [6, 6, 6, 6] } },
        ...{ coverage: 0.8, method: 'held-out blocks', outside: [] },
      }),
      model: { features: ['x'] },
    } as unknown as ModelArchive
    const estimated = estimatedPower(label, fake, datasetOf({ x: [1, 1, 1, 1] }, { package: [4, 6, 3.9, 6.1] }))
    assert.equal(estimated.components[0]!.within, 0.5)
    assert.deepEqual([estimated.coverage, estimated.method], [0.8, 'held-out blocks'])
  })

  it('is counted where it is not a part of another component, or all that there is', () => {
    const of = (...names: readonly Component[]) => countedOf(names.map((component) => ({ component })))
    assert.deepEqual(
      of('package', 'core', 'dram').map(({ component }) => component),
      ['package', 'dram'],
    )
    assert.deepEqual(
      of('core', 'uncore').map(({ component }) => component),
      ['core', 'uncore'],
    )
  })
})

describe('drift over time', () => {
  const times = Array.from({ length: 20 }, (_, i) => 60 * i)
  const component = (name: Component, measured: (i: number) => number, off: (i: number) => number) => ({
    ...{ component: name, mae: 0, mape: 0, rmse: 0, r2: 0 },
    measured: times.map((_, i) => measured(i)),
    estimated: times.map((_, i) => measured(i) + off(i)),
  })
  const estimated = (components: EstimatedPower['components'], more: Partial<EstimatedPower> = {}) =>
    ({ ...label, times, components, ...more }) as EstimatedPower

  it('adds up the errors of components that are not part of another, as a share of the mean power', () => {
    const own = [
      component(
        'package',
        () => 80,
        () => 4,
      ),
      component(
        'dram',
        () => 20,
        () => -6,
      ),
      component(
        'core',
        () => 50,
        () => 30,
      ),
    ]
    const { errors, normal, driftingSince, processor, model } = driftOverTime(entry(), estimated(own))
    assert.ok(errors.length === 20 && errors.every((error) => Math.abs(error - 10) < 1e-9))
    assert.deepEqual([normal, driftingSince, processor, model], [10, undefined, undefined, 'm'])
    assert.deepEqual(Object.keys(driftOverTime(entry(), estimated(own))), [
      ...['pipeline', 'model', 'times', 'errors', 'normal'],
    ])
    const core = driftOverTime(entry(), estimated(own.slice(2), { processor: 'xeon' }))
    assert.ok(core.errors.every((error) => Math.abs(error - 60) < 1e-9))
    assert.equal(core.processor, 'xeon')
  })

  it('is since the first row where all are off, and of no power none', () => {
    const wrong = driftOverTime(
      entry(),
      estimated([
        component(
          'platform',
          () => 50,
          () => 50,
        ),
      ]),
    )
    assert.equal(wrong.driftingSince, 0)
    const still = driftOverTime(
      entry(),
      estimated([
        component(
          'platform',
          () => 0,
          () => 5,
        ),
      ]),
    )
    assert.deepEqual(
      still.errors,
      times.map(() => 0),
    )
    assert.equal(still.driftingSince, undefined)
  })

  it('allows what the model was off by on rows it had not seen', () => {
    const told = { held_out_mae: 20, held_out_mean_watts: 100, platform_mae: 20 }
    const { normal } = driftOverTime(
      entry(told),
      estimated([
        component(
          'platform',
          () => 100,
          () => 0,
        ),
      ]),
    )
    assert.ok(normal > 20, `${normal}`)
  })
})

describe('power curves', () => {
  it('of a model that does not say what it was trained on are refused, and named among others', async () => {
    const archive = readModelArchive(await testArchive({ largest: 8 }))
    const silent = { ...archive, uncertainty: { ...archive.uncertainty, inputs: [] } }
    assert.throws(() => powerCurve('x', silent), {
      code: 'INVALID_ARCHIVE',
      message: 'x does not say what usage it was trained on',
    })
    const about = { pipeline: 'p', folder: 'f', left: 0 }
    const { curves, unreadable, components } = powerCurves(
      [
        { name: 'x', read: () => silent },
        { name: 'y', read: () => archive },
      ],
      about,
    )
    assert.deepEqual([curves.length, unreadable.length, components], [1, 1, ['package', 'dram']])
  })

  it('add up the components, and their bounds where all have some', async () => {
    const archive = readModelArchive(await testArchive({ largest: 8 }))
    const { watts, low, high } = powerCurve('x', archive)
    assert.deepEqual([watts[0], watts[25], watts[50]], [20, 36, 52])
    assert.equal(low?.length, high?.length)
    const half: ModelArchive = {
      ...archive,
      estimate: (...given) => {
        const all = archive.estimate(...given)
        const { package: pkg } = all.intervals
        return { ...all, intervals: pkg ? { package: pkg } : {} }
      },
    }
    assert.equal(powerCurve('x', half).low, undefined)
  })
})

describe('what an isolator took', () => {
  const isolatorOf = (dataset: Dataset): Isolator => ({
    ...{ name: 'made', needsContainers: false },
    isolate: () => ({ dataset, notes: ['a note'], findings: [] }),
  })
  const found = [{ kind: 'reset' }] as never

  it('is the least of all times for idle, and the rest for background', () => {
    const measured = datasetOf({ x: [1, 2, 3] }, { package: [30, 40, 50], dram: [5, 6, 7] })
    const left = datasetOf({ x: [1, 2, 3] }, { package: [20, 25, 60] })
    const { components, times, notes, findings, isolator } = isolationSplit(isolatorOf(left), measured, found)
    assert.deepEqual(components, [
      // No more is left than was measured.
      { component: 'package', idle: [0, 0, 0], background: [10, 15, 0], dynamic: [20, 25, 50] },
      // Of what is not left all was taken.
      { component: 'dram', idle: [5, 5, 5], background: [0, 1, 2], dynamic: [0, 0, 0] },
    ])
    assert.deepEqual([times, notes, findings.length, isolator], [[0, 10, 20], ['a note'], 1, 'made'])
  })

  it('is of the times that it left', () => {
    const measured = datasetOf({ x: [1, 2, 3, 4] }, { package: [30, 40, 50, 60] })
    const left = datasetOf({ x: [2, 4] }, { package: [10, 20] }, [10, 30])
    const { components, times, gaps } = isolationSplit(isolatorOf(left), measured)
    assert.deepEqual([times, gaps], [[10, 30], []])
    assert.deepEqual(components, [{ component: 'package', idle: [30, 30], background: [0, 10], dynamic: [10, 20] }])
  })
})

describe('smaller parts of plots', () => {
  it('have the longest gaps first where there are too many', () => {
    const times = [0]
    for (let i = 0; i < 201; i++) times.push(times.at(-1)! + 1, times.at(-1)! + 2, times.at(-1)! + 13 + i)
    const lengths = gapsIn(times).map(({ from, to }) => to - from)
    assert.deepEqual(
      lengths,
      [...lengths].sort((a, b) => b - a),
    )
    assert.equal(lengths[0], 211)
    // Up to two hundred they stand in their order.
    const few = gapsIn(times.slice(0, -3)).map(({ from }) => from)
    assert.equal(few.length, 200)
    assert.deepEqual(
      few,
      [...few].sort((a, b) => a - b),
    )
  })

  it('have metadata of each source and output type, the least median first, nine of ten between', () => {
    const models = Array.from({ length: 21 }, (_, i) => entry({ mae: 20 - i }))
    const other: ModelEntry = { ...entry({ mae: 3 }), folder: { ...entry().folder, outputType: 'DynPower' } }
    const kinds = metadataErrors([...models, other, { ...entry({ mae: 1 }), trainer: 'B' }], 'mae')
    assert.deepEqual(
      kinds.map(({ source, outputType, trainers }) => [source, outputType, trainers.map(({ trainer }) => trainer)]),
      [
        ['acpi', 'AbsPower', ['B', 'A']],
        ['acpi', 'DynPower', ['A']],
      ],
    )
    const { low, middle, high, models: count, points } = kinds[0]!.trainers[1]!
    assert.deepEqual([low, middle, high, count], [1, 10, 19, 21])
    assert.deepEqual(points[0], { featureGroup: 'Basic', nodeType: 0, error: 20 })
  })
})
