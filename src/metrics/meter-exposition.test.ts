import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { plainPowerSource } from '../../test/support/plain-power-source.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { noPodNames } from '../meter/attribution/account.js'
import { createAttribution } from '../meter/attribution/attribution.js'
import { createMeter } from '../meter/meter.js'
import { KernelFiles } from '../meter/proc/kernel-files.js'
import { createNodeReader } from '../meter/proc/node-reader.js'
import { createProcessTable } from '../meter/workload/process-table.js'
import { ExpositionText } from './exposition-text.js'
import { type MeterExposed, metricsLevels, writeMeterExposition } from './meter-exposition.js'

const id = 'ab'.repeat(32)
const uid = '6c9d04cf-1e5b-4d4e-9d3c-0123456789ab'

/** Two processes in a container, a virtual machine and a plain process; then one of them ends. */
function scene() {
  const system = fakeSystem(temporaryFolder())
  const source = plainPowerSource()
  const files = new KernelFiles()
  const attribution = createAttribution(3, noPodNames)
  const node = createNodeReader(files, system)
  const meter = createMeter({
    node,
    source,
    split: 'model',
    workloads: { table: createProcessTable(files, system), attribution },
    now: () => 0,
  })
  const cgroup = `0::/kubepods/pod${uid}/${id}\n`
  const put = (ticks: number) => {
    system.cpus([[ticks * 4, 0, 0, ticks * 4, 0, 0, 0, 0]])
    system.process({ pid: 1, ticks, cgroup, environment: ['HOSTNAME=web'] })
    system.process({ pid: 2, ticks, cgroup })
    system.process({ pid: 3, ticks, comm: 'qemu', args: ['/usr/bin/qemu-kvm', '-name', 'guest'] })
    system.process({ pid: 4, ticks, comm: 'a"b\\c\nd' })
  }
  put(0)
  meter.tick(0)
  put(100)
  meter.tick(10)
  const exposed = (more: Partial<MeterExposed> = {}) => {
    const text = new ExpositionText()
    writeMeterExposition(text, {
      nodeName: 'worker-1',
      levels: metricsLevels,
      provenance: source.provenance,
      split: 'model',
      reading: meter.reading(10),
      counters: node.counters(),
      workloads: attribution.snapshot(),
      zonePath: (zone) => `/tree/${zone}`,
      cpus: [{ processor: '0', vendorId: 'v', modelName: 'm', physicalId: '0', coreId: '0' }],
      comparison: [],
      realMeter: false,
      tree: { up: true, failures: 0 },
      ...more,
    })
    return text.toString()
  }
  return { system, meter, exposed, put }
}

/** Samples of a metric: labels as text, value. */
function samples(text: string, name: string): Map<string, number> {
  const found = new Map<string, number>()
  for (const line of text.split('\n')) {
    const match = /^([a-z_0-9]+)(\{.*\})? (\S+)$/.exec(line)
    if (match?.[1] === name) found.set(match[2] ?? '', Number(match[3]))
  }
  return found
}

const sum = (values: Map<string, number>, wanted: RegExp) =>
  [...values].reduce((total, [labels, value]) => total + (wanted.test(labels) ? value : 0), 0)

