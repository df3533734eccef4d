import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { FeatureGroup } from '../../core/feature-group.js'
import type { Dataset } from '../../extract/dataset.js'
import type { Isolator } from '../../isolate/isolator.js'
import type { MachineData } from './datasets.js'
import { slotData, type SlotDataOptions } from './slot-data.js'

/** A row every three seconds from 1000 on, of watts that are the row's number. */
function dataset(rows: number, more: Partial<Dataset> = {}): Dataset {
  const values = Float64Array.from({ length: rows }, (_, i) => i)
  return {
    ...{ source: 'acpi', outputType: 'AbsPower', rows, ratios: [], nodeTypes: new Int32Array(rows) },
    timestamps: values.map((i) => 1000 + 3 * i),
    features: [{ name: 'bpf_cpu_time_ms', values }],
    powers: [{ name: 'platform_power', component: 'platform', values: values.map((i) => 100 + i) }],
    ...more,
  }
}

function machine(instance: string, node: Dataset, group: FeatureGroup = 'BPFOnly'): MachineData {
  return {
    machine: { instance, names: [], state: 'metered', sources: ['acpi'], vocabulary: 'kepler-0.7', why: '' },
    source: 'acpi',
    node: new Map([[group, node]]),
    containers: () => dataset(node.rows, { containerIds: new Array<string>(node.rows).fill('c') }),
  }
}

/** Takes the least power away, and notes what it was given. */
function leastIsolator(needsContainers = false): Isolator & { readonly given: Dataset[] } {
  const given: Dataset[] = []
  return {
    ...{ name: 'min', needsContainers, given },
    isolate(one: Dataset) {
      given.push(one)
      const least = one.powers[0]!.values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
      const powers = one.powers.map((power) => ({ ...power, values: power.values.map((watts) => watts - least) }))
      return { dataset: { ...one, outputType: 'DynPower', powers }, notes: [] }
    },
  } as unknown as Isolator & { readonly given: Dataset[] }
}

const always = { driftingSince: undefined, isCurrent: () => true }
function run(machines: readonly MachineData[], more: Partial<SlotDataOptions> = {}) {
  const isolator = leastIsolator()
  const result = slotData(machines, {
    ...{
      recentSeconds: 120,
      maxRows: 1000,
      shareOf: () => 1,
      currentWindowOf: () => always,
      isolatorOf: () => isolator,
    },
    ...more,
  })
  return { ...result, isolator }
}
const times = (set: { readonly timestamps: Float64Array }) => [...set.timestamps]

