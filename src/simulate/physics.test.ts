import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../numeric/random.js'
import { EnergyColumn, runAt, startContainer } from './container.js'
import { truthMeter } from './ground-truth.js'
import { defaultMachine } from './machine.js'
import { simulatedNode } from './node.js'
import { patternLevels } from './pattern.js'
import { changedCurve, defaultCurve, type PowerCurve } from './power-curve.js'
import { scenarioNamed, type Workload } from './scenario.js'
import { UsageColumn, usageProfile, usageProfiles, usageRates } from './usage.js'

const close = (a: number | undefined, b: number, within = 1e-9) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) <= within * Math.max(1, Math.abs(b)), `${a} is not ${b}`)

describe('patterns of load', () => {
  const levels = (pattern: Parameters<typeof patternLevels>[0], seconds: number, seed = 1) => {
    const level = patternLevels(pattern, seededRandom(seed))
    return Array.from({ length: seconds }, (_, second) => level(second))
  }

  it('stay, or climb step by step and begin again', () => {
    assert.deepEqual(levels({ kind: 'constant', level: 0.3 }, 3), [0.3, 0.3, 0.3])
    assert.deepEqual(levels({ kind: 'staircase', steps: 2, seconds: 2 }, 8), [0, 0, 0.5, 0.5, 1, 1, 0, 0])
  })

  it('go up and down in waves between their ends', () => {
    const wave = levels({ kind: 'wave', low: 0.2, high: 0.6, seconds: 100 }, 200)
    close(Math.min(...wave), 0.2, 1e-3)
    close(Math.max(...wave), 0.6, 1e-3)
    for (const second of [0, 17, 60]) {
      close(wave[second + 100], wave[second]!)
      close(wave[second]! + wave[second + 50]!, 0.8)
    }
  })

  it('hold a random level for half to one and a half of their time', () => {
    const steps = levels({ kind: 'steps', low: 0.5, high: 0.7, seconds: 20 }, 2000)
    assert.ok(steps.every((level) => level >= 0.5 && level <= 0.7))
    const changes = [...steps.keys()].filter((i) => i > 0 && steps[i] !== steps[i - 1])
    const lengths = changes.slice(1).map((at, i) => at - changes[i]!)
    assert.ok(Math.min(...lengths) >= 10 && Math.max(...lengths) <= 31, lengths.join())
    close(lengths.reduce((a, b) => a + b, 0) / lengths.length, 20, 0.15)
  })

  it('hold a level for a second at least', () => {
    const steps = levels({ kind: 'steps', low: 0, high: 1, seconds: 0.1 }, 50)
    assert.equal(new Set(steps).size, 50)
  })

  it('are silent and at four fifths or more in turns', () => {
    const bursts = levels({ kind: 'bursts', on: 30, off: 60, level: 0.5 }, 20_000)
    const busy = bursts.filter((level) => level > 0)
    assert.ok(busy.every((level) => level >= 0.4 && level <= 0.5))
    close(busy.length / bursts.length, 1 / 3, 0.1)
  })
})

describe('runs of a workload', () => {
  const base = scenarioNamed('churn').workloads[0]!

  it('begin when they shall, and pause in between', () => {
    const at = (workload: Partial<Workload>, seconds: readonly number[]) =>
      seconds.map((second) => runAt({ ...base, ...workload }, second))
    assert.deepEqual(at({ start: 10 }, [9, 10, 1000]), [-1, 0, 0])
    assert.deepEqual(
      at({ start: 10, runs: 5, pauses: 3 }, [9, 10, 14, 15, 17, 18, 22, 23, 26]),
      [-1, 0, 0, -1, -1, 1, 1, -1, 2],
    )
    assert.deepEqual(at({ runs: 5 }, [0, 4, 5]), [0, 0, 1])
  })

  it('are containers of their own, with shares that add up to one', () => {
    const start = (run: number, more: Partial<Workload> = {}) =>
      startContainer({ ...base, ...more }, run, { seed: 1, index: 2, chips: 2, startedAt: 5 })
    const one = start(3)
    close(one.packageShares[0]! + one.packageShares[1]!, 1)
    assert.match(one.id, /^[0-9a-f]{64}$/)
    assert.deepEqual([one.pid, start(103).pid], [1203, 1203])
    assert.equal(one.id, start(3).id)
    assert.notEqual(one.id, start(4).id)
    const ids = [0, 1, 2].flatMap((seed) =>
      [0, 1, 2].map((index) => startContainer(base, 0, { seed, index, chips: 1, startedAt: 0 }).id),
    )
    assert.equal(new Set(ids).size, 9)
    assert.equal(one.pod, base.pod)
    // Parts of 0.7 to 1.3 before they are made to add up.
    const spread = Array.from({ length: 100 }, (_, run) => start(run).packageShares[0]!)
    const [least, most] = [Math.min(...spread), Math.max(...spread)]
    assert.ok(least >= 0.35 && least < 0.42 && most > 0.58 && most <= 0.65, `${least} to ${most}`)
    assert.match(start(3, { runs: 9 }).pod, new RegExp(`^${base.pod}-[0-9a-f]{5}$`))
  })
})

