import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { close, dataset, numbers, worked } from '../../test/support/platform-dataset.js'
import type { Component } from '../core/energy-source.js'
import type { Dataset } from '../extract/dataset.js'
import { isBackground, parseHints } from './background.js'
import { correlation } from './correlation.js'
import type { IdleProfile } from './idle-profile.js'
import { profileOfIdleWindows } from './idle-windows.js'
import { isolatorNamed, isolatorNameOf, isolatorNames, needsOf } from './isolators.js'
import { minIsolator } from './min.js'
import { sumContainers } from './sum-containers.js'
import { type BackgroundModel, trainedIsolator } from './trained.js'

describe('correlation', () => {
  it('is 1 or -1 on a line, 0 where one does not move, and what Pearson has between', () => {
    const a = Float64Array.of(1, 2, 3, 4)
    close(correlation(a, Float64Array.of(10, 20, 30, 40)), 1)
    close(correlation(a, Float64Array.of(4, 3, 2, 1)), -1)
    close(correlation(a, Float64Array.of(1, 3, 2, 4)), 0.8)
    assert.deepEqual(
      [
        correlation(
          a,
          a.map(() => 7),
        ),
        correlation(
          a.map(() => 7),
          a,
        ),
      ],
      [0, 0],
    )
  })
})

describe('the min isolator', () => {
  it('says what it takes for idle, and nothing of no rows', () => {
    const { notes } = minIsolator().isolate(worked(40.1234, 0, 100))
    assert.deepEqual(notes, ['platform_power: 40.123 W is idle'])
    assert.deepEqual(minIsolator().isolate(dataset([], [])).notes, [])
  })
})

describe('sums over containers', () => {
  const ids = ['a', 'b', 'a', 'b']
  const set = dataset([1, 2, 4, 8], [50, 50, 70, 70], {
    ...{ containerIds: ids, timestamps: Float64Array.of(0, 0, 3, 3), nodeTypes: Int32Array.of(1, 1, 2, 2) },
    ratios: [{ name: 'r', component: 'package', unit: '0', values: Float64Array.of(0.2, 0.4, 1, 0) }] as never,
  })

  it('are one row a time, of those that are kept, with the power once and the mean of ratios', () => {
    const asked: string[] = []
    const sum = sumContainers(set, (id) => {
      asked.push(id)
      return id === 'b'
    })
    assert.deepEqual(asked, ['a', 'b'])
    assert.deepEqual(
      [[...sum.features[0]!.values], [...sum.powers[0]!.values]],
      [
        [2, 8],
        [50, 70],
      ],
    )
    assert.deepEqual([[...sum.timestamps], [...sum.nodeTypes], sum.rows], [[0, 3], [1, 2], 2])
    close(sum.ratios[0]!.values[0]!, 0.3)
    close(sum.ratios[0]!.values[1]!, 0.5)
    assert.equal(sum.containerIds?.length, 2)
    assert.deepEqual([...sumContainers(set).features[0]!.values], [3, 12])
  })
})

describe('rules of background', () => {
  it('look at the whole id where it is of another form', () => {
    assert.equal(isBackground({ bgHints: ['abc'] })('abc'), true)
    assert.equal(isBackground({ names: new Set(['x/y']) })('x/y'), true)
    assert.equal(isBackground({ bgHints: ['id'] })('id/pod/name/space'), false)
    assert.equal(isBackground({ targetHints: ['a'], bgHints: ['b'] })('i/a/b/c'), true)
    assert.equal(isBackground({ targetHints: ['q', 'a'] })('i/a/x/c'), false)
  })

  it('are read from a list', () => {
    assert.deepEqual([parseHints(' a, ,b,'), parseHints(undefined), parseHints('')], [['a', 'b'], [], []])
  })
})

describe('isolators by name', () => {
  it('have what they need', async () => {
    assert.deepEqual(isolatorNames, ['auto', 'none', 'min', 'profile', 'trainer'])
    assert.deepEqual(isolatorNames.map(needsOf), [undefined, undefined, undefined, 'profile', 'models'])
    assert.deepEqual(
      ['NoneIsolator', 'MinIdleIsolator', 'ProfileBackgroundIsolator', 'TrainIsolator', 'auto'].map(isolatorNameOf),
      ['none', 'min', 'profile', 'trainer', 'auto'],
    )
    const message = /unknown isolator "x"; there are auto, none, min, profile, trainer, NoneIsolator, MinIdleIsolator, /
    assert.throws(() => isolatorNameOf('x'), { message })
    const profile = (): never => assert.fail('it is not asked')
    const inputs = { rule: {}, hasProfile: false, profile, models: async () => [] }
    for (const name of ['auto', 'none', 'min', 'trainer'] as const) {
      assert.equal((await isolatorNamed(name, inputs)).name, name)
    }
    await assert.rejects(isolatorNamed('profile', inputs), /it is not asked/)
    const given = {
      ...inputs,
      hasProfile: true,
      profile: (): IdleProfile => ({ format: 'kepler-idle-profile/1', containers: ['a'], power: {} }),
    }
    assert.equal((await isolatorNamed('auto', given)).needsContainers, true)
    assert.equal((await isolatorNamed('profile', given)).name, 'profile')
    assert.equal((await isolatorNamed('auto', inputs)).needsContainers, false)
    for (const rule of [{ targetHints: ['a'] }, { bgHints: ['a'] }, { names: new Set(['a']) }]) {
      assert.equal((await isolatorNamed('auto', { ...inputs, rule })).needsContainers, true)
    }
  })
})

