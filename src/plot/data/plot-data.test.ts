import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { simulatedResponse } from '../../../test/support/simulated-response.js'
import { readModelArchive } from '../../archive/read-model-archive.js'
import type { Dataset } from '../../extract/dataset.js'
import { defaultExtractor } from '../../extract/default.js'
import { minIsolator } from '../../isolate/min.js'
import { profileIsolator } from '../../isolate/profile.js'
import { noneIsolator } from '../../isolate/none.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { scenarioNamed } from '../../simulate/scenario.js'
import { trainModels } from '../../train/train-pipeline.js'
import { trainingSets } from '../../train/training-set.js'
import { driftOverTime } from './drift.js'
import { type EstimatedPower, estimatedPower } from './estimated-power.js'
import { gapsIn } from './gaps.js'
import { trainerErrors } from './held-out-errors.js'
import { isolationSplit } from './isolation-split.js'
import { metadataErrors } from './metadata-errors.js'
import { powerCurve, powerCurves } from './power-curves.js'
import { preprocessed } from './preprocessed.js'
import { residualsOf } from './residuals.js'

const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']

function entryOf(trainer: string, numbers: Readonly<Record<string, number>>, group = 'BPFOnly'): ModelEntry {
  const path = `acpi/AbsPower/${group}`
  return {
    name: `${trainer}_0`,
    trainer,
    nodeType: 0,
    folder: { path, source: 'acpi', outputType: 'AbsPower', featureGroup: group },
    features,
    numbers: { keys: Object.keys(numbers), values: Object.values(numbers) },
    archive: 'zip',
    loadableByOriginal: false,
    weights: undefined,
  }
}