describe('the data of a slot', () => {
  it('is split into rows to train on and rows that are held out, none in both', () => {
    const { slots, failures } = run([machine('a', dataset(100))])
    assert.deepEqual(failures, [])
    assert.deepEqual(slots.map(({ slot }) => slot.outputType).sort(), ['AbsPower', 'DynPower'])
    const [{ whole, validation, current, recent, ...rest }] = slots as [(typeof slots)[number]]
    assert.equal(whole.x.rows + validation.x.rows, 100)
    assert.deepEqual(
      times(whole).filter((time) => times(validation).includes(time)),
      [],
    )
    assert.equal(current, undefined, 'all rows are current')
    // The last 120 s, both ends included: twelve parts of ten seconds, of which the newest is held out.
    assert.deepEqual([recent.x.rows, Math.min(...times(recent))], [41, 1297 - 120])
    assert.deepEqual(
      times(validation).filter((time) => time > rest.newestFrom),
      [1288, 1291, 1294, 1297],
    )
    assert.deepEqual(
      [rest.newestFrom, rest.recentSeconds, rest.interval, rest.machines, rest.driftingSince],
      [1287, 120, 3, 1, undefined],
    )
    assert.deepEqual(rest.slot, { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 })
  })

  it('validates on current rows, and trains on them apart where there are others', () => {
    const currentWindowOf = () => ({ driftingSince: 1150, isCurrent: (time: number) => time >= 1150 })
    const { slots, isolator } = run([machine('a', dataset(100))], { currentWindowOf })
    const [{ whole, current, validation, recent, driftingSince }] = slots as [(typeof slots)[number]]
    assert.equal(driftingSince, 1150)
    assert.equal(Math.min(...times(whole)), 1000)
    assert.equal(Math.min(...times(current!)), 1150)
    assert.ok(times(validation).every((time) => time >= 1150))
    assert.ok(times(recent).every((time) => time >= 1150))
    // Idle power is that of the current rows, and that of all rows apart.
    assert.deepEqual(
      isolator.given.map(({ rows }) => rows),
      [50, 100],
    )
    const dynamic = slots[1]!
    assert.equal(Math.min(...dynamic.current!.targets[0]!.watts), 0)
    assert.equal(Math.min(...dynamic.whole.targets[0]!.watts), 0)
  })

  it('isolates once where all rows are current, of containers where that is needed', () => {
    const plain = run([machine('a', dataset(100))])
    assert.equal(plain.isolator.given.length, 1)
    const isolator = leastIsolator(true)
    run([machine('a', dataset(100))], { isolatorOf: () => isolator })
    assert.equal(isolator.given[0]?.containerIds?.[0], 'c')
    assert.equal(plain.isolator.given[0]?.containerIds, undefined)
  })

  it('has no dynamic power of what an operating system tells', () => {
    const { slots } = run([machine('a', dataset(100), 'NodeOS')])
    assert.deepEqual(
      slots.map(({ slot }) => `${slot.outputType} ${slot.group}`),
      ['AbsPower NodeOS'],
    )
  })

  it('joins machines of one type, and keeps others apart', () => {
    const other = dataset(60, { nodeTypes: new Int32Array(60).fill(7) })
    const { slots } = run([machine('a', dataset(100)), machine('b', dataset(80)), machine('c', other)])
    const absolute = slots.filter(({ slot }) => slot.outputType === 'AbsPower')
    assert.deepEqual(
      absolute.map(({ slot, machines, whole, validation }) => [
        slot.nodeType,
        machines,
        whole.x.rows + validation.x.rows,
      ]),
      [
        [0, 2, 180],
        [7, 1, 60],
      ],
    )
    assert.equal(absolute[0]?.newestFrom, 1287, 'that of the machine with the newest')
  })

  it('drifts since the first of its machines does', () => {
    const window = (since: number | undefined) => ({ ...always, driftingSince: since })
    const since = [1200, 1100, undefined]
    const machines = ['0', '1', '2'].map((name) => machine(name, dataset(100)))
    const { slots } = run(machines, { currentWindowOf: ({ machine: { instance } }) => window(since[Number(instance)]) })
    assert.equal(slots[0]?.driftingSince, 1100)
  })

  it('has a share of the rows, and no more than models are trained on', () => {
    const half = run([machine('a', dataset(100))], { shareOf: () => 0.5 }).slots[0]!
    assert.ok(Math.abs(half.whole.x.rows + half.validation.x.rows - 50) <= 2)
    const few = run([machine('a', dataset(100))], { maxRows: 20 }).slots[0]!
    assert.equal(few.whole.x.rows, 20)
    assert.ok(few.validation.x.rows > 10, 'what is held out stays')
  })

  it('varies by what the whole node drew, for dynamic power too', () => {
    const [absolute, dynamic] = run([machine('a', dataset(100))]).slots
    assert.ok(absolute!.spread > 0.5 && absolute!.spread < 0.7)
    assert.equal(dynamic!.spread, absolute!.spread)
  })

  it('fails of machines of one type that differ in features, whatever comes after', () => {
    const values = new Float64Array(80)
    const differing = dataset(80, { features: [{ name: 'bpf_page_cache_hit', values }] })
    const other = dataset(60, { nodeTypes: new Int32Array(60).fill(7) })
    const machines = [dataset(100), differing, dataset(90), other].map((one, i) => machine('abcd'[i]!, one))
    const { slots, failures } = run(machines)
    assert.deepEqual(
      slots.map(({ slot }) => slot.nodeType),
      [7, 7],
    )
    assert.equal(failures.length, 2)
    for (const { why } of failures) assert.match(why, /bpf_page_cache_hit/)
  })

  it('names what failed, and goes on with the rest', () => {
    const failing = {
      ...leastIsolator(),
      isolate: () => {
        throw new Error('cannot')
      },
    } as unknown as Isolator
    const { slots, failures } = run([machine('a', dataset(100))], { isolatorOf: () => failing })
    assert.deepEqual(failures, [{ what: 'a acpi/DynPower/BPFOnly', why: 'cannot' }])
    assert.deepEqual(
      slots.map(({ slot }) => slot.outputType),
      ['AbsPower'],
    )
  })
})
