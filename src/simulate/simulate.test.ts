import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EnergyColumn, energyComponents } from './container.js'
import { UsageColumn, usageFeatures } from './usage.js'
import { startExporter } from './exporter.js'
import { exposedMetrics, shownNode } from './shown-node.js'
import { expositionText } from './exposition.js'
import { simulatedNode } from './node.js'
import { changedCurve, defaultCurve } from './power-curve.js'
import { scenarioNamed, scenarioNames } from './scenario.js'
import { type ResponseOptions, responseChunks, trueSamples } from './write-response.js'

interface SavedSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [number, string])[]
}
type Saved = Readonly<Record<string, readonly SavedSeries[]>>

const saved = (options: ResponseOptions): Saved => JSON.parse([...responseChunks(options)].join(''))
const mixed = scenarioNamed('mixed')

/** Joules of a component gained over the whole response. */
function gained(response: Saved, component: string): number {
  return response[`kepler_node_${component}_joules_total`]!.reduce(
    (sum, { values }) => sum + Number(values.at(-1)![1]) - Number(values[0]![1]),
    0,
  )
}

describe('columns of vectors', () => {
  it('stand in the order of their lists', () => {
    assert.deepEqual(Object.keys(EnergyColumn), [...energyComponents])
    assert.deepEqual(Object.values(EnergyColumn), [...energyComponents.keys()])
    assert.deepEqual(Object.keys(UsageColumn), [...usageFeatures])
    assert.deepEqual(Object.values(UsageColumn), [...usageFeatures.keys()])
  })
})

describe('a simulated node', () => {
  for (const name of scenarioNames) {
    if (name === 'resets') continue
    it(`shows the joules that its true watts add up to: ${name}`, () => {
      const options = { scenario: scenarioNamed(name), seed: 3, duration: 120, step: 3 }
      const response = saved(options)
      energyComponents.forEach((component, c) => {
        const joules = [...trueSamples(options)].reduce((sum, { total }) => sum + 3 * total[c]!, 0)
        assert.ok(
          Math.abs(gained(response, component) - joules) < 0.01,
          `${component}: ${gained(response, component)} J, ${joules} J`,
        )
      })
    })
  }

  it('splits every watt into idle, background and workload, and dynamic watts over containers', () => {
    for (const sample of trueSamples({ scenario: mixed, duration: 90 })) {
      energyComponents.forEach((_, c) => {
        const parts = sample.idle[c]! + sample.background[c]! + sample.workload[c]!
        assert.ok(Math.abs(parts - sample.total[c]!) < 1e-6)
        const caused = sample.containers.reduce((sum, { watts }) => sum + watts[c]!, 0)
        assert.ok(Math.abs(caused - sample.background[c]! - sample.workload[c]!) < 1e-6)
        assert.ok(sample.workload[c]! > -1e-9)
      })
      const [pkg, core, uncore, dram, platform] = sample.total as [number, number, number, number, number]
      assert.ok(core + uncore < pkg)
      assert.ok(platform > pkg + dram)
    }
  })

  it('counts the same however often it is looked at', () => {
    const often = simulatedNode({ scenario: mixed, seed: 5 })
    const once = simulatedNode({ scenario: mixed, seed: 5 })
    for (let t = 0; t <= 60; t += 0.37) often.advanceTo(t)
    often.advanceTo(60)
    once.advanceTo(60)
    once.containers().forEach(({ usage }, i) => {
      usage.forEach((count, f) => {
        assert.ok(Math.abs(often.containers()[i]!.usage[f]! - count) <= 1e-9 * (1 + count))
      })
    })
  })

  it('is the same for the same seed and another for another', () => {
    const text = (seed: number) => [...responseChunks({ scenario: mixed, seed, duration: 60 })].join('')
    assert.equal(text(1), text(1))
    assert.notEqual(text(1), text(2))
  })

  it('uses more power for more work, less and less for each step', () => {
    const watts = (share: number) => {
      const [first] = mixed.workloads
      const workload = { ...first!, share, pattern: { kind: 'constant', level: 1 } as const }
      const node = simulatedNode({ scenario: { ...mixed, workloads: [workload] } })
      node.setCurve({ ...defaultCurve, noise: 0 })
      node.advanceTo(1)
      const before = node.used.dynamic[0]!.reduce((a, b) => a + b, 0)
      node.advanceTo(2)
      return node.used.dynamic[0]!.reduce((a, b) => a + b, 0) - before
    }
    assert.ok(watts(0.5) > watts(0.25))
    assert.ok(watts(0.5) < 2 * watts(0.25))
  })

  it('begins every counter again when its exporter restarts, and the truth does not', () => {
    const node = simulatedNode({ scenario: { ...mixed, resetEvery: 30 } })
    node.advanceTo(29.5)
    const before = node.used.idle[0]![0]!
    const counted = node.counted.idle[0]![0]!
    assert.ok(Math.abs(counted - before) < 1e-9, 'not before')
    const usage = node.containers()[0]!.usage[1]!
    node.advanceTo(30.5)
    assert.ok(node.counted.idle[0]![0]! < counted)
    assert.ok(node.containers()[0]!.usage[1]! < usage)
    assert.ok(node.used.idle[0]![0]! > before)
  })

  it('starts each run of a workload as a new container', () => {
    const ids = new Set<string>()
    const node = simulatedNode({ scenario: scenarioNamed('churn') })
    for (let t = 0; t < 400; t += 10) {
      node.advanceTo(t)
      for (const { id, workload } of node.containers()) if (workload.name === 'job-0') ids.add(id)
    }
    assert.ok(ids.size >= 3, `${ids.size} runs`)
  })

  it('shows processes and the energy of a virtual machine in its stead', () => {
    const response = saved({ scenario: mixed, duration: 9, vm: true })
    assert.equal(response.kepler_container_cpu_cycles_total, undefined)
    assert.equal(response.kepler_process_cpu_cycles_total![0]!.metric.job, 'vm')
    assert.ok(response.kepler_vm_package_joules_total!.length > 0)
  })

  it('refuses a curve with a number that makes no sense', () => {
    assert.throws(() => changedCurve(defaultCurve, { packageIdle: -1 }), {
      code: 'INVALID_REQUEST',
      field: 'packageIdle',
    })
    assert.throws(() => changedCurve(defaultCurve, { pakageIdle: 1 }), { code: 'INVALID_REQUEST' })
  })
})

