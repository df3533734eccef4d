import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, type MadeSeries, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { defaultExtractor } from './default.js'

const energy = raplEnergy({ package: [40, 60, 80], dram: [4, 6, 8] })
const usage = {
  kepler_container_bpf_cpu_time_ms_total: [{ labels: container('a'), values: counter([10, 20, 30]) }],
}

type Metrics = Readonly<Record<string, readonly MadeSeries[]>>

function extract(metrics: Metrics) {
  const request = { features: ['bpf_cpu_time_ms'], source: 'rapl-sysfs', outputType: 'AbsPower' } as const
  const { dataset, findings } = defaultExtractor().extract(madeResponse(metrics), request)
  const watts = new Map(dataset.powers.map(({ name, values }) => [name, [...values].map((v) => Number(v.toFixed(9)))]))
  return { watts, missing: findings.find(({ kind }) => kind === 'missing component') }
}

const fails = (metrics: Metrics, message: RegExp) =>
  assert.throws(() => extract(metrics), { code: 'INVALID_DATA', message })

describe('a component that cannot be told', () => {
  it('is left out without two numbers: it would be 0 W in every row', () => {
    const dram = 'kepler_node_dram_joules_total'
    const joules = 'kepler_node_package_joules_total'
    for (const values of [[], ['NaN', 'NaN', 'NaN', 'NaN'], [100, 'NaN', 'NaN', 'NaN']]) {
      const like = (name: string) => energy[name]!.map(({ labels }) => ({ labels, values }))
      const { watts, missing } = extract({ ...energy, [joules]: like(joules), ...usage })
      assert.deepEqual([...watts.keys()], ['core_power', 'uncore_power', 'dram_power'])
      assert.deepEqual(watts.get('dram_power'), [4, 6, 8])
      assert.deepEqual([missing?.metric, missing?.example], [joules, 'package of rapl-sysfs'])
      const alone = { [joules]: like(joules), [dram]: like(dram) }
      fails({ ...alone, ...usage }, /kepler_node_package_joules_total has (no|one) samples? for source rapl-sysfs/)
    }
  })

  it('is taken although a series of it has no samples at all', () => {
    const joules = 'kepler_node_package_joules_total'
    const empty = { labels: { ...energy[joules]![0]!.labels, package: '9' }, values: [] }
    const { watts } = extract({ ...energy, [joules]: [...energy[joules]!, empty], ...usage })
    assert.deepEqual(watts.get('package_power'), [40, 60, 80])
  })

  it('is left out where one of its counters alone has numbers, which would be half of its watts', () => {
    const joules = 'kepler_node_package_joules_total'
    const [first] = energy[joules]!
    const socket = (number: string, values: readonly (number | string)[]) => ({
      labels: { ...first!.labels, package: number },
      values,
    })
    const half = { [joules]: [socket('0', [0, 30, 60, 90]), socket('1', ['NaN', 'NaN', 'NaN', 'NaN'])] }
    const { watts, missing } = extract({ ...energy, ...half, ...usage })
    assert.deepEqual([...watts.keys()], ['core_power', 'uncore_power', 'dram_power'])
    assert.deepEqual([missing?.metric, missing?.example], [joules, 'package of rapl-sysfs'])
    fails({ ...half, ...usage }, /kepler_node_package_joules_total\{.*package=1.*\} has no number in any sample/)
  })
})
