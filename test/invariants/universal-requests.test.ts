import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { createModelServerApp } from '../../src/http/model-server-app.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { createModelSelector } from '../../src/selection/create-model-selector.js'
import { createUniversalModels } from '../../src/selection/universal/universal-models.js'
import { createMachinePowers } from '../../src/universal/machine-powers.js'
import { keplerMilliwatts } from '../support/kepler-arithmetic.js'

const limits = { maxBodyBytes: 65_536, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }
const universal = createUniversalModels({
  powers: createMachinePowers(),
  own: () => ({ spec: { processor: 'amd_epyc', cores: 2 }, question: { machine: { threads: 2 }, virtual: true } }),
  errorKey: 'mae',
  startedAt: 0,
})
const selector = createModelSelector({ preference: { defaults: {}, local: '' }, universal })
const app = createModelServerApp({ selector, logger: silentLogger, limits, version: '1' })
const loads = Array.from({ length: 13 }, (_, i) => i / 10)

const name = fc.oneof(
  fc.string({ maxLength: 60, unit: 'binary' }),
  fc.constantFrom(
    ...['', 'KVM', 'common_kvm_processor', 'amd_epyc', 'AMD EPYC 9965', 'arm_neoverse_n1', 'Ampere(R) Altra(R) Q80-30'],
    ...['intel_core_i7_9700k', 'AMD Ryzen 9 7950X', 'intel_xeon_gold_6338n', 'xeon', 'unknown', 'x'.repeat(10_000)],
  ),
)
const amount = (most: number) =>
  fc.oneof(
    fc.integer({ min: 1, max: most }),
    fc.double({ min: 0, max: most, noNaN: true }),
    fc.constantFrom<unknown>(0, 1, 1024, -1, 1e9, 1e300, '64', '', null, 'many', [], true),
  )
const specs = fc.option(
  fc.record(
    { processor: name, cores: amount(2048), chips: amount(16), memory: amount(8192), frequency: amount(6000) },
    { requiredKeys: [] },
  ),
  { nil: null },
)

describe('a model for any machine', () => {
  it('is sound whatever the spec says, or is refused with the field that cannot be', async () => {
    let answered = 0
    await fc.assert(
      fc.asyncProperty(
        specs,
        fc.constantFrom('acpi', 'intel_rapl'),
        fc.constantFrom('AbsPower', 'DynPower'),
        fc.boolean(),
        async (spec, source, output_type, weight) => {
          const payload = { metrics: ['bpf_cpu_time_ms'], output_type, source, weight, machine_spec: spec }
          const answer = await app.inject({ method: 'POST', url: '/model', payload })
          if (answer.statusCode === 400) {
            const { error } = answer.json()
            assert.match(error.field, /^machine_spec/, answer.body)
            assert.ok(error.message.length < 600, answer.body)
            return
          }
          assert.equal(answer.statusCode, 200, answer.body)
          answered++
          if (weight) expectSoundWeights(answer.body, source)
          else expectSoundArchive(answer.rawPayload, output_type)
        },
      ),
      { numRuns: 200, seed: 14 },
    )
    assert.ok(answered > 50, `${answered} answered`)
  })
})

/** Never negative, which Kepler makes a huge number of, and never falling. */
function expectSoundWeights(body: string, source: string): void {
  const { machine_spec: machine } = JSON.parse(body)
  for (const component of source === 'acpi' ? ['platform'] : ['package', 'dram']) {
    let before = 0n
    for (const load of loads) {
      const values = { bpf_cpu_time_ms: load * machine.cores * 1000 }
      const milliwatts = keplerMilliwatts(body, component, values, { cores: machine.cores, idle: load === 0 })
      assert.ok(milliwatts >= before && milliwatts < 100_000_000n, `${component}: ${milliwatts} mW at ${load}`)
      before = milliwatts
    }
  }
}

function expectSoundArchive(body: Buffer, outputType: string): void {
  const archive = readModelArchive(body)
  const { machine_spec: machine } = archive.metadata
  assert.ok(typeof machine?.cores === 'number' && machine.cores >= 1)
  const rows = loads.map((load) => [load * Number(machine.cores) * 1000])
  const { powers, intervals } = archive.estimate(['bpf_cpu_time_ms'], rows)
  for (const component of archive.components) {
    const watts = powers[component]!
    const { lower, upper } = intervals[component]!
    watts.forEach((value, u) => {
      assert.ok(lower[u]! >= 0 && lower[u]! <= value && value <= upper[u]!, `${component}: ${value} W at ${loads[u]}`)
      if (u > 0) assert.ok(value >= watts[u - 1]!, `${component} falls at ${loads[u]}`)
    })
    if (outputType === 'AbsPower') assert.ok(watts[0]! < watts[10]!, `${component}: idle is not below full load`)
  }
}