describe('the numbers of plots', () => {
  let dataset: Dataset
  let estimated: EstimatedPower
  let archive: ReturnType<typeof readModelArchive>

  before(async () => {
    const response = simulatedResponse({ scenario: scenarioNamed('mixed'), seed: 3, duration: 600, step: 5 })
    dataset = defaultExtractor().extract(response, { features, source: 'acpi', outputType: 'AbsPower' }).dataset
    const trainers = ['LinearRegressionTrainer'] as const
    const { models } = await trainModels({
      sets: trainingSets(dataset, 'BPFOnly'),
      absTrainers: trainers,
      dynTrainers: trainers,
      threads: 1,
    })
    archive = readModelArchive(models[0]!.model.zip)
    estimated = estimatedPower({ pipeline: 'p', model: 'm' }, archive, dataset)
  })

  it('of measured and estimated power are those of the dataset and of the model', () => {
    const [platform] = estimated.components
    assert.equal(platform?.component, 'platform')
    assert.deepEqual(platform.measured, [...dataset.powers[0]!.values])
    assert.equal(estimated.times.length, dataset.rows)
    const rows = [...dataset.timestamps.keys()].map((row) => dataset.features.map(({ values }) => values[row]!))
    assert.deepEqual(platform.estimated, archive.predict(features, rows).platform)
    assert.ok(platform.within! > 0.75 && platform.within! <= 1, String(platform.within))
    assert.ok(platform.lower!.every((watts, i) => watts <= platform.estimated[i]! && watts >= 0))
    assert.equal(estimated.load.feature, 'bpf_cpu_time_ms')
    assert.equal(estimated.outside, 0)
  })

  it('of residuals add up to the error, by levels of load', () => {
    const { components } = residualsOf(estimated, false)
    const { residuals, levels } = components[0]!
    const mae = residuals.reduce((sum, watts) => sum + Math.abs(watts), 0) / residuals.length
    assert.ok(Math.abs(mae - estimated.components[0]!.mae) < 1e-9)
    assert.ok(levels.length > 2)
    assert.ok(levels.every(({ low, middle, high }) => low <= middle && middle <= high))
    assert.deepEqual(
      levels.map(({ load }) => load),
      levels.map(({ load }) => load).sort((a, b) => a - b),
    )
  })

  it('of an isolator add up to what was measured', () => {
    const profile = {
      format: 'kepler-idle-profile/1' as const,
      containers: [],
      power: { acpi: { platform: { '0': { lowest: 30, highest: 40, units: 1 } } } },
    }
    for (const isolator of [minIsolator(), noneIsolator(), profileIsolator(profile)]) {
      const { components, times } = isolationSplit(isolator, dataset)
      assert.equal(times.length, dataset.rows)
      const { idle, background, dynamic } = components[0]!
      dataset.powers[0]!.values.forEach((watts, i) => {
        assert.ok(Math.abs(idle[i]! + background[i]! + dynamic[i]! - watts) < 1e-6)
        assert.ok(idle[i]! >= 0 && background[i]! >= 0 && dynamic[i]! >= 0)
      })
      assert.ok(
        background.every((watts) => watts === 0),
        isolator.name,
      )
      if (isolator.name === 'profile') assert.ok(idle.every((watts) => Math.abs(watts - 35) < 1e-9))
      if (isolator.name === 'none') assert.ok(idle.every((watts) => watts === 0))
    }
  })

  it('of what models learn from name each feature and component once', () => {
    const { power, usage } = preprocessed(dataset)
    assert.deepEqual(
      power.map(({ component }) => component),
      ['platform'],
    )
    assert.deepEqual(
      usage.map(({ feature }) => feature),
      features,
    )
  })

  it('of gaps are the pauses longer than usual', () => {
    assert.deepEqual(gapsIn([0, 5, 10, 30, 35, 44]), [{ from: 10, to: 30 }])
    assert.deepEqual(gapsIn([]), [])
    assert.deepEqual(gapsIn([7]), [])
  })

  it('of a curve go from no usage to the highest in training, and a damaged model takes nothing away', () => {
    const { usage, watts, low, high } = powerCurve('x', archive)
    const [none, most] = [0, 1].map((share) =>
      archive.predict(features, [features.map((name) => share * (rangeOf(name) ?? 0))]),
    )
    assert.equal(usage.at(-1), 100)
    assert.deepEqual([watts[0], watts.at(-1)], [none?.platform?.[0], most?.platform?.[0]])
    assert.ok(low && high && watts.every((value, i) => low[i]! <= value && value <= high[i]!))
    const fails = () => {
      throw new Error('damaged')
    }
    const about = { pipeline: 'p', folder: 'f', left: 2 }
    const all = powerCurves(
      [
        { name: 'bad', read: fails },
        { name: 'good', read: () => archive },
      ],
      about,
    )
    assert.deepEqual(
      all.curves.map(({ name }) => name),
      ['good'],
    )
    assert.deepEqual(all.unreadable, ['bad: damaged'])

    function rangeOf(name: string): number | undefined {
      return archive.uncertainty.inputs.find(({ feature }) => feature === name)?.upper
    }
  })

  it('of errors are those of the folds, the best first, and say which were not held out', () => {
    const folds = { held_out_se: 0.2, workload_fold_1: 5, complexity: 1 }
    const errors = trainerErrors({
      entries: [
        entryOf('Worse', { held_out_mae: 4, time_fold_1: 3, time_fold_2: 5, ...folds }),
        entryOf('Better', { held_out_mae: 2, time_fold_1: 1, time_fold_2: 3, ...folds }),
        entryOf('Published', { mae: 1 }),
        entryOf('Wild', { held_out_mae: 1, double_range_rise: 9, ...folds }),
        entryOf('Other', { mae: 7 }, 'Basic'),
      ],
    })
    assert.deepEqual(
      errors.map(({ featureGroup, trainers }) => [featureGroup, trainers.map(({ trainer }) => trainer)]),
      [
        ['BPFOnly', ['Better', 'Worse', 'Published', 'Wild']],
        ['Basic', ['Other']],
      ],
    )
    const [better, , published, wild] = errors[0]!.trainers
    assert.deepEqual(better, {
      trainer: 'Better',
      timeFolds: [1, 3],
      workloadFolds: [5],
      error: 2,
      standardError: 0.2,
      published: false,
    })
    assert.equal(published?.published, true)
    assert.match(wild?.unfit ?? '', /rises by 9\.00 times/)
  })

  it('of metadata are ordered by their median, without models that do not have the error', () => {
    const models = [
      entryOf('A', { mae: 3 }),
      entryOf('A', { mae: 5 }),
      entryOf('B', { mae: 1 }),
      entryOf('C', { mape: 1 }),
    ]
    const [kind, ...others] = metadataErrors(models, 'mae')
    assert.deepEqual(others, [])
    assert.deepEqual(
      kind?.trainers.map(({ trainer, models: count, middle }) => [trainer, count, middle]),
      [
        ['B', 1, 1],
        ['A', 2, 4],
      ],
    )
    assert.deepEqual(metadataErrors(models, 'package_mae'), [])
  })

  it('of drift say since when a model is off, and nothing of a model that is right', () => {
    const right = driftOverTime(entryOf('A', {}), estimated)
    assert.equal(right.driftingSince, undefined)
    assert.equal(right.normal, 10)
    const [platform] = estimated.components
    const from = Math.floor(estimated.times.length / 2)
    const grown = { ...platform!, measured: platform!.measured.map((watts, row) => (row < from ? watts : 2 * watts)) }
    const { driftingSince } = driftOverTime(entryOf('A', {}), { ...estimated, components: [grown] })
    assert.ok(driftingSince !== undefined && Math.abs(driftingSince - estimated.times[from]!) <= 30)
  })
})
