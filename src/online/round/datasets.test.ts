import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fleetResponse } from '../../../test/support/fleet-models.js'
import { simulatedResponse } from '../../../test/support/simulated-response.js'
import { allMeasurements } from '../../extract/measurements.js'
import type { PrometheusResponse, Series } from '../../prometheus/response.js'
import { fleetScenarioNamed } from '../../simulate/fleet/fleet-scenario.js'
import { scenarioNamed } from '../../simulate/scenario.js'
import { type ExtractMachinesOptions, extractMachines } from './datasets.js'
import { guestsIn } from './guests.js'
import { keptDatasets } from './kept-datasets.js'
import { type FoundMachine, machinesIn } from './machines.js'

const start = 1_700_000_000
const node = simulatedResponse({ scenario: scenarioNamed('idle'), start, duration: 30, step: 3 })
const fleet = fleetResponse({
  scenario: fleetScenarioNamed('services'),
  hosts: 1,
  vms: 1,
  duration: 30,
  step: 3,
  seed: 3,
})
const groups = ['WorkloadOnly', 'CounterOnly', 'BPFOnly', 'BPFIRQ', 'CounterIRQCombined', 'Basic']

/** A response with the series of one metric as `edit` leaves them. */
function edited(response: PrometheusResponse, metric: string, edit: (one: Series) => Series | undefined) {
  const series = new Map(response.series)
  series.set(
    metric,
    (series.get(metric) ?? []).flatMap((one) => edit(one) ?? []),
  )
  return { ...response, series }
}

const muchLater = (one: Series) => ({ ...one, timestamps: one.timestamps.map((time) => time + 1e6) })

function extracted(machines: readonly FoundMachine[], options?: ExtractMachinesOptions, nodeType?: number) {
  const types = { of: () => nodeType, known: new Map() }
  const found = extractMachines(machines, types, allMeasurements, options)
  return { ...found, groups: found.data.map((one) => [one.machine.instance, one.source, ...one.node.keys()].join(' ')) }
}

describe('extractMachines', () => {
  it('has the groups that a machine measures, by meter, of the whole node and of its containers', () => {
    const seen: unknown[] = []
    const { data, failures, findings } = extracted(machinesIn(node), { onExtracted: (one) => seen.push(one) })
    assert.deepEqual([failures, findings], [[], []])
    assert.deepEqual(
      data.map(({ source }) => source),
      ['rapl-sysfs', 'acpi'],
    )
    assert.deepEqual(seen, data)
    for (const one of data) {
      assert.ok([...one.node.keys()].every((group) => groups.includes(group)) && one.node.size === 5)
      const dataset = one.node.get('BPFOnly')!
      assert.deepEqual([dataset.source, dataset.outputType, dataset.rows], [one.source, 'AbsPower', 10])
      const containers = one.containers('BPFOnly')
      assert.equal(containers.rows, 50, 'five containers')
      assert.equal(containers.containerIds?.length, 50)
    }
  })

  it('gives rows the node type of the machine, and else the one that Kepler reports', () => {
    const types = (nodeType?: number) =>
      extracted(machinesIn(node), {}, nodeType).data.map(({ node: own }) => own.get('BPFOnly')?.nodeTypes[0])
    assert.deepEqual(types(), [0, 0])
    assert.deepEqual(types(7), [7, 7])
  })

  it('makes datasets again that are not kept, the same ones', () => {
    const kept = extracted(machinesIn(node))
    const again = extracted(machinesIn(node), { kept: keptDatasets(0) })
    const [first, second] = again.data
    // The last one is kept: looking at another lets go of it.
    const before = first!.node
    assert.ok(second!.node)
    assert.notEqual(first!.node, before)
    assert.deepEqual(
      again.data.map((one) => one.node),
      kept.data.map((one) => one.node),
    )
    assert.equal(kept.data[0]!.node, kept.data[0]!.node)
  })

  it('says once of a machine and meter what is wrong with a metric, however many groups have it', () => {
    const metric = 'kepler_container_bpf_cpu_time_ms_total'
    const broken = edited(node, metric, (one) => ({
      ...one,
      values: one.values.map((v, i) => (i === 4 ? Number.NaN : v)),
    }))
    const { findings } = extracted(machinesIn(broken))
    assert.deepEqual(
      findings.map(({ kind, metric: of, instance, source }) => [kind, of, instance, source]),
      [
        ['not finite', metric, 'node-1', 'rapl-sysfs'],
        ['not finite', metric, 'node-1', 'acpi'],
      ],
    )
  })

  it('names the group that cannot be extracted, and has the others', () => {
    const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit'].map((name) => `kepler_container_${name}_total`)
    const late = metrics.reduce((response, metric) => edited(response, metric, muchLater), node)
    const { data, failures } = extracted(machinesIn(late))
    for (const one of data) assert.ok(one.node.size === 4 && !one.node.has('BPFOnly'))
    assert.deepEqual(
      failures.map(({ what }) => what),
      ['node-1 rapl-sysfs/BPFOnly', 'node-1 acpi/BPFOnly'],
    )
    for (const { why } of failures) assert.match(why, new RegExp(metrics[0]!))
  })

  it('has nothing of a machine without a meter, or of which nothing can be extracted', () => {
    const [found] = machinesIn(node)
    const unmetered = { ...found!, machine: { ...found!.machine, sources: [] } }
    assert.deepEqual(extracted([unmetered]), { data: [], failures: [], findings: [], groups: [] })
    const usage = [...node.series.keys()].filter((metric) => metric.startsWith('kepler_container'))
    const apart = usage.reduce((response, metric) => edited(response, metric, muchLater), node)
    const seen: unknown[] = []
    const { data, failures } = extracted([{ ...found!, response: apart }], { onExtracted: (one) => seen.push(one) })
    assert.deepEqual([data, seen], [[], []])
    assert.equal(failures.length, 2 * 5)
  })
})