describe('the simulated exporter', () => {
  it('writes label values that a scraper reads back', () => {
    const node = simulatedNode({ scenario: mixed })
    node.advanceTo(5)
    const text = expositionText(shownNode(node), exposedMetrics())
    for (const line of text.trimEnd().split('\n')) {
      assert.match(line, /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+\{([a-z_]+="[^"\\]*",?)*\} -?[0-9.e+]+)$/)
    }
  })

  it('follows its clock and a changed curve', async () => {
    let now = 0
    const exporter = await startExporter({
      scenario: scenarioNamed('idle'),
      port: 0,
      clock: () => now,
      monotonic: () => now,
    })
    try {
      const get = async (path: string, init?: RequestInit) => {
        const answer = await fetch(`http://127.0.0.1:${exporter.port}${path}`, init)
        return { status: answer.status, text: await answer.text() }
      }
      now = 10_000
      const before = await get('/truth')
      assert.equal(JSON.parse(before.text).samples.length, 10)
      const post = (body: string) => get('/curve', { method: 'POST', body })
      assert.equal((await post('{"packageIdle": 50}')).status, 200)
      assert.equal((await post('{"packageIdle": "hot"}')).status, 400)
      assert.equal((await post('nothing')).status, 400)
      now = 20_000
      const { samples } = JSON.parse((await get('/truth')).text)
      assert.ok(Math.abs(samples.at(-1).idle[0] - 100) < 1e-6)
      assert.match((await get('/metrics')).text, /kepler_node_package_joules_total\{package="0"/)
      assert.equal((await get('/other')).status, 404)
    } finally {
      await exporter.close()
    }
  })
})
