import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedLog } from '../../../test/support/recorded-log.js'
import { ModelError } from '../../core/errors.js'
import { loads } from '../../universal/machine.js'
import { createMachinePowers } from '../../universal/machine-powers.js'
import { parseBestModelsQuery } from '../best-models-query.js'
import { parseModelRequest } from '../model-request.js'
import { isOfAnotherMachine, universalInstead } from './instead.js'
import type { OwnMachine } from './machine-of-spec.js'
import { createUniversalModels } from './universal-models.js'

const own: OwnMachine = {
  spec: { processor: 'intel_xeon_gold_6338', cores: 128, chips: 2, memory: 256 },
  question: { machine: { processor: 'Intel Xeon Gold 6338', threads: 128, cores: 64, chips: 2, memory: 256 } },
}
const models = (powers = createMachinePowers(), errorKey = 'mae') =>
  createUniversalModels({ powers, own: () => own, errorKey, startedAt: 1234 })
const best = (query: object) => models().bestModels(parseBestModelsQuery(query))
const curve = 'UniversalTrainer_-1'

describe('the universal models of this machine', () => {
  it('are the best of every group that says how busy it is', () => {
    const groups = { BPFOnly: curve, CPUTimeOnly: curve }
    assert.deepEqual(best({}), { AbsPower: groups, DynPower: groups })
    assert.deepEqual(best({ 'output-type': 'DynPower', 'feature-group': 'BPFOnly' }), { DynPower: { BPFOnly: curve } })
    assert.deepEqual(best({ 'output-type': 'AbsPower', 'feature-group': 'CounterOnly' }), { AbsPower: {} })
  })

  it('are of no node type', () => {
    assert.deepEqual(best({ 'node-type': '0', 'output-type': 'AbsPower' }), { AbsPower: {} })
    assert.deepEqual(Object.keys(best({ 'node-type': '-1' }).AbsPower ?? {}), ['BPFOnly', 'CPUTimeOnly'])
  })

  it('pass a filter or not', () => {
    assert.deepEqual(best({ 'output-type': 'AbsPower', filter: 'features:cpu_time_ms' }), {
      AbsPower: { BPFOnly: curve, CPUTimeOnly: curve },
    })
    assert.deepEqual(best({ 'output-type': 'AbsPower', filter: 'mae:0.001' }), { AbsPower: {} })
  })

  it('are in the metrics once the model was asked for anything, the line of each source and output type', () => {
    const powers = createMachinePowers()
    const all = models(powers)
    assert.deepEqual(all.weightModels(), [])
    const { wall } = all.ownPower().answer
    const listed = all.weightModels()
    assert.deepEqual(
      listed.map(({ source, outputType }) => `${source} ${outputType}`),
      ['rapl-sysfs AbsPower', 'rapl-sysfs DynPower', 'acpi AbsPower', 'acpi DynPower'],
    )
    const [, , absolute, dynamic] = listed
    assert.deepEqual(
      [absolute?.pipeline, absolute?.featureGroup, absolute?.modelName, absolute?.trainer, absolute?.nodeType],
      ['universal', 'BPFOnly', 'SGDRegressorTrainer_-1', 'SGDRegressorTrainer', -1],
    )
    const unit = absolute!.weights.platform!.All_Weights
    assert.equal(unit.Numerical_Variables.bpf_cpu_time_ms?.scale, 128_000)
    assert.ok(Math.abs(unit.Bias_Weight! / wall.watts[0]! - 1) < 0.3)
    assert.equal(dynamic!.weights.platform!.All_Weights.Bias_Weight, 0)
    assert.ok(absolute!.errors.platform_mae! > 0)
    // The errors of a model are the worst of its components, in hundredths.
    for (const { errors } of listed) {
      for (const error of ['mae', 'mape'] as const) {
        const each = Object.entries(errors).flatMap(([key, value]) => (key.endsWith(`_${error}`) ? [value] : []))
        assert.equal(errors[error], Math.max(...each))
        for (const value of each) assert.equal(value, Number(value.toFixed(2)))
      }
      assert.ok(errors.mape! < 1000)
    }
  })

  it('are counted as a curve and a line of each source and output type', () => {
    const { loadedAt, models: count, sources, nodeTypes, damaged } = models().status()
    assert.deepEqual(
      { loadedAt, count, sources, nodeTypes, damaged },
      { loadedAt: 1234, count: 8, sources: ['rapl-sysfs', 'acpi'], nodeTypes: 0, damaged: 0 },
    )
  })

  it('say that they have not the error that ranks', () => {
    const request = parseModelRequest({ metrics: ['cpu_time_ms'], output_type: 'AbsPower' })
    assert.match(models(createMachinePowers(), 'cv_mae').whyNone(request), /have no cv_mae, by which this server ranks/)
  })

  it('say where their watts are from, and how far a line is from the curve', () => {
    const all = models()
    const origin = (more: object) => {
      const request = parseModelRequest({ metrics: ['cpu_time_ms'], output_type: 'AbsPower', weight: true, ...more })
      return JSON.parse(all.find(request)!.body.toString()).universal
    }
    const mine = origin({ source: 'acpi' })
    const { wall, dram } = all.ownPower().answer
    const tenth = (watts: number) => Math.round(watts * 10) / 10
    const last = loads.length - 1
    assert.deepEqual(mine.watts.platform, {
      idle: [wall.watts[0]!, wall.low[0]!, wall.high[0]!].map(tenth),
      full: [wall.watts[last]!, wall.low[last]!, wall.high[last]!].map(tenth),
    })
    assert.deepEqual([mine.machine, mine.known, mine.calibration_points], ['this machine', 'processor', 0])
    const { largest_percent: largest, mean_percent: mean } = mine.line.platform
    assert.ok(largest > mean && mean > 0 && largest < 60, `${largest} and ${mean} %`)
    assert.equal('host' in mine, false)
    assert.equal(origin({}).watts.dram.idle[0], tenth(dram!.watts[0]!))
    const virtual = origin({ machine_spec: { processor: 'amd_epyc_9654', cores: 8, chips: 8, memory: 32 } })
    assert.deepEqual(Object.keys(virtual.host), ['share', 'from'])
    assert.equal(virtual.machine, 'the spec')
    assert.ok(virtual.host.share < 0.1)
  })
})

