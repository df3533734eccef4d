import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { meterScene } from '../../test/support/meter-exposed.js'
import { ExpositionText } from './exposition-text.js'
import { type MeterExposed, type MetricsLevel, writeMeterExposition } from './meter-exposition.js'
import { keplerFamilies, meterFamilies } from './meter-families.js'

/** Lines without comments of those metrics, without the prefix `kepler_` and the label of the node, which all have. */
function lines(prefix: string, more: Partial<MeterExposed> = {}): readonly string[] {
  const text = new ExpositionText()
  writeMeterExposition(text, { ...meterScene().exposed, ...more })
  const all = text.toString().split('\n')
  for (const line of all) assert.match(line, /^$|^#|\{node_name="w"[,}]/)
  return all
    .filter((line) => line.startsWith(`kepler_${prefix}`))
    .map((line) =>
      line
        .slice('kepler_'.length)
        .replace(/node_name="w",?/, '')
        .replace('{}', ''),
    )
}

const packageAndDram = (name: string, package_: number, dram: number, more: (zone: string) => string = () => '') => [
  `${name}{zone="package"${more('package')}} ${package_}`,
  `${name}{zone="dram"${more('dram')}} ${dram}`,
]
const levels = (...of: readonly MetricsLevel[]) => ({ levels: of })

describe('metrics of the node', () => {
  it('are power and energy by zone, of work and of being on, usage, and processors', () => {
    const zones = (name: string, package_: number, dram: number) =>
      packageAndDram(`node_cpu_${name}`, package_, dram, (zone) => `,path="/tree/${zone}"`)
    assert.deepEqual(lines('node_', levels('node')), [
      ...zones('joules_total', 1000, 100),
      ...zones('watts', 60, 8),
      ...zones('active_joules_total', 700, 70),
      ...zones('active_watts', 40, 4),
      ...zones('idle_joules_total', 300, 30),
      ...zones('idle_watts', 20, 2),
      'node_cpu_usage_ratio 0.75',
      'node_cpu_info{processor="0",vendor_id="v",model_name="m",physical_id="1",core_id="2"} 1',
      'node_cpu_info{processor="1",vendor_id="",model_name="",physical_id="",core_id=""} 1',
    ])
  })

  it('are none at other levels', () => {
    assert.deepEqual(lines('node_', levels('process', 'container', 'vm', 'pod')), [])
  })
})

describe('metrics of workloads', () => {
  const labels = {
    process: [
      'pid="7",comm="java",exe="/usr/bin/java",type="container"',
      'pid="8",comm="kworker",exe="",type="regular"',
    ],
    container: [
      'container_id="c1",container_name="web",runtime="containerd"',
      'container_id="c2",container_name="",runtime="docker"',
    ],
    pod: ['pod_id="u1",pod_name="shop-1",pod_namespace="shop"', 'pod_id="u2",pod_name="",pod_namespace=""'],
    vm: ['vm_id="v1",vm_name="guest",hypervisor="kvm"'],
  }
  const behind = {
    process: [',state="running",container_id="c1",vm_id="",zone=', ',state="running",container_id="",vm_id="",zone='],
    container: [',state="running",zone=', ',state="running",zone='],
    pod: [',state="running",zone=', ',state="running",zone='],
    vm: [',state="running",zone='],
  }
  const podId = [',pod_id="u1"', ',pod_id=""']
  for (const level of ['process', 'container', 'pod', 'vm'] as const) {
    it(`are energy and power by ${level} and zone, and of nothing else`, () => {
      const series = (name: string, values: readonly number[]) =>
        labels[level].flatMap((own, i) =>
          ['package', 'dram'].map((zone, z) => {
            const last = level === 'container' ? podId[i] : ''
            return `${level}_cpu_${name}{${own}${behind[level][i]}"${zone}"${last}} ${values[2 * i + z]}`
          }),
        )
      const found = lines('', levels(level)).filter((line) => /^(process|container|pod|vm)_.*(joules|watts)/.test(line))
      assert.deepEqual(found, [...series('joules_total', [100, 10, 200, 20]), ...series('watts', [10, 1, 20, 2])])
    })
  }

  it('have processor seconds where they are counted', () => {
    assert.deepEqual(lines('process_cpu_seconds'), [
      'process_cpu_seconds_total{pid="7",comm="java",exe="/usr/bin/java",type="container",container_id="c1",vm_id=""} 2.5',
      'process_cpu_seconds_total{pid="8",comm="kworker",exe="",type="regular",container_id="",vm_id=""} 0.5',
    ])
    assert.deepEqual(lines('container_cpu_seconds'), [
      'container_cpu_seconds_total{container_id="c1",container_name="web",runtime="containerd",state="running",pod_id="u1"} 3',
      'container_cpu_seconds_total{container_id="c2",container_name="",runtime="docker",state="running",pod_id=""} 4',
    ])
    assert.deepEqual([...lines('pod_cpu_seconds'), ...lines('vm_cpu_seconds')], [])
  })

  it('have what no process did, and which processes cannot be read', () => {
    assert.deepEqual(lines('meter_un'), [
      ...packageAndDram('meter_unattributed_joules_total', 11, 1.5),
      'meter_unreadable_processes 6',
    ])
    assert.deepEqual(lines('meter_un', { workloads: undefined }), [])
    assert.deepEqual(lines('process', { workloads: undefined }), [])
  })

  it('have other labels as soon as these change, and not before', () => {
    const { exposed } = meterScene()
    const running = [...exposed.workloads!.pods.running] as { id: string; name: string }[]
    const names = () => {
      const text = new ExpositionText()
      writeMeterExposition(text, exposed)
      return [...text.toString().matchAll(/kepler_pod_cpu_watts\{.*pod_name="(.*?)".*zone="dram"/g)].map(
        (match) => match[1],
      )
    }
    assert.deepEqual(names(), ['shop-1', ''])
    assert.deepEqual(names(), ['shop-1', ''])
    running[1]!.name = 'late'
    assert.deepEqual(names(), ['shop-1', 'late'])
  })

  it('that ended twice under one name stand there once', () => {
    const { exposed } = meterScene()
    const { containers } = exposed.workloads!
    const [first, second] = [...containers.running]
    const ended = { ...exposed.workloads!, containers: { running: [], terminated: [first!, second!, { ...first! }] } }
    const found = lines('container', { workloads: ended })
    assert.equal(found.length, 2 * 2 * 2 + 2)
    assert.ok(found.every((line) => line.includes('state="terminated"')))
  })
})

describe('metrics of the model', () => {
  it('are its interval, where it guesses, what it is, its error, and the share of the host', () => {
    assert.deepEqual(
      [
        ...lines('meter_watts'),
        ...lines('meter_out'),
        ...lines('meter_model'),
        ...lines('meter_cal'),
        ...lines('meter_host'),
      ],
      [
        ...packageAndDram('meter_watts_lower', 50, 7),
        ...packageAndDram('meter_watts_upper', 70, 9),
        ...packageAndDram('meter_out_of_range', 0, 1),
        'meter_model_info{model="straight line",kind="universal",share_origin="--share",split="kepler"} 1',
        'meter_model_error{metric="mape"} 10',
        'meter_calibration_points 3',
        'meter_host_share_ratio 0.25',
      ],
    )
  })

  it('are no error where none is known, and no share of a model of this machine', () => {
    const { error: _, ...provenance } = meterScene().exposed.provenance
    assert.deepEqual(lines('meter_model_error', { provenance }), [])
    assert.deepEqual(lines('meter_host', { provenance: { ...provenance, kind: 'trained' } }), [])
    assert.equal(lines('meter_host', { provenance: { ...provenance, kind: 'calibrated' } }).length, 1)
  })

  it('are how far it is from the meter of the hardware', () => {
    const names = ['measured_watts', 'mae_watts', 'mape_ratio', 'bias_watts', 'coverage_ratio']
    const values = [
      [61, 7.5],
      [1.5, 0.25],
      [0.25, 0.5],
      [-0.5, 0.75],
      [0.5, 1],
    ] as const
    assert.deepEqual(
      names.flatMap((name) => lines(`meter_${name}`)),
      names.flatMap((name, i) => packageAndDram(`meter_${name}`, values[i]![0], values[i]![1])),
    )
  })
})

describe('metrics of the meter itself', () => {
  const health = (more: Partial<MeterExposed> = {}) =>
    ['up', 'reading', 'real', 'steal', 'powercap'].flatMap((name) => lines(`meter_${name}`, more))

  it('are whether it is well', () => {
    assert.deepEqual(health(), [
      'meter_up 1',
      'meter_reading_age_seconds 1.5',
      'meter_readings_total 12',
      'meter_real_meter 1',
      'meter_steal_ratio 0.125',
      'meter_powercap_up 0',
      'meter_powercap_failures_total 4',
    ])
    const { reading } = meterScene().exposed
    const plain = health({ realMeter: false, tree: { up: true, failures: 0 }, reading: { ...reading, gap: 'late' } })
    for (const line of ['meter_up 0', 'meter_real_meter 0', 'meter_powercap_up 1'])
      assert.ok(plain.includes(line), line)
    const unknown = health({ tree: undefined, reading: { ...reading, usage: undefined } })
    assert.deepEqual(
      unknown.filter((line) => /up|steal|powercap/.test(line)),
      ['meter_up 0'],
    )
  })

  it('are the counters of the machine, in seconds and bytes', () => {
    const modes = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal']
    const counters = ['cpu_', 'context', 'page', 'load', 'memory', 'frequency'].flatMap((name) =>
      lines(`meter_${name}`),
    )
    assert.deepEqual(counters, [
      ...modes.map((mode, i) => `meter_cpu_seconds_total{mode="${mode}"} ${i + 1}`),
      'meter_context_switches_total 99',
      'meter_page_faults_total{kind="minor"} 30',
      'meter_page_faults_total{kind="major"} 20',
      'meter_load1 0.5',
      'meter_memory_bytes{state="total"} 1024',
      'meter_memory_bytes{state="available"} 512',
      'meter_frequency_megahertz 2400',
    ])
  })

  it('leave out what the kernel does not tell', () => {
    const { counters } = meterScene().exposed
    const only = { ...counters!, memoryAvailable: undefined, load1: undefined, frequency: undefined }
    const told = (pageFaults: number | undefined) =>
      lines('meter_', { counters: { ...only, pageFaults, majorPageFaults: undefined } }).filter((line) =>
        /page|load|memory|frequency/.test(line),
      )
    assert.deepEqual(told(50), ['meter_page_faults_total{kind="minor"} 50', 'meter_memory_bytes{state="total"} 1024'])
    assert.deepEqual(told(undefined), ['meter_memory_bytes{state="total"} 1024'])
    assert.deepEqual(lines('meter_cpu', { counters: undefined }), [])
  })
})

describe('families', () => {
  it('have a name, a type that the name tells, and a text each', () => {
    const families = [...Object.values(keplerFamilies), ...Object.values(meterFamilies)]
    for (const { name, type, help } of families) {
      assert.equal(type, name.endsWith('_total') ? 'counter' : 'gauge', name)
      assert.match(help, /^\d? ?.+\.$/, name)
    }
    assert.equal(new Set(families.map(({ name }) => name)).size, families.length)
    assert.ok(Object.values(meterFamilies).every(({ name }) => name.startsWith('kepler_meter_')))
  })
})
