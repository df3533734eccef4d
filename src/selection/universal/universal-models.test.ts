import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../archive/read-model-archive.js'
import { ModelError } from '../../core/errors.js'
import { parseModelRequest } from '../model-request.js'
import { keplerMilliwatts } from '../../../test/support/kepler-arithmetic.js'
import { loads } from '../../universal/machine.js'
import { createMachinePowers } from '../../universal/machine-powers.js'
import type { OwnMachine } from './machine-of-spec.js'
import { createUniversalModels } from './universal-models.js'

const powers = createMachinePowers()
const ownSpec = { processor: 'intel_xeon_gold_6338', cores: 128, chips: 2, memory: 256 }
const own: OwnMachine = {
  spec: ownSpec,
  question: {
    machine: { processor: 'Intel Xeon Gold 6338', threads: 128, cores: 64, chips: 2, memory: 256, vendor: 'dell' },
  },
}
const models = (changes: { readonly own?: OwnMachine; readonly errorKey?: string } = {}) =>
  createUniversalModels({ powers, own: () => changes.own ?? own, errorKey: changes.errorKey ?? 'mae', startedAt: 0 })
const spec = { processor: 'amd_epyc_9654', cores: 384, chips: 2, memory: 768, frequency: 3700 }
const body = { metrics: ['bpf_cpu_time_ms', 'cpu_cycles'], output_type: 'AbsPower', source: 'acpi', machine_spec: spec }
const find = (changes: object, of = models()) => of.find(parseModelRequest({ ...body, ...changes }))