describe('usage', () => {
  it('is that of busy cores at their frequency', () => {
    const profile = {
      instructionsPerCycle: 2,
      missesPerInstruction: 0.5,
      pageCacheHits: 3,
      netReceived: 5,
      netSent: 7,
      blockIo: 11,
    }
    const rates = new Float64Array(8)
    usageRates(profile, 2, 100, rates)
    assert.deepEqual([...rates], [2000, 200, 400, 200, 6, 10, 14, 22])
    assert.equal(usageProfile('memory'), usageProfiles.memory)
    assert.equal(usageProfile(profile), profile)
  })
})

describe('the power of a machine', () => {
  const curve: PowerCurve = {
    ...{ packageIdle: 10, packageDynamic: 100, packageExponent: 1, dramIdle: 2, dramDynamic: 20, dramExponent: 1 },
    ...{ platformBase: 50, fans: 8, supplyEfficiency: 0.5, interrupt: 0, noise: 0 },
  }
  const machine = { ...defaultMachine, spec: { ...defaultMachine.spec, chips: 1, cores: 10 }, curve }
  /** Activity is cores times 1: 0.55 + 0.2 * 2.25. */
  const profile = {
    instructionsPerCycle: 2.25,
    missesPerInstruction: 0,
    pageCacheHits: 0,
    netReceived: 0,
    netSent: 0,
    blockIo: 0,
  }
  const workload = (name: string, share: number, more: Partial<Workload> = {}): Workload => ({
    ...{ name, pod: name, namespace: 'x', background: false, profile, pattern: { kind: 'constant', level: 1 }, share },
    ...more,
  })
  const watts = (workloads: readonly Workload[], changed: Partial<PowerCurve> = {}) => {
    const node = simulatedNode({
      scenario: { name: 'x', summary: '', workloads },
      machine: { ...machine, curve: { ...curve, ...changed } },
    })
    node.advanceTo(1)
    const of = (counters: readonly Float64Array[]) => counters.map(([first]) => first!)
    return { node, idle: of(node.used.idle), dynamic: of(node.used.dynamic), containers: node.containers() }
  }

  it('is idle power, of which cores and what is around them draw their parts, behind a power supply', () => {
    const { idle, dynamic } = watts([])
    // (50 + 10 + 2) / 0.5
    for (const [column, value] of [10, 3.5, 2.5, 2, 124].entries()) close(idle[column], value)
    assert.deepEqual(dynamic, [0, 0, 0, 0, 0])
  })

  it('grows with activity, the fans with the cube of the load', () => {
    const { dynamic } = watts([workload('a', 0.5)])
    close(dynamic[EnergyColumn.package], 50)
    close(dynamic[EnergyColumn.core], 41)
    close(dynamic[EnergyColumn.uncore], 5)
    close(dynamic[EnergyColumn.dram], 0)
    close(dynamic[EnergyColumn.platform], (50 + 8 * (50 / 120) ** 3) / 0.5)
    close(watts([workload('a', 0.25)], { packageExponent: 0.5 }).dynamic[0], 50)
  })

  it('has memory traffic and interrupts', () => {
    const traffic = { ...profile, missesPerInstruction: 0.001 }
    const { containers, dynamic } = watts([workload('a', 0.5, { profile: traffic })])
    close(dynamic[EnergyColumn.dram], (20 * containers[0]!.rates[UsageColumn.cache_miss]!) / (10 * 3e6))
    const io = { ...profile, netReceived: 100, netSent: 200, blockIo: 300 }
    const busy = watts([workload('a', 0.5, { profile: io })], { interrupt: 0.01 })
    close(busy.dynamic[0], 50 + 0.01 * 5 * 600)
    close(busy.containers[0]!.joules[0], 80)
  })

  it('is nothing above idle for a container that does nothing', () => {
    const { containers, dynamic } = watts([workload('a', 0)], { packageDynamic: 0, dramDynamic: 0 })
    assert.deepEqual([...containers[0]!.joules], [0, 0, 0, 0, 0])
    assert.deepEqual(dynamic, [0, 0, 0, 0, 0])
  })

  it('is that of each package, of which the platform is one', () => {
    const spec = { ...machine.spec, chips: 2, cores: 20 }
    const node = simulatedNode({
      scenario: { name: 'x', summary: '', workloads: [workload('a', 0.5)] },
      machine: { ...machine, spec },
    })
    node.advanceTo(1)
    const { idle, dynamic } = node.used
    for (const counters of [idle, dynamic]) {
      assert.deepEqual(
        counters.map(({ length }) => length),
        [2, 2, 2, 2, 1],
      )
    }
    assert.deepEqual([...idle[EnergyColumn.package]!], [10, 10])
    const [first = 0, second = 0] = dynamic[EnergyColumn.package]!
    close(first + second, 100)
    close(first / 100, node.containers()[0]!.packageShares[0]!)
    close(dynamic[EnergyColumn.platform]![0], (100 + 8 * (100 / 240) ** 3) / 0.5)
  })

  it('is never still: dynamic watts change from second to second by their deviation, but not below a fifth', () => {
    const seconds = (noise: number) => {
      const { node } = watts([workload('a', 0.5)], { noise })
      let before = node.used.dynamic[0]![0]!
      return Array.from({ length: 1000 }, (_, i) => {
        node.advanceTo(i + 2)
        const joules = node.used.dynamic[0]![0]! - before
        before += joules
        return joules
      })
    }
    const some = seconds(0.1)
    const mean = some.reduce((a, b) => a + b, 0) / some.length
    const deviation = Math.sqrt(some.reduce((sum, joules) => sum + (joules - mean) ** 2, 0) / some.length)
    close(mean / 50, 1, 0.05)
    close(deviation / 50, 0.1, 0.02)
    close(Math.min(...seconds(0.5)), 10, 1e-6)
  })

  it('is shared by what containers do', () => {
    const { containers, dynamic } = watts([workload('a', 0.1), workload('b', 0.3)])
    const [a, b] = containers
    for (const column of Object.values(EnergyColumn)) close(a!.joules[column]! + b!.joules[column]!, dynamic[column]!)
    close(b!.joules[0]! / a!.joules[0]!, 3)
    close(b!.joules[4]! / a!.joules[4]!, 3)
  })

  it('gives everybody less where there are too few cores, at a lower frequency', () => {
    const { node, containers } = watts([workload('a', 0.5), workload('b', 1.5)])
    close(containers[0]!.rates[UsageColumn.bpf_cpu_time_ms], 2500)
    close(containers[1]!.rates[UsageColumn.bpf_cpu_time_ms], 7500)
    close(containers[1]!.wantedCores, 15)
    close(node.hertz(), 3e9 * 0.85)
    close(watts([workload('a', 0.5)]).node.hertz(), 3e9 * 0.925)
    close(watts([]).node.hertz(), 3e9)
  })

  it('follows another curve from the next second on', () => {
    const { node } = watts([])
    node.setCurve({ ...curve, packageIdle: 30 })
    assert.equal(node.curve().packageIdle, 30)
    node.advanceTo(2)
    close(node.used.idle[0]![0], 20)
    node.advanceTo(3)
    close(node.used.idle[0]![0], 50)
    node.advanceTo(1)
    assert.equal(node.now(), 3)
  })

  it('is told as the mean between two samples', () => {
    const { node } = watts([workload('a', 0.5, { background: true }), workload('b', 0.5)])
    const meter = truthMeter(node)
    assert.equal(meter.sample(100), undefined)
    node.advanceTo(3)
    const sample = meter.sample(104)!
    // Two seconds of joules, told as four.
    close(sample.idle[0], 5)
    close(sample.total[0], 55)
    close(sample.background[0], 25)
    close(sample.workload[0], 25)
    assert.deepEqual(
      sample.containers.map(({ name, background }) => [name, background]),
      [
        ['a', true],
        ['b', false],
      ],
    )
  })
})

describe('a power curve', () => {
  it('is changed in the numbers that are given, within their bounds', () => {
    assert.deepEqual(changedCurve(defaultCurve, { fans: 5, noise: undefined }), { ...defaultCurve, fans: 5 })
    const bounds: readonly (readonly [keyof PowerCurve, number, number])[] = [
      ['packageIdle', 0, 100_000],
      ['packageExponent', 0.05, 5],
      ['supplyEfficiency', 0.1, 1],
      ['interrupt', 0, 1],
      ['noise', 0, 0.5],
    ]
    for (const [field, least, most] of bounds) {
      for (const value of [least, most]) assert.equal(changedCurve(defaultCurve, { [field]: value })[field], value)
      for (const value of [least - 0.01, most + 0.01]) {
        assert.throws(() => changedCurve(defaultCurve, { [field]: value }), { code: 'INVALID_REQUEST', field })
      }
    }
    assert.throws(() => changedCurve(defaultCurve, 5), { code: 'INVALID_REQUEST', field: '' })
  })
})