describe('extractMachines of NodeOS', () => {
  it('has it of nodes where that is wanted, and of guests always and alone', () => {
    const all = [...machinesIn(fleet), ...guestsIn(fleet)]
    const guests = ['web-1 rapl-sysfs NodeOS', 'web-1 acpi NodeOS']
    const hosts = (more = '') => ['rapl-sysfs', 'acpi'].map((source) => `host-1:28282 ${source} CPUTimeOnly${more}`)
    assert.deepEqual(extracted(all).groups, [...hosts(), ...guests])
    assert.deepEqual(extracted(all, { nodeOs: 'guests' }).groups, [...hosts(), ...guests])
    assert.deepEqual(extracted(all, { nodeOs: 'nodes' }).groups, [...hosts(' NodeOS'), ...guests])
  })

  it('takes an exporter that nothing names for that of a single machine, and of no other', () => {
    const nameless = [...fleet.series.keys()]
      .filter((metric) => metric.startsWith('node_'))
      .reduce(
        (response, metric) =>
          edited(response, metric, (one) => {
            const { instance, ...labels } = one.labels
            return instance?.startsWith('host-1')
              ? { ...one, labels: { ...labels, instance: 'gateway:9100' } }
              : undefined
          }),
        fleet,
      )
    const [host] = machinesIn(nameless)
    const alone = extracted([host!], { nodeOs: 'nodes' })
    assert.deepEqual(alone.failures, [])
    assert.ok(alone.findings.some(({ kind }) => kind === 'machine assumed'))
    const two = extracted([host!, host!], { nodeOs: 'nodes' })
    assert.ok(two.groups.every((one) => !one.includes('NodeOS')))
    assert.deepEqual(
      [...new Set(two.failures.map(({ what }) => what))],
      ['host-1:28282 rapl-sysfs/NodeOS', 'host-1:28282 acpi/NodeOS'],
    )
    assert.match(two.failures[0]?.why ?? '', /^nothing tells whose node_\w+ it is: /)
    const [guest] = guestsIn(nameless)
    assert.deepEqual(extracted([guest!]).groups, [], 'not even of a single guest')
  })
})
