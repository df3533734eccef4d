import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededRandom } from '../../numeric/random.js'
import { defaultMachine } from '../machine.js'
import { simulatedFleet } from './fleet.js'
import { startFleetExporter } from './fleet-exporter.js'
import { hostMetrics, systemMetrics } from './fleet-metrics.js'
import { fleetScenarioNamed } from './fleet-scenario.js'
import { livingGuest } from './guest.js'
import { guestProfileNames, guestProfiles } from './guest-profile.js'
import { fleetZoneNames } from './host.js'
import { around, countingSystem } from './operating-system.js'

const close = (a: number | undefined, b: number, within = 1e-9) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) <= within * Math.max(1, Math.abs(b)), `${a} is not ${b}`)
const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0)

describe('an operating system', () => {
  it('counts what happens, and the rest of the time as idle', () => {
    const system = countingSystem('a', 4, 1000)
    assert.deepEqual([system.memoryAvailable, system.load1, system.hertz], [1000, 0, undefined])
    system.pass(
      { cpu: { user: 1, steal: 0.5 }, contextSwitches: 10, pageFaults: 20, memoryUsed: 0.25, running: 2, hertz: 5 },
      60,
    )
    assert.deepEqual(
      { ...system.seconds },
      { user: 60, nice: 0, system: 0, idle: 150, iowait: 0, irq: 0, softirq: 0, steal: 30 },
    )
    // Each processor has 35 switches and 6 faults of its own.
    assert.deepEqual([system.contextSwitches, system.pageFaults], [60 * (10 + 140), 60 * (20 + 24)])
    assert.deepEqual([system.memoryAvailable, system.hertz], [750, 5])
    close(system.load1, 2 * (1 - Math.exp(-1)))
    system.pass({ cpu: { user: 9 }, contextSwitches: 0, pageFaults: 0, memoryUsed: 0, running: 0 }, 1)
    assert.equal(system.seconds.idle, 150)
    assert.equal(system.hertz, undefined)
    // What runs no more is forgotten with a half-life of a minute, as it came.
    close(system.load1, 2 * (1 - Math.exp(-1)) * Math.exp(-1 / 60))
  })

  it('has factors around 1 that stay positive', () => {
    const random = seededRandom(1)
    const factors = Array.from({ length: 2000 }, () => around(random, 0.5))
    close(sum(factors) / factors.length, 1, 0.05)
    assert.equal(Math.min(...factors), 0.2)
  })
})