describe('idle windows', () => {
  /** Rows of no usage between rows of work; a search without averaging. */
  const found = (idle: number, more: object = {}, watts = (row: number) => 50 + (row % 2)) => {
    const usage = numbers(200, (i) => (i >= 50 && i < 50 + idle ? 0 : 100 + i))
    const search = { window: 1, shortest: 10, quiet: 0.05, ...more }
    return profileOfIdleWindows(dataset(usage, numbers(200, watts)), search)?.power.acpi?.platform
  }

  it('are so long at least', () => {
    assert.deepEqual(found(10), { '0': { lowest: 50, highest: 51, units: 1 } })
    assert.equal(found(9), undefined)
    assert.ok(found(9, { shortest: 9 }))
    assert.equal(found(12, { window: 5 }), undefined)
    assert.ok(found(14, { window: 5 }))
  })

  it('have what their rows drew, and no other rows', () => {
    assert.deepEqual(found(20, {}, (row) => row)?.['0'], { lowest: 50, highest: 69, units: 1 })
    assert.deepEqual(found(20, { window: 3 }, (row) => row)?.['0'], { lowest: 51, highest: 68, units: 1 })
  })

  it('are of the usual quiet: rows of still less, up to a fiftieth, are no measure', () => {
    const rested = (less: number) => {
      const usage = numbers(200, (i) => (i < less ? 0 : i < 100 ? 20 : 100))
      return profileOfIdleWindows(dataset(usage, usage), { window: 1 }) !== undefined
    }
    // From 20 to 100 the limit is 24, from 0 to 100 it is 5.
    assert.deepEqual([rested(4), rested(5)], [true, false])
    // As many may be busier than usual.
    const busy = (more: number) => {
      const usage = numbers(200, (i) => (i < 20 ? 0 : i < 100 ? 4 : i < 200 - more ? 100 : 1000))
      const watts = usage.map((value) => 50 + value)
      return profileOfIdleWindows(dataset(usage, watts), { window: 1 })?.power.acpi?.platform?.['0']?.highest
    }
    assert.deepEqual([busy(3), busy(60)], [54, 54])
  })

  it('may be at the end', () => {
    const usage = numbers(60, (i) => (i < 50 ? 100 : 0))
    const rest = profileOfIdleWindows(
      dataset(
        usage,
        numbers(60, (i) => i),
      ),
      { window: 1 },
    )
    assert.deepEqual(rest?.power.acpi?.platform, { '0': { lowest: 50, highest: 59, units: 1 } })
  })

  it('may be a little above the quietest, in every feature that tells', () => {
    // From 0 to 200 a twentieth is 10.
    const usage = (rest: number) => numbers(300, (i) => (i < 100 ? 0 : i < 200 ? rest : 200))
    const rows = (rest: number, features: Float64Array[] = []) => {
      const set = dataset(
        usage(rest),
        numbers(300, (i) => i),
      )
      const columns = [usage(rest), ...features].map((values, i) => ({ name: `f${i}`, values }))
      return profileOfIdleWindows({ ...set, features: columns }, { window: 1 })?.power.acpi?.platform?.['0']?.highest
    }
    assert.deepEqual([rows(10), rows(10.1)], [199, 99])
    // One that hardly varies tells nothing, one that works does.
    assert.equal(rows(10, [numbers(300, (i) => (i < 150 ? 50 : 100))]), 199)
    assert.equal(rows(10, [numbers(300, (i) => (i < 150 ? 50 : 101))]), 149)
  })

  it('are told apart by node type', () => {
    const set = dataset(
      numbers(60, (i) => (i < 40 ? 0 : 100)),
      numbers(60, (i) => i),
      {
        nodeTypes: Int32Array.from(numbers(60, (i) => (i < 20 ? 1 : 2))),
      },
    )
    assert.deepEqual(profileOfIdleWindows(set, { window: 1 })?.power.acpi?.platform, {
      '1': { lowest: 0, highest: 19, units: 1 },
      '2': { lowest: 20, highest: 39, units: 1 },
    })
  })
})