describe('meterExposition', () => {
  it("speaks today's Kepler's words", () => {
    const text = scene().exposed()
    const has = (line: string) => assert.ok(text.includes(`\n${line}`), `${line}\n${text}`)
    has('kepler_node_cpu_watts{node_name="worker-1",zone="psys",path="/tree/psys"} 150')
    has('kepler_node_cpu_active_watts{node_name="worker-1",zone="psys",path="/tree/psys"} 50')
    has('kepler_node_cpu_usage_ratio{node_name="worker-1"} 0.5')
    has(
      'kepler_node_cpu_info{node_name="worker-1",processor="0",vendor_id="v",model_name="m",physical_id="0",core_id="0"} 1',
    )
    has(
      `kepler_process_cpu_watts{node_name="worker-1",pid="1",comm="sleep",exe="/usr/bin/sleep",type="container",state="running",container_id="${id}",vm_id="",zone="psys"} 12.5`,
    )
    has(
      `kepler_process_cpu_seconds_total{node_name="worker-1",pid="3",comm="qemu",exe="/usr/bin/qemu",type="vm",container_id="",vm_id="guest"} 1`,
    )
    has(
      `kepler_container_cpu_watts{node_name="worker-1",container_id="${id}",container_name="web",runtime="kubernetes",state="running",zone="psys",pod_id="${uid}"} 25`,
    )
    has(
      `kepler_pod_cpu_joules_total{node_name="worker-1",pod_id="${uid}",pod_name="",pod_namespace="",state="running",zone="psys"} 250`,
    )
    has(
      'kepler_vm_cpu_watts{node_name="worker-1",vm_id="guest",vm_name="guest",hypervisor="kvm",state="running",zone="psys"} 12.5',
    )
  })

  it('says beside them what an estimate must say', () => {
    const text = scene().exposed()
    for (const line of [
      'kepler_meter_watts_lower{node_name="worker-1",zone="psys"} 135',
      'kepler_meter_out_of_range{node_name="worker-1",zone="dram"} 0',
      'kepler_meter_model_info{node_name="worker-1",model="straight line",kind="universal",share_origin="a machine of its own",split="model"} 1',
      'kepler_meter_model_error{node_name="worker-1",metric="mape"} 10',
      'kepler_meter_host_share_ratio{node_name="worker-1"} 1',
      'kepler_meter_up{node_name="worker-1"} 1',
      'kepler_meter_cpu_seconds_total{node_name="worker-1",mode="user"} 4',
    ]) {
      assert.ok(text.includes(`\n${line}\n`), line)
    }
  })

  it('adds up: children to their parent in each zone, ended ones included', () => {
    const { exposed, meter, system, put } = scene()
    system.end(2)
    system.cpus([[800, 0, 0, 800, 0, 0, 0, 0]])
    system.process({ pid: 1, ticks: 200, cgroup: `0::/kubepods/pod${uid}/${id}\n` })
    system.process({ pid: 4, ticks: 200, comm: 'a"b\\c\nd' })
    meter.tick(20)
    put(300)
    system.end(2)
    meter.tick(30)
    const text = exposed({ reading: meter.reading(30) })
    for (const zone of ['psys', 'package', 'dram']) {
      const inZone = new RegExp(`zone="${zone}"`)
      const total = (name: string, wanted = inZone) => sum(samples(text, name), wanted)
      const near = (a: number, b: number) =>
        assert.ok(Math.abs(a - b) < 1e-9 * Math.max(1, b), `${zone}: ${a} and ${b}`)
      near(total('kepler_process_cpu_watts'), total('kepler_node_cpu_active_watts'))
      near(total('kepler_process_cpu_joules_total'), total('kepler_node_cpu_active_joules_total'))
      near(
        total('kepler_container_cpu_watts'),
        total('kepler_process_cpu_watts', new RegExp(`type="container".*zone="${zone}"`)),
      )
      near(total('kepler_pod_cpu_joules_total'), total('kepler_container_cpu_joules_total'))
      near(total('kepler_node_cpu_watts'), total('kepler_node_cpu_active_watts') + total('kepler_node_cpu_idle_watts'))
    }
    assert.equal(sum(samples(text, 'kepler_process_cpu_watts'), /state="terminated"/), 0)
    assert.ok(sum(samples(text, 'kepler_process_cpu_joules_total'), /pid="2".*state="terminated".*psys/) > 100)
  })

  it('writes names with quotes, backslashes and newlines as Prometheus wants them', () => {
    const text = scene().exposed()
    assert.ok(text.includes('comm="a\\"b\\\\c\\nd"'))
    assert.ok(text.split('\n').every((line) => line === '' || /^#|^[a-z_0-9]+(\{.*\})? \S+$/.test(line)))
  })

  it('has each series once, and each family announced once', () => {
    const { exposed, meter, system, put } = scene()
    // The same number twice: the first ends, and so does the second.
    for (const round of [1, 2]) {
      system.end(4)
      meter.tick(10 + round * 10)
      put(100 + round * 100)
      meter.tick(15 + round * 10)
    }
    const lines = exposed().split('\n').filter(Boolean)
    const keys = lines.map((line) => line.replace(/ \S+$/, (value) => (line.startsWith('#') ? value : '')))
    assert.deepEqual(
      keys.filter((key, index) => keys.indexOf(key) !== index),
      [],
    )
  })

  it('shows the levels that are wanted, and no watts before there are any', () => {
    const text = scene().exposed({
      levels: ['node'],
      reading: { count: 0, usage: undefined, zones: [], gap: 'x', age: 0 },
    })
    assert.ok(!/kepler_(process|container|pod|vm|node)_cpu_watts/.test(text))
    assert.match(text, /kepler_meter_up\{node_name="worker-1"\} 0/)
  })
})
