import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { readWeights } from '../../src/archive/weights.js'
import { givesWeights, isTrainerName, type TrainerName, trainerNames } from '../../src/regression/trainers.js'
import { defaultExtractor } from '../../src/extract/default.js'
import { minIsolator } from '../../src/isolate/min.js'
import { matrix, rowOf } from '../../src/numeric/matrix.js'
import { meanAbsolutePercentageError } from '../../src/numeric/metrics.js'
import { predictPower } from '../../src/predictor/power-model.js'
import { indexPipeline } from '../../src/registry/index-pipeline.js'
import { folderStore } from '../../src/registry/store/folder-store.js'
import { zipStore } from '../../src/registry/store/zip-store.js'
import { energyComponents } from '../../src/simulate/container.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { trueSamples } from '../../src/simulate/write-response.js'
import { type BuiltTrainingSets, buildTrainingSets } from '../../src/train/build-training-sets.js'
import { type PipelineRequest, trainPipeline } from '../../src/train/train-pipeline.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const columns: readonly string[] = energyComponents

const run = { scenario: scenarioNamed('mixed'), seed: 2, duration: 600, step: 5 }
const built: BuiltTrainingSets = buildTrainingSets(simulatedResponse(run), {
  sources: ['rapl-sysfs', 'acpi'],
  outputTypes: ['AbsPower', 'DynPower'],
  groups: ['BPFOnly', 'Basic'],
  extractor: defaultExtractor(),
  isolator: () => minIsolator(),
})
const fast: readonly TrainerName[] = ['LinearRegressionTrainer', 'SGDRegressorTrainer']

describe('a pipeline trained on a simulated node', () => {
  const parent = temporaryFolder()
  const request = (name: string, changes: Partial<PipelineRequest> = {}): PipelineRequest => ({
    name,
    parent,
    ...built,
    absTrainers: fast,
    dynTrainers: fast,
    isolator: 'min',
    extractor: 'default',
    crossValidation: false,
    threads: 0,
    clock: () => 0,
    ...changes,
  })

  it('has every model of every trainer, in a folder and a zip that the registry reads', async () => {
    const { models, failures, folder, zip } = await trainPipeline(request('whole'))
    assert.deepEqual(failures, [])
    assert.equal(models.length, 2 * 2 * 2 * fast.length)
    for (const store of [folderStore(folder), zipStore(zip)]) {
      const index = await indexPipeline(store)
      assert.equal(index.entries.length, models.length)
      assert.deepEqual(index.damaged, [])
      assert.ok(
        index.entries.every(
          ({ trainer, weights }) => isTrainerName(trainer) && (weights !== undefined) === givesWeights(trainer),
        ),
      )
    }
    for (const file of ['train_arguments.json', 'acpi_DynPower_model_metadata.csv', 'preprocessed_data']) {
      assert.ok(existsSync(join(folder, file)), file)
    }
    assert.deepEqual(
      readdirSync(parent).filter((file) => file.startsWith('.')),
      [],
    )
  })

  it('predicts from its archive, and from its weights, what the model predicted', async () => {
    const { models } = await trainPipeline(request('trainers', { absTrainers: trainerNames, dynTrainers: [] }))
    for (const { model, set } of models.filter(({ set }) => set.group === 'Basic')) {
      const rows = Array.from({ length: 20 }, (_, i) => Array.from(rowOf(setOf(set).x, i * 5)))
      const archive = readModelArchive(model.zip)
      const watts = archive.predict(model.features, rows)
      assert.ok(
        Object.values(watts)
          .flat()
          .every((value) => value >= 0),
        model.name,
      )
      if (model.weights === undefined) continue
      const fromWeights = predictPower(readWeights(model.weights, model.name), model.features, rows)
      for (const [component, values] of Object.entries(watts)) {
        values.forEach((value, i) => {
          const other = Object.entries(fromWeights).find(([name]) => name === component)![1]![i]!
          assert.ok(Math.abs(other - value) <= 1e-9 * (1 + value), `${model.name} ${component}`)
        })
      }
    }
  })

  it('estimates another run of the node within 10 % of its true watts', async () => {
    const { models } = await trainPipeline(
      request('truth', { absTrainers: ['GradientBoostingRegressorTrainer'], dynTrainers: [] }),
    )
    const other = { ...run, seed: 9 }
    const { sets } = buildTrainingSets(simulatedResponse(other), {
      sources: ['acpi', 'rapl-sysfs'],
      outputTypes: ['AbsPower'],
      groups: ['Basic'],
      extractor: defaultExtractor(),
      isolator: () => minIsolator(),
    })
    const truth = new Map([...trueSamples(other)].map((sample) => [sample.time, sample.total]))
    for (const { model, set } of models.filter(({ set }) => set.group === 'Basic')) {
      const { x, timestamps, targets } = sets.find(({ source }) => source === set.source)!
      const rows = Array.from({ length: x.rows }, (_, i) => Array.from(rowOf(x, i)))
      const powers = readModelArchive(model.zip).predict(model.features, rows)
      for (const { component } of targets) {
        const actual = Array.from(timestamps, (time) => truth.get(time)![columns.indexOf(component)]!)
        const mape = meanAbsolutePercentageError(actual, powers[component]!)
        assert.ok(mape < 10, `${set.source} ${component}: ${mape} %`)
      }
    }
  })

  it('is the same for the same seed, on threads as in one', async () => {
    const alone = await trainPipeline(request('same', { absTrainers: ['SGDRegressorTrainer'], seed: 5 }))
    const bytes = readFileSync(alone.zip)
    const threads = await trainPipeline(request('same', { absTrainers: ['SGDRegressorTrainer'], seed: 5, threads: 2 }))
    assert.ok(bytes.equals(readFileSync(threads.zip)))
  })

  it('keeps what was trained before, and its models that are trained anew are new', async () => {
    await trainPipeline(request('grows', { absTrainers: ['LinearRegressionTrainer'], dynTrainers: [] }))
    const { folder } = await trainPipeline(request('grows', { absTrainers: ['SGDRegressorTrainer'], dynTrainers: [] }))
    const trainers = (await indexPipeline(folderStore(folder))).entries.map(({ trainer }) => trainer)
    assert.deepEqual(new Set(trainers), new Set(['LinearRegressionTrainer', 'SGDRegressorTrainer']))
  })

  it('writes nothing when it is stopped', async () => {
    for (const threads of [0, 1]) {
      const stop = new AbortController()
      const stopped = trainPipeline(
        request('stopped', {
          absTrainers: trainerNames,
          threads,
          signal: stop.signal,
          onProgress: (done) => done === 2 && stop.abort('SIGINT'),
        }),
      )
      await assert.rejects(stopped, { code: 'CANCELLED' })
      assert.deepEqual(
        readdirSync(parent).filter((file) => file.includes('stopped')),
        [],
      )
    }
  })

  it('loses nothing but the model of a trainer that fails', async () => {
    const [first] = built.sets
    const broken = {
      ...first!,
      x: matrix([[Number.NaN, 1]]),
      targets: [{ ...first!.targets[0]!, watts: Float64Array.of(1) }],
    }
    const { models, failures } = await trainPipeline(
      request('partly', { sets: [broken, built.sets[1]!], dynTrainers: fast }),
    )
    assert.equal(models.length, fast.length)
    assert.equal(failures.length, fast.length)
    assert.match(failures[0]!.why, /NaN/)
  })
})

function setOf({
  source,
  outputType,
  group,
}: BuiltTrainingSets['sets'][number] | { source: string; outputType: string; group: string }) {
  return built.sets.find((set) => set.source === source && set.outputType === outputType && set.group === group)!
}