describe('a guest', () => {
  const guest = (work: Parameters<typeof livingGuest>[0]['work'] = 'database') =>
    livingGuest({ name: 'g', work, vcpus: 4, memoryBytes: 1000, seed: 3 })

  it('spends the time that it gets, and what it wanted beyond is stolen', () => {
    const one = guest()
    one.begin(2, 3)
    one.pass(1)
    const { user, system, irq, softirq, iowait, steal, idle } = one.system.seconds
    close(user + system + irq + softirq, 2)
    close(steal, 1)
    close(sum([user, system, irq, softirq, iowait, steal, idle]), 4)
    close(softirq / irq, 9)
    close(system / 2 / 0.22, 1, 0.4)
    close((irq + softirq) / 2 / 0.03, 1, 0.4)
    assert.ok(iowait > 0.5 && iowait <= 1)
    // 0.6 to 0.75 of the memory, by what it wants.
    assert.equal(one.system.memoryAvailable, Math.round(1000 * (1 - (0.6 + (0.15 * 3) / 4))))
    close(one.system.load1, (3 + iowait) * (1 - Math.exp(-1 / 60)))
  })

  it('is of a kind of work that leaves time for user and memory for more', () => {
    for (const name of guestProfileNames) {
      const { memory, system, irq, usage } = guestProfiles[name]
      const one = guest(name)
      for (const [at, busy] of [0, 4].entries()) {
        one.begin(busy, busy)
        one.pass(1)
        assert.equal(one.system.memoryAvailable, Math.round(1000 * (1 - memory[at]!)), name)
      }
      assert.ok(0 < memory[0] && memory[0] < memory[1] && memory[1] < 1, name)
      close(one.system.seconds.user / 4, 1 - system - irq, 0.2)
      assert.ok(usage.instructionsPerCycle > 0 && usage.missesPerInstruction > 0 && usage.pageCacheHits > 0, name)
    }
    const { usage: wide, ...vector } = guestProfiles.vector
    const { usage, ...compute } = guestProfiles.compute
    assert.deepEqual(vector, compute, 'its operating system cannot tell')
    assert.deepEqual({ ...wide, instructionsPerCycle: 0 }, { ...usage, instructionsPerCycle: 0 })
    assert.ok(wide.instructionsPerCycle > 2 * usage.instructionsPerCycle)
  })

  it('never has more stolen or waited for than there is', () => {
    const one = guest()
    one.begin(3, 9)
    one.pass(1)
    close(one.system.seconds.steal, 1)
    close(one.system.seconds.iowait, 0)
    const lucky = guest()
    lucky.begin(2, 1)
    lucky.pass(1)
    close(lucky.system.seconds.steal, 0)
  })

  it('has an id like a UUID, and events of its kind', () => {
    const [one, other] = [guest('cache'), guest('compute')]
    const another = livingGuest({ name: 'g', work: 'cache', vcpus: 4, memoryBytes: 1000, seed: 4 })
    assert.notEqual(another.id, one.id)
    assert.match(one.id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
    for (const each of [one, other]) {
      each.begin(2, 2)
      each.pass(10)
    }
    close(one.system.contextSwitches, 10 * (2 * 19_000 + 140), 0.3)
    close(other.system.contextSwitches, 10 * (2 * 180 + 140), 0.3)
    close(one.system.pageFaults, 10 * (2 * 250 + 24), 0.3)
  })
})

describe('a fleet', () => {
  const fleetOf = (more: object = {}) =>
    simulatedFleet({ scenario: fleetScenarioNamed('services'), hosts: 2, vms: 3, seed: 1, ...more })

  it('gives virtual machines half as many processors again as there are, and never more than a host has', () => {
    const vcpus = (more: object) => fleetOf(more).hosts[0]!.guests.map(({ guest }) => guest.vcpus)
    assert.deepEqual(vcpus({}), [16, 16, 16])
    assert.deepEqual(vcpus({ vms: 1 }), [32])
    assert.deepEqual(vcpus({ vcpus: 5 }), [5, 5, 5])
    assert.deepEqual(vcpus({ vcpus: 99 }), [32, 32, 32])
    assert.equal(vcpus({ vms: 100 })[0], 1)
  })

  it('numbers its guests over all hosts, with kinds of work in turn', () => {
    const { hosts } = fleetOf()
    assert.deepEqual(
      hosts.map(({ name }) => name),
      ['host-1', 'host-2'],
    )
    assert.deepEqual(
      hosts.flatMap(({ guests }) => guests.map(({ guest }) => guest.name)),
      ['web-1', 'compute-2', 'database-3', 'analytics-4', 'cache-5', 'compile-6'],
    )
    assert.deepEqual(
      hosts[0]!.guests.map(({ pid }) => pid),
      [4000, 4001, 4002],
    )
    assert.equal(hosts[0]!.guests[0]!.guest.system.memoryBytes, Math.round((0.9 * 128 * 1024 ** 3) / 3))
  })

  it('divides active energy by processor time, the rest of it is idle', () => {
    const [host] = fleetOf().hosts
    host!.advanceTo(20)
    const work = sum(host!.guests.map(({ cpuSeconds }) => cpuSeconds)) + host!.own.cpuSeconds
    fleetZoneNames.forEach((_, z) => {
      const active = sum(host!.guests.map(({ joules }) => joules[z]!)) + host!.own.joules[z]!
      close(active, host!.activeJoules[z]!)
      assert.ok(host!.activeJoules[z]! < host!.joules[z]!)
      assert.ok(host!.guests.every(({ trueJoules }) => trueJoules[z]! >= 0))
    })
    close(host!.joules[0]! > 0 ? host!.usageRatio : 0, host!.usageRatio)
    close(work / 20 / 32, host!.activeJoules[0]! / host!.joules[0]!, 0.1)
    const { user, system, idle } = host!.system.seconds
    close(user + system, work)
    close(idle, 20 * 32 - work)
    close(system, 0.4 * host!.own.cpuSeconds)
    const guests = work - host!.own.cpuSeconds
    const { contextSwitches, pageFaults, memoryBytes, memoryAvailable } = host!.system
    close(contextSwitches, 900 * guests + 5000 * host!.own.cpuSeconds + 20 * 32 * 35)
    close(pageFaults, 40 * guests + 2000 * host!.own.cpuSeconds + 20 * 32 * 6)
    assert.deepEqual([memoryBytes, memoryAvailable], [128 * 1024 ** 3, Math.round(0.08 * 128 * 1024 ** 3)])
  })

  it('has watts of the time since it was last looked at, and a load of what runs', () => {
    const [host] = fleetOf().hosts
    host!.advanceTo(1)
    close(host!.system.load1, 32 * host!.usageRatio * (1 - Math.exp(-1 / 60)))
    host!.advanceTo(3)
    const [guest] = host!.guests
    const [joules, theirs, own] = [host!.joules[0]!, guest!.joules[0]!, host!.own.cpuSeconds]
    host!.advanceTo(3.25)
    close(host!.watts[0], (host!.joules[0]! - joules) / 0.25)
    close(guest!.watts[0], (guest!.joules[0]! - theirs) / 0.25)
    // A hundredth of 32 processors at half to full load.
    const ownCores = (host!.own.cpuSeconds - own) / 0.25
    assert.ok(ownCores > 0.15 && ownCores < 0.33, String(ownCores))
  })

  it('shows each zone of each guest, and the counters of each system', () => {
    const [host] = fleetOf().hosts
    host!.advanceTo(3.5)
    const shown = (name: string) => {
      const series: (readonly [Readonly<Record<string, string>>, number])[] = []
      hostMetrics
        .find((metric) => metric.name === name)
        ?.read(host!, (_, labels, value) => series.push([labels(), value]))
      return series
    }
    assert.deepEqual(
      shown('kepler_node_cpu_watts').map(([{ zone }, value]) => [zone, value]),
      fleetZoneNames.map((zone, z) => [zone, Math.floor(host!.watts[z]! * 1e6) / 1e6]),
    )
    assert.equal(shown('kepler_vm_cpu_joules_total').length, 15)
    assert.equal(shown('kepler_process_cpu_joules_total').length, 20)
    const [{ vm_name: name, hypervisor, state, node_name: node }] = shown('kepler_vm_cpu_watts')[0]!
    assert.deepEqual([name, hypervisor, state, node], ['web-1', 'kvm', 'running', 'host-1'])
    assert.deepEqual(
      shown('kepler_process_cpu_seconds_total')
        .map(([{ type, comm }]) => [type, comm])
        .slice(2),
      [
        ['vm', 'qemu-system-x86'],
        ['regular', 'systemd'],
      ],
    )
    const counted = new Map<string, number[]>()
    for (const metric of systemMetrics) {
      metric.read(host!.system, (_, _labels, value) =>
        counted.set(metric.name, [...(counted.get(metric.name) ?? []), value]),
      )
    }
    const { system } = host!
    assert.equal(counted.get('node_cpu_seconds_total')?.length, 32 * 8)
    assert.equal(counted.get('node_cpu_seconds_total')?.[3], Math.floor((system.seconds.idle * 100) / 32) / 100)
    assert.deepEqual(counted.get('node_context_switches_total'), [Math.floor(system.contextSwitches)])
    assert.deepEqual(counted.get('node_vmstat_pgfault'), [Math.floor(system.pageFaults)])
    assert.deepEqual(counted.get('node_memory_MemTotal_bytes'), [system.memoryBytes])
    assert.deepEqual(counted.get('node_memory_MemAvailable_bytes'), [system.memoryAvailable])
    assert.deepEqual(counted.get('node_load1'), [Math.round(system.load1 * 100) / 100])
    assert.deepEqual(
      counted.get('node_cpu_scaling_frequency_hertz'),
      Array.from({ length: 32 }, () => Math.round(system.hertz!)),
    )
    const ofGuest: number[] = []
    systemMetrics.at(-1)!.read(host!.guests[0]!.guest.system, (_, _labels, value) => ofGuest.push(value))
    assert.deepEqual(ofGuest, [])
  })

  it('has scenarios whose load moves as they say', () => {
    assert.deepEqual(fleetScenarioNamed('services').pattern(8), { kind: 'wave', low: 0.25, high: 0.9, seconds: 237 })
    assert.deepEqual(fleetScenarioNamed('batch').pattern(3), { kind: 'steps', low: 0.05, high: 1, seconds: 45 })
    assert.ok(!fleetScenarioNamed('batch').work.includes('vector'))
    assert.ok(fleetScenarioNamed('vector').work.includes('vector'))
    assert.deepEqual(fleetScenarioNamed('vector').pattern(0), { kind: 'wave', low: 0.25, high: 0.9, seconds: 190 })
    assert.throws(() => fleetScenarioNamed('none'), { code: 'INVALID_REQUEST', field: 'scenario' })
  })

  it('can be scraped, with the truth of each second of the last hour', async () => {
    let now = 0
    const exporter = await startFleetExporter({
      ...{ scenario: fleetScenarioNamed('batch'), hosts: 1, vms: 1, port: 0, host: '127.0.0.1' },
      machine: { ...defaultMachine, spec: { ...defaultMachine.spec, cores: 2 } },
      clock: () => 1000,
      monotonic: () => now,
    })
    const get = async (path: string, method = 'GET') => {
      const answer = await fetch(`http://127.0.0.1:${exporter.port}${path}`, { method })
      return { status: answer.status, text: await answer.text() }
    }
    now = 3500
    const { samples, components } = JSON.parse((await get('/truth?since=12&x')).text)
    assert.deepEqual(components, fleetZoneNames)
    assert.deepEqual(
      samples.map(({ time }: { time: number }) => time),
      [2, 3, 4],
    )
    // Two idle packages draw this much already.
    for (const { hosts } of samples) assert.ok(hosts[0].total[0] > 36 && hosts[0].total[0] < 300, hosts[0].total[0])
    now = 3_700_000
    const later = JSON.parse((await get('/truth')).text).samples
    assert.deepEqual([later.length, later[0].time], [3600, 102])
    const targets = JSON.parse((await get('/targets')).text)
    assert.deepEqual(
      targets.map(({ labels }: { labels: Record<string, string> }) => [labels.job, labels.instance]),
      [
        ['kepler', 'host-1:28282'],
        ['node', 'host-1:9100'],
        ['node', 'web-1:9100'],
      ],
    )
    assert.equal(targets[0].targets[0], `127.0.0.1:${exporter.port}`)
    assert.match((await get(targets[2].labels.__metrics_path__)).text, /^node_load1/m)
    for (const [path, method] of [
      ['/none', 'GET'],
      ['/targets', 'POST'],
      ['/truth', 'POST'],
      ['/kepler/host-1/metrics', 'POST'],
    ] as const) {
      const { status, text } = await get(path, method)
      assert.equal(status, 404)
      assert.ok(JSON.parse(text).message.startsWith(`no ${method} ${path}; `), text)
    }
    await exporter.close()
  })
})