describe('universalInstead', () => {
  const request = parseModelRequest({
    ...{ metrics: ['cpu_time_ms'], output_type: 'AbsPower', source: 'acpi' },
    machine_spec: { processor: 'A', cores: 8 },
  })
  const found = models().find(request)!
  const selection = {
    ...found.selection,
    match: { how: 'similar', nodeType: 1, uncertainty: 0, looseness: 0.5 } as const,
    machineSpec: { processor: 'B' },
  }
  const failing = (error: Error) => {
    const find = () => {
      throw error
    }
    const logger = recordedLog()
    const made = universalInstead({ ...models(), find }, request, { ...found, selection }, logger)
    return { made, lines: logger.lines }
  }

  it('leaves the most similar machine where none is like that, and says so', () => {
    const { made, lines } = failing(new ModelError('INVALID_REQUEST', 'no such machine'))
    assert.equal(made, undefined)
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields]),
      [['debug', { machineSpec: { processor: 'A', cores: 8 }, reason: 'no such machine' }]],
    )
  })

  it('fails where the model itself fails', () => {
    for (const error of [new ModelError('UNAVAILABLE', 'away'), new Error('broken')]) {
      assert.throws(
        () => failing(error),
        (thrown) => thrown === error,
      )
    }
  })
})

describe('isOfAnotherMachine', () => {
  const similar = { how: 'similar', nodeType: 1, uncertainty: 0, looseness: 0.5 } as const
  const wanted = { machineSpec: { processor: 'A', cores: 8 }, nodeType: -1 }
  const model = { match: similar, machineSpec: { processor: 'B' } }

  it('is one of another processor that stands in for the machine', () => {
    assert.equal(isOfAnotherMachine(model, wanted), true)
    const fallback = { how: 'fallback', nodeType: 1, wanted: 2 } as const
    assert.equal(isOfAnotherMachine({ ...model, match: fallback }, wanted), true)
    assert.equal(isOfAnotherMachine({ ...model, machineSpec: { processor: 'a' } }, wanted), false)
  })

  it('is any other processor to a request that does not say which it has', () => {
    assert.equal(isOfAnotherMachine(model, { ...wanted, machineSpec: { cores: 8 } }), true)
  })

  it('is none where the request names a node type or no machine, or the model does not say', () => {
    assert.equal(isOfAnotherMachine(model, { ...wanted, nodeType: 0 }), false)
    assert.equal(isOfAnotherMachine(model, { ...wanted, machineSpec: {} }), false)
    assert.equal(isOfAnotherMachine({ ...model, machineSpec: undefined }, wanted), false)
    for (const how of ['exact', 'partial', 'explicit'] as const) {
      assert.equal(isOfAnotherMachine({ ...model, match: { ...similar, how } }, wanted), false)
    }
    assert.equal(isOfAnotherMachine({ ...model, match: undefined }, wanted), false)
  })
})
