import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { simulatedResponse } from '../../test/support/simulated-response.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { Extractor } from '../extract/extractor.js'
import { extractorNamed } from '../extract/extractors.js'
import { minIsolator } from '../isolate/min.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { buildTrainingSets, type TrainingSetOptions } from './build-training-sets.js'
import { planTasks } from './tasks.js'
import { trainPipeline } from './train-pipeline.js'

describe('training sets', () => {
  let response: PrometheusResponse
  before(() => {
    response = simulatedResponse({ scenario: scenarioNamed('bursty'), duration: 600 })
  })
  const options: TrainingSetOptions = {
    sources: ['rapl-sysfs', 'acpi'],
    outputTypes: ['AbsPower', 'DynPower'],
    extractor: extractorNamed('default'),
    isolator: () => minIsolator(),
    groups: ['BPFOnly', 'Basic'],
  }
  const places = (built: ReturnType<typeof buildTrainingSets>) =>
    built.sets.map(({ source, outputType, group }) => `${source}/${outputType}/${group}`)

  it('are of every source, group and output type, each with a file', () => {
    const built = buildTrainingSets(response, options)
    assert.deepEqual(places(built), [
      'rapl-sysfs/AbsPower/BPFOnly',
      'rapl-sysfs/DynPower/BPFOnly',
      'rapl-sysfs/AbsPower/Basic',
      'rapl-sysfs/DynPower/Basic',
      'acpi/AbsPower/BPFOnly',
      'acpi/DynPower/BPFOnly',
      'acpi/AbsPower/Basic',
      'acpi/DynPower/Basic',
    ])
    assert.deepEqual(built.preprocessed.map(({ fileName }) => fileName).slice(0, 2), [
      'preprocess_abs_default_rapl-sysfs_BPFOnly.csv',
      'preprocess_dyn_default_min_rapl-sysfs_BPFOnly.csv',
    ])
    assert.deepEqual(built.failures, [])
    for (const { outputType, targets } of built.sets) {
      const least = Math.min(...targets[0]!.watts)
      assert.ok(outputType === 'DynPower' ? least < 1 : least > 10, `${outputType}: ${least} W`)
    }
    assert.deepEqual(built.sets[0]!.workloads?.names, ['batch', 'report'])
  })

  it('are made without a table of all containers, which would take many times the response', () => {
    const { name, extract, containers } = extractorNamed('default')
    const isolator = () => ({ ...minIsolator(), needsContainers: true })
    const extractor: Extractor = {
      ...{ name, containers },
      extract(from, request) {
        assert.equal(request.outputType, 'AbsPower')
        return extract(from, request)
      },
    }
    const built = buildTrainingSets(response, { ...options, extractor, isolator })
    assert.equal(built.sets.length, 8)
    assert.deepEqual(built.failures, [])
  })

  it('are only of the output type that is asked for, and the isolator is asked for nothing else', () => {
    const isolator = () => assert.fail('there is nothing to isolate')
    const absolute = buildTrainingSets(response, { ...options, outputTypes: ['AbsPower'], isolator })
    assert.deepEqual(new Set(absolute.sets.map(({ outputType }) => outputType)), new Set(['AbsPower']))
    assert.ok(absolute.preprocessed.every(({ fileName }) => fileName.startsWith('preprocess_abs_')))
    const dynamic = buildTrainingSets(response, { ...options, outputTypes: ['DynPower'] })
    assert.deepEqual(new Set(dynamic.sets.map(({ outputType }) => outputType)), new Set(['DynPower']))
    assert.ok(dynamic.preprocessed.every(({ fileName }) => fileName.startsWith('preprocess_dyn_')))
  })

  it('leave out what fails, and say why; with nothing left the first reason is the error', () => {
    const built = buildTrainingSets(response, { ...options, sources: ['hmc', 'acpi'] })
    assert.ok(places(built).every((place) => place.startsWith('acpi/')))
    assert.ok(built.failures.some(({ what }) => what === 'hmc/AbsPower/BPFOnly'))
    assert.throws(() => buildTrainingSets(response, { ...options, sources: ['hmc'] }), {
      code: 'INVALID_DATA',
      message: /^nothing can be trained: hmc\/AbsPower\/BPFOnly: /,
    })
    assert.throws(
      () => buildTrainingSets(response, { ...options, groups: [] }),
      /^ModelError: no feature group is complete/,
    )
  })

  it('become a task for each trainer of their output type', () => {
    const { sets } = buildTrainingSets(response, { ...options, sources: ['acpi'], groups: ['BPFOnly'] })
    const plan = { seed: 3, crossValidation: false, specOf: () => ({ cores: 8 }) }
    const tasks = planTasks(sets, {
      ...plan,
      absTrainers: ['SGDRegressorTrainer', 'LinearRegressionTrainer'],
      dynTrainers: ['SVRRegressorTrainer'],
    })
    assert.deepEqual(
      tasks.map(({ set, trainer, options: given }) => [set.outputType, trainer, given]),
      [
        ['AbsPower', 'SGDRegressorTrainer', { seed: 3, crossValidation: false, machineSpec: { cores: 8 } }],
        ['AbsPower', 'LinearRegressionTrainer', { seed: 3, crossValidation: false, machineSpec: { cores: 8 } }],
        ['DynPower', 'SVRRegressorTrainer', { seed: 3, crossValidation: false, machineSpec: { cores: 8 } }],
      ],
    )
    const [unknown] = planTasks(sets, {
      ...plan,
      specOf: () => undefined,
      absTrainers: ['SGDRegressorTrainer'],
      dynTrainers: [],
    })
    assert.deepEqual(unknown?.options, { seed: 3, crossValidation: false })
  })

  it("the machine's spec stands in the metadata of its models, in whole numbers", async () => {
    const built = buildTrainingSets(response, {
      ...options,
      sources: ['acpi'],
      groups: ['BPFOnly'],
      outputTypes: ['AbsPower'],
    })
    const { models } = await trainPipeline({
      ...built,
      ...{ name: 'std', parent: temporaryFolder(), isolator: 'min', extractor: 'default', clock: () => 0 },
      ...{ absTrainers: ['LinearRegressionTrainer'], dynTrainers: [], crossValidation: false, threads: 0 },
      machines: new Map([[0, { spec: { processor: 'x', cores: 8.2 }, members: ['a'] }]]),
    })
    assert.deepEqual(models[0]?.model.metadata.machine_spec, { processor: 'x', cores: 8 })
  })
})
