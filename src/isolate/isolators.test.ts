import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Component } from '../core/energy-source.js'
import { type Dataset, trainingData } from '../extract/dataset.js'
import type { IdleProfile } from './idle-profile.js'
import { isolatorNameOf } from './isolators.js'
import { minIsolator } from './min.js'
import { noneIsolator } from './none.js'
import { profileIsolator } from './profile.js'
import { type BackgroundModel, trainedIsolator } from './trained.js'

/** Two times, a workload and two background containers; the node idles at 40 W and draws 1 W per ms of anyone. */
const [app, agent, system] = ['1/app-1/app/work', '2/agent-x/agent/infra', 'sys/sys/system_processes/system']
const containers: Dataset = {
  source: 'acpi',
  outputType: 'DynPower',
  rows: 7,
  timestamps: Float64Array.of(10, 10, 10, 13, 13, 13, 16),
  containerIds: [app, agent, system, app, agent, system, agent],
  features: [{ name: 'bpf_cpu_time_ms', values: Float64Array.of(10, 2, 1, 30, 4, 1, 5) }],
  powers: [{ name: 'platform_power', component: 'platform', values: Float64Array.of(53, 53, 53, 75, 75, 75, 45) }],
  ratios: [],
  nodeTypes: new Int32Array(7),
}
const node: Dataset = {
  ...containers,
  outputType: 'AbsPower',
  rows: 2,
  timestamps: Float64Array.of(10, 13),
  features: [{ name: 'bpf_cpu_time_ms', values: Float64Array.of(13, 35) }],
  powers: [{ name: 'platform_power', component: 'platform', values: Float64Array.of(53, 75) }],
  nodeTypes: new Int32Array(2),
}

const profile: IdleProfile = {
  format: 'kepler-idle-profile/1',
  containers: ['agent', 'system_processes'],
  power: { acpi: { platform: { '0': { lowest: 42, highest: 44, units: 1 } } } },
}

/** 40 W and `slope` per ms. */
const model = (name: string, error: number, slope: number, features = ['bpf_cpu_time_ms']): BackgroundModel => ({
  name,
  error,
  features,
  predict: (x) => new Map<Component, Float64Array>([['platform', x.data.map((ms) => 40 + slope * ms)]]),
})

const watts = (dataset: Dataset) => dataset.powers.map(({ values }) => [...values])
const usage = (dataset: Dataset) => dataset.features.map(({ values }) => [...values])

describe('isolators', () => {
  for (const isolator of [
    noneIsolator(),
    minIsolator(),
    profileIsolator(profile),
    trainedIsolator([model('m', 1, 1)], {}),
  ]) {
    it(`give dynamic power, one row a time, and leave their input alone: ${isolator.name}`, () => {
      const before = structuredClone(containers)
      const { dataset } = isolator.isolate(containers)
      assert.deepEqual(containers, before)
      assert.deepEqual([dataset.outputType, [...dataset.timestamps]], ['DynPower', [10, 13, 16]])
      assert.deepEqual(new Set(dataset.containerIds), new Set(['all containers']))
      assert.ok(dataset.powers.every(({ values }) => values.every((w) => w >= 0)))
      if (isolator.needsContainers) {
        const { containerIds: _, ...whole } = node
        assert.throws(() => isolator.isolate(whole), { code: 'INVALID_DATA', message: /per container/ })
      }
    })
  }

  it('none keeps watts, min takes the least of each column', () => {
    const { containerIds: _, ...whole } = node
    assert.deepEqual(watts(noneIsolator().isolate(whole).dataset), [[53, 75]])
    assert.deepEqual(watts(minIsolator().isolate(whole).dataset), [[0, 22]])
    assert.deepEqual(usage(minIsolator().isolate(containers).dataset), [[13, 35, 5]])
  })

  it('profile takes idle containers and idle watts', () => {
    const { dataset, notes } = profileIsolator(profile).isolate(containers)
    assert.deepEqual(usage(dataset), [[10, 30, 0]])
    assert.deepEqual(watts(dataset), [[10, 32, 2]])
    assert.match(notes.join('\n'), /2 of 3 containers are background/)
  })

  it('profile takes one unit from each package, and all units from the node (the original takes all from each)', () => {
    const power = { lowest: 19, highest: 21, units: 2 }
    const rapl: IdleProfile = {
      ...profile,
      power: { 'rapl-sysfs': { package: { '7': power } } },
    }
    const values = containers.powers[0]!.values
    const packages: Dataset = {
      ...containers,
      source: 'rapl-sysfs',
      powers: ['0', '1'].map((unit) => ({ name: `package_${unit}_package_power`, component: 'package', unit, values })),
    }
    assert.deepEqual(watts(profileIsolator(rapl).isolate(packages).dataset), [
      [33, 55, 25],
      [33, 55, 25],
    ])
    const whole: Dataset = { ...packages, powers: [{ name: 'package_power', component: 'package', values }] }
    assert.deepEqual(watts(profileIsolator(rapl).isolate(whole).dataset), [[13, 35, 5]])
    assert.throws(() => profileIsolator(profile).isolate(whole), {
      code: 'INVALID_DATA',
      message: /no package power of rapl-sysfs/,
    })
  })

  it('trainer takes what a model says that the background drew, idle included', () => {
    const { dataset, notes } = trainedIsolator([model('bad', 5, 3), model('good', 1, 1)], {
      bgHints: ['agent', 'system'],
    }).isolate(containers)
    assert.deepEqual(usage(dataset), [[10, 30, 0]])
    assert.deepEqual(watts(dataset), [[10, 30, 0]])
    assert.match(notes.join('\n'), /good predicts/)
  })

  it('trainer prefers a model after whose background power follows usage', () => {
    const backwards: BackgroundModel = {
      ...model('backwards', 0.1, 1),
      predict: () => new Map<Component, Float64Array>([['platform', Float64Array.of(0, 75, 0)]]),
    }
    const rule = { targetHints: ['app'] }
    const choice = trainedIsolator([model('good', 2, 1), backwards], rule).isolate(containers)
    assert.match(choice.notes.join('\n'), /good predicts/)
    assert.match(trainedIsolator([backwards], rule).isolate(containers).notes.join('\n'), /no model reached/)
  })

  it('trainer says when no model knows the data', () => {
    const strange = model('strange', 1, 1, ['cpu_cycles'])
    assert.throws(() => trainedIsolator([strange], {}).isolate(containers), {
      code: 'NO_MODEL',
      message: /from bpf_cpu_time_ms/,
    })
  })

  it('are known by their names and by those of the original', () => {
    assert.deepEqual(['min', 'MinIdleIsolator', 'TrainIsolator'].map(isolatorNameOf), ['min', 'min', 'trainer'])
    assert.throws(() => isolatorNameOf('constructor'), { code: 'INVALID_REQUEST', field: 'isolator' })
  })

  it('keeps components apart for training', () => {
    assert.deepEqual(
      trainingData(minIsolator().isolate(containers).dataset).y.map(({ component }) => component),
      ['platform'],
    )
  })
})