describe('the trained isolator', () => {
  const [app, agent] = ['1/p/app/n', '2/p/agent/n']
  /** The agent uses 1, 2, 3 and the app 10, 20, 40. */
  const usage = [10, 1, 20, 2, 40, 3]
  const set = (powers: Dataset['powers'], more: Partial<Dataset> = {}) =>
    dataset(usage, usage, {
      ...{ containerIds: [app, agent, app, agent, app, agent], timestamps: Float64Array.of(0, 0, 3, 3, 6, 6), powers },
      ...more,
    })
  const platform = (...watts: number[]): Dataset['powers'] => [
    { name: 'platform_power', component: 'platform', values: Float64Array.from(watts.flatMap((one) => [one, one])) },
  ]
  const model = (name: string, error: number, predicted: Partial<Record<Component, number[]>>): BackgroundModel => ({
    ...{ name, error, features: ['bpf_cpu_time_ms'] },
    predict: () =>
      new Map(Object.entries(predicted).map(([key, watts]) => [key as Component, Float64Array.from(watts)])),
  })
  const rule = { bgHints: ['agent'] }
  const taken = (models: BackgroundModel[], input = set(platform(60, 70, 90))) =>
    trainedIsolator(models, rule).isolate(input)

  it('takes what a model says, not below 0 W, and says which', () => {
    const { dataset: left, notes } = taken([model('m', 1, { platform: [50, 50, 95] })])
    assert.deepEqual([...left.powers[0]!.values], [10, 20, 0])
    assert.equal(notes[0], '1 of 2 containers are background')
    assert.match(notes[2]!, /no model reached a correlation of 0\.7/)
    const good = taken([model('m', 1, { platform: [50, 50, 50] })])
    assert.deepEqual([good.notes.length, good.findings], [2, []])
    assert.match(good.notes[1]!, /^m predicts .* correlation of 1\.00$/)
  })

  it('tries the least error first, and passes over who lacks a component', () => {
    const models = [
      model('worse', 5, { platform: [50, 50, 50] }),
      model('none', 0, { dram: [1, 1, 1] }),
      model('better', 2, { platform: [49, 49, 49] }),
    ]
    assert.match(taken(models).notes[1]!, /^better /)
    const backwards = model('backwards', 1, { platform: [0, 60, 90] })
    assert.match(taken([...models, backwards]).notes[1]!, /^better /)
    assert.match(taken([model('b2', 2, { platform: [0, 60, 90] }), backwards]).notes[1]!, /^backwards /)
    assert.throws(() => taken([models[1]!]), {
      code: 'NO_MODEL',
      message: /none of 1 AbsPower models predicts platform from/,
    })
  })

  it('tries a hundred models at most', () => {
    const wrong = Array.from({ length: 99 }, (_, i) => model(`w${i}`, i, { platform: [0, 60, 90] }))
    const last = model('last', 1000, { platform: [50, 50, 50] })
    assert.match(taken([...wrong, last]).notes[1]!, /^last /)
    assert.match(taken([...wrong, model('w99', 99, { platform: [0, 60, 90] }), last]).notes[1]!, /^w0 /)
  })

  it('gives a model its own features, in its order, by whichever of their names', () => {
    const misses = { name: 'cache_miss', values: Float64Array.of(7, 1, 7, 2, 7, 3) }
    const [cpu] = set(platform(60, 70, 90)).features
    const input = set(platform(60, 70, 90), { features: [misses, { ...cpu!, name: 'bpf_cpu_time_ms' }] })
    const asked: number[][] = []
    const told = (features: readonly string[]): BackgroundModel => ({
      ...{ name: 'm', error: 1, features },
      predict: (x) => {
        asked.push([...x.data])
        return new Map([['platform', new Float64Array(3)]])
      },
    })
    taken([told(['bpf_cpu_time_ms', 'cache_miss'])], input)
    taken([told(['cpu_time_ms'])], input)
    // Of the agent, which is background.
    assert.deepEqual(asked, [
      [1, 1, 2, 2, 3, 3],
      [1, 2, 3],
    ])
  })

  it('takes from each package its share of usage, or an equal part', () => {
    const values = (watts: number) => Float64Array.from([watts, watts, watts + 10, watts + 10, watts + 30, watts + 30])
    const powers = ['0', '1'].map((unit) => ({
      ...{ name: `package_${unit}_package_power`, component: 'package' as const, unit, values: values(100) },
    }))
    const predicted = model('m', 1, { package: [80, 80, 80] })
    const input = set(powers, { source: 'rapl-sysfs' })
    const left = (one: Dataset) => taken([predicted], one).dataset.powers.map((column) => column.values[0]!)
    assert.deepEqual(left(input), [60, 60])
    // Of as many as there are packages, whatever else is measured.
    const dram = { name: 'dram_power', component: 'dram' as const, values: values(9) }
    const whole = model('m', 1, { package: [80, 80, 80], dram: [4, 4, 4] })
    assert.deepEqual(
      taken([whole], set([...powers, dram], { source: 'rapl-sysfs' })).dataset.powers.map((column) => column.values[0]),
      [60, 60, 5],
    )
    const share = (unit: string, part: number) => ({ name: `r${unit}`, unit, values: new Float64Array(6).fill(part) })
    assert.deepEqual(left({ ...input, ratios: [share('0', 0.75), share('1', 0.25)] as never }), [40, 80])
  })
})