describe('universal models', () => {
  it('give the curve of the machine, with its interval, as an archive of our own', () => {
    const served = find({})
    const archive = readModelArchive(served!.body)
    const { wall } = powers.powerOf({
      machine: { processor: spec.processor, threads: 384, chips: 2, memory: 768 },
    }).answer
    const {
      powers: watts,
      intervals,
      method,
    } = archive.estimate(
      ['bpf_cpu_time_ms'],
      loads.map((load) => [load * 384_000]),
    )
    watts.platform!.forEach((value, u) => {
      assert.ok(Math.abs(value - wall.watts[u]!) < 1e-9 * value)
      assert.ok(Math.abs(intervals.platform!.lower[u]! - wall.low[u]!) < 1e-3 * value)
      assert.ok(Math.abs(intervals.platform!.upper[u]! - wall.high[u]!) < 1e-3 * value)
    })
    assert.equal(method, 'universal model')
    assert.equal(served!.selection.modelName, 'UniversalTrainer_-1')
    assert.deepEqual(served!.selection.match, {
      how: 'universal',
      nodeType: -1,
      known: 'processor',
      machine: 'the spec',
    })
    assert.deepEqual(archive.metadata.machine_spec, spec)
    assert.equal('line' in Object(archive.metadata.universal), false)
  })

  it('are made once for a machine', () => {
    const all = models()
    assert.equal(find({}, all)!.body, find({}, all)!.body)
    assert.notDeepEqual(find({ machine_spec: null }, all)!.body, find({}, all)!.body)
  })

  it('have the threads that machines alike have where nobody says how many', () => {
    const of = (machine_spec: object) => {
      const { body: text, selection } = find({ weight: true, machine_spec })!
      const { assumptions } = JSON.parse(text.toString()).universal
      const scale = JSON.parse(text.toString()).platform.All_Weights.Numerical_Variables.bpf_cpu_time_ms.scale
      return { assumptions: assumptions as readonly string[], scale, cores: selection.machineSpec?.cores }
    }
    const { assumptions, scale, cores } = of({ processor: 'amd_epyc_9654' })
    assert.deepEqual([scale, cores], [384_000, 384])
    assert.ok(assumptions.includes('threads: 384, from processor'), assumptions.join('; '))
    assert.ok(assumptions.includes('vendor: not known'))
  })

  it('give packages and memory for RAPL, of which the names that Kepler uses are all one', () => {
    for (const source of ['rapl-sysfs', 'intel_rapl', 'rapl']) {
      assert.deepEqual(readModelArchive(find({ source })!.body).components, ['package', 'dram'])
    }
    assert.equal(find({ source: 'redfish' }), undefined)
  })

  for (const [metric, full] of [
    ['bpf_cpu_time_ms', 384_000],
    ['cpu_time_ms', 384_000],
    ['cpu_seconds', 384],
    ['cpu_usage_ratio', 1],
  ] as const) {
    it(`know the utilisation from ${metric}`, () => {
      const { body: zip, selection } = find({ metrics: [metric] })!
      const { platform } = readModelArchive(zip).predict([metric], [[0], [full], [2 * full]])
      const { watts } = powers.powerOf({ machine: { processor: spec.processor, threads: 384, chips: 2, memory: 768 } })
        .answer.wall
      assert.deepEqual(platform!.map(Math.round), [watts[0]!, watts[10]!, watts[10]!].map(Math.round))
      assert.equal(selection.featureGroup, metric === 'bpf_cpu_time_ms' ? 'BPFOnly' : 'CPUTimeOnly')
    })
  }

  it('need to know how busy the machine is', () => {
    assert.equal(find({ metrics: ['cpu_cycles', 'cache_miss'] }), undefined)
  })

  it('share dynamic power among containers so that the shares add up', () => {
    const { model } = readModelArchive(find({ output_type: 'DynPower' })!.body)
    const archive = readModelArchive(find({ output_type: 'DynPower' })!.body)
    const parts = archive.predict(model.features, [[10_000], [50_000], [100_000]]).platform!
    const [whole] = archive.predict(model.features, [[160_000]]).platform!
    assert.ok(Math.abs(parts.reduce((sum, watts) => sum + watts, 0) - whole!) < 1e-9 * whole!)
    assert.deepEqual(archive.predict(model.features, [[0]]).platform, [0])
  })

  it('mean this machine where a request says nothing of it, or says what it is', () => {
    for (const machine of [null, undefined, {}, { cores: 0, processor: '' }, { frequency: 3000 }, ownSpec]) {
      const served = find({ machine_spec: machine })
      assert.deepEqual(served!.selection.machineSpec, ownSpec)
      assert.equal(served!.selection.match?.how === 'universal' && served!.selection.match.machine, 'this machine')
    }
    const other = find({ machine_spec: { ...ownSpec, cores: 64 } })
    assert.equal(other!.selection.match?.how === 'universal' && other!.selection.match.machine, 'the spec')
  })

  it('use and name what the owner of this machine measured, and only of this machine', () => {
    const points = [{ load: 0.5, watts: 900 }]
    const calibration = { machine: '', points, source: 'points', measured: '2026-11-28T00:00:00Z' }
    const measured = models({ own: { ...own, question: { ...own.question, points }, calibration } })
    const archive = readModelArchive(find({ machine_spec: null }, measured)!.body)
    const [half] = archive.predict(['bpf_cpu_time_ms'], [[64_000]]).platform!
    assert.ok(Math.abs(half! / 900 - 1) < 0.05, `${half} W`)
    assert.match(JSON.stringify(archive.metadata.universal), /measured on this machine: points, 2026-11-28/)
    const [other] = readModelArchive(find({}, measured)!.body).predict(['bpf_cpu_time_ms'], [[192_000]]).platform!
    const [same] = readModelArchive(find({})!.body).predict(['bpf_cpu_time_ms'], [[192_000]]).platform!
    assert.equal(other, same)
  })

  describe('as weights', () => {
    const threads = spec.cores
    const weights = (changes: object = {}) => find({ weight: true, ...changes })!.body.toString('utf8')

    for (const source of ['acpi', 'rapl-sysfs']) {
      it(`are a line that Kepler's arithmetic follows along the curve of ${source}`, () => {
        const { answer } = powers.powerOf({ machine: { processor: spec.processor, threads, chips: 2, memory: 768 } })
        const bands = source === 'acpi' ? { platform: answer.wall } : { package: answer.package, dram: answer.dram! }
        const text = weights({ source })
        for (const [component, { watts }] of Object.entries(bands)) {
          const away = loads.map((load, u) => {
            const values = { bpf_cpu_time_ms: load * threads * 1000, cpu_cycles: 1e12 }
            const milliwatts = keplerMilliwatts(text, component, values, { cores: threads, idle: u === 0 })
            return Math.abs(Number(milliwatts) / 1000 / watts[u]! - 1)
          })
          const mean = away.reduce((sum, one) => sum + one, 0) / away.length
          const { line } = JSON.parse(text).universal
          assert.ok(mean < 0.12, `${component}: ${mean}`)
          assert.ok(Math.abs(100 * mean - line[component].mean_percent) < 0.2, JSON.stringify(line))
          assert.ok(Math.abs(100 * Math.max(...away) - line[component].largest_percent) < 0.2, JSON.stringify(line))
        }
      })
    }

    it('carry what Kepler needs to evaluate them, and where they are from', () => {
      const text = weights({ trainer_name: 'SGDRegressorTrainer', node_type: 0 })
      const { model_name, machine_spec, mae, universal } = JSON.parse(text)
      assert.equal(model_name, 'SGDRegressorTrainer_-1')
      assert.deepEqual(machine_spec, spec)
      assert.ok(mae > 0)
      assert.equal(universal.machine, 'the spec')
      assert.match(universal.sources.join(), /SPECpower_ssj2008/)
    })

    it('are no curve for who wants one: Kepler reads curves from cycles', () => {
      assert.equal(find({ weight: true, trainer_name: 'LogarithmicRegressionTrainer' }), undefined)
    })

    it('have no idle power of containers', () => {
      const text = weights({ output_type: 'DynPower' })
      assert.equal(keplerMilliwatts(text, 'platform', { bpf_cpu_time_ms: 0 }, { cores: threads }), 0n)
      assert.ok(keplerMilliwatts(text, 'platform', { bpf_cpu_time_ms: 1000 }, { cores: threads }) > 0n)
    })
  })

  it('give the original, which loads no curve, the line', () => {
    const served = models().find({ ...parseModelRequest(body, true) })
    const archive = readModelArchive(served!.body)
    assert.equal(archive.metadata.model_class, 'scikit')
    assert.equal(archive.model.components[0]!.predictor.kind, 'linear')
    assert.deepEqual(archive.metadata.machine_spec, spec)
    const { machine_spec: _, ...older } = body
    const bare = readModelArchive(models().find(parseModelRequest(older, true))!.body)
    assert.equal(bare.metadata.machine_spec, undefined)
  })

  it('are chosen by filters and by the error that ranks', () => {
    const mae = find({})!.selection.error
    assert.ok(find({ filter: `mae:${mae}; features:bpf_cpu_time_ms` }))
    assert.equal(find({ filter: `mae:${mae - 0.02}` }), undefined)
    assert.equal(find({ filter: 'features:cpu_cycles' }), undefined)
    assert.equal(find({}, models({ errorKey: 'platform_mape' }))!.selection.errorKey, 'platform_mape')
    assert.equal(find({}, models({ errorKey: 'package_mae' })), undefined)
  })

  it('say more of a machine of which they know more', () => {
    const errors = [spec, { processor: 'amd_epyc_9654', cores: 384 }, { cores: 384 }].map(
      (machine_spec) => readModelArchive(find({ machine_spec })!.body).metadata.mape!,
    )
    assert.deepEqual(
      [...errors].sort((a, b) => a - b),
      errors,
    )
  })

  it('take a few threads of a large processor for a virtual machine', () => {
    const { body: zip } = find({ machine_spec: { processor: 'amd_epyc_9654', cores: 8, chips: 8, memory: 32 } })!
    const archive = readModelArchive(zip)
    const [idle, full] = archive.predict(['bpf_cpu_time_ms'], [[0], [8000]]).platform!
    assert.ok(idle! > 0.5 && full! < 40, `${idle} to ${full} W`)
    assert.match(JSON.stringify(archive.metadata.universal), /usual machine with this processor/)
    assert.equal(archive.metadata.machine_spec?.cores, 8)
  })

  for (const [machine, field] of [
    [{ cores: 2, chips: 8 }, 'machine_spec.cores'],
    [{ processor: 'x', cores: 1e9 }, 'machine_spec.cores'],
    [{ processor: 'x', memory: 1e9 }, 'machine_spec.memory'],
    [{ chips: 1000 }, 'machine_spec.chips'],
  ] as const) {
    it(`refuse ${JSON.stringify(machine)}, naming ${field}`, () => {
      assert.throws(
        () => find({ machine_spec: machine }),
        (error) => error instanceof ModelError && error.code === 'INVALID_REQUEST' && error.field === field,
      )
    })
  }

  it('say why there is none', () => {
    const why = (changes: object) => {
      const request = parseModelRequest({ ...body, ...changes })
      assert.equal(models().find(request), undefined)
      return models().whyNone(request)
    }
    assert.equal(why({ source: 'redfish' }), 'universal has no models for redfish')
    assert.match(why({ metrics: ['cpu_cycles'] }), /^universal needs one of the metrics bpf_cpu_time_ms, /)
    assert.equal(why({ trainer_name: 'KNN' }), 'universal has no models of trainer "KNN"')
    assert.match(why({ node_type: 3, loose_node_type: false }), /has no node types, and loose_node_type is false$/)
    assert.equal(why({ filter: 'mae:0.001' }), 'filter "mae:0.001" rejects the models of universal')
  })
})
